import type { StreamContext } from '../../api/context.ts'

/** So many errors one after the other are reported and passed over at once. */
const QUICK = 100
const PAUSE_MS = 200

/** Messages of a source that could not be read: one after the other without end must keep neither a processor nor the log busy. */
export class Refusals {
  #count = 0

  /** A message was read. */
  reset(): void {
    this.#count = 0
  }

  async add(problem: Error, plugin: string, { log, clock, signal }: StreamContext): Promise<void> {
    this.#count++
    log.error(`a message could not be read and was left out: ${problem.message}`, { plugin })
    if (this.#count > QUICK) await clock.sleep(PAUSE_MS, signal)
  }
}
