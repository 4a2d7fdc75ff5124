/** What one node of one rule has asked of its plugin, whatever instance or version answered. Counted per call. */
export class UseMetrics {
  calls = 0
  /** Microseconds that the calls took, from the request to the answer. */
  micros = 0
  /** Calls that ended their instance. */
  traps = 0
  /** Instances after the first. */
  restarts = 0
  /** Which version failed its first calls here and why, the last time; empty: none. */
  lastRollback = ''
  /** Memory of the guest that runs now, in bytes. */
  memoryBytes: () => number = none
  #instances = 0

  started(memoryBytes: () => number): void {
    this.restarts = this.#instances++
    this.memoryBytes = memoryBytes
  }
}

const none = (): number => 0
