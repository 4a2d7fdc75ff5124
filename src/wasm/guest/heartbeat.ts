/** What the guest's thread does now. */
export const IDLE = 0
export const IN_GUEST = 1
export const WAITING_FOR_HOST = 2
export type Phase = typeof IDLE | typeof IN_GUEST | typeof WAITING_FOR_HOST

const PHASE = 0
const LOG_BUDGET = 1
const LOG_DROPPED = 2
const MEMORY_PAGES = 3
const CALLS = 4
const SLOTS = 5
const PAGE_BYTES = 65_536

/** Memory that a plugin's thread and the main thread share: works while the guest spins and its thread hears nothing. */
export class Heartbeat {
  readonly memory: SharedArrayBuffer
  readonly #slots: Int32Array

  constructor(memory = new SharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory
    this.#slots = new Int32Array(memory)
  }

  get inGuest(): boolean {
    return Atomics.load(this.#slots, PHASE) === IN_GUEST
  }

  set phase(phase: Phase) {
    Atomics.store(this.#slots, PHASE, phase)
  }

  /** How many calls have begun. */
  get calls(): number {
    return Atomics.load(this.#slots, CALLS)
  }

  countCall(): void {
    Atomics.add(this.#slots, CALLS, 1)
  }

  /** Memory of the guest after its last call. */
  get memoryBytes(): number {
    return Atomics.load(this.#slots, MEMORY_PAGES) * PAGE_BYTES
  }

  set memoryBytes(bytes: number) {
    Atomics.store(this.#slots, MEMORY_PAGES, Math.floor(bytes / PAGE_BYTES))
  }

  /** The guest wants to log a line. False: it has used up its lines; this one is counted as dropped. */
  takeLogLine(): boolean {
    if (Atomics.sub(this.#slots, LOG_BUDGET, 1) > 0) return true
    Atomics.store(this.#slots, LOG_BUDGET, 0)
    Atomics.add(this.#slots, LOG_DROPPED, 1)
    return false
  }

  /** Allows `lines` more; gives how many were dropped since the last call. */
  refillLog(lines: number): number {
    Atomics.store(this.#slots, LOG_BUDGET, lines)
    return Atomics.exchange(this.#slots, LOG_DROPPED, 0)
  }
}
