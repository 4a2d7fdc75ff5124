import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Heartbeat } from '../guest/heartbeat.ts'

const SECOND = 1000

/** A plugin's lines in its rule's log, so many a second; then one line says how many were left out. */
export class GuestLog {
  readonly #log: Logger
  readonly #clock: Clock
  readonly #heartbeat: Heartbeat
  readonly #lines: number
  #cancel: (() => void) | undefined

  constructor(log: Logger, clock: Clock, heartbeat: Heartbeat, lines: number) {
    this.#log = log
    this.#clock = clock
    this.#heartbeat = heartbeat
    this.#lines = lines
    heartbeat.refillLog(lines)
  }

  write(level: string, text: string): void {
    if (level === 'error' || level === 'warn' || level === 'debug') this.#log[level](text)
    else this.#log.info(text)
    this.#cancel ??= this.#clock.after(SECOND, () => {
      this.#cancel = undefined
      this.#refill()
    })
  }

  close(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#refill()
  }

  #refill(): void {
    const dropped = this.#heartbeat.refillLog(this.#lines)
    if (dropped > 0) this.#log.warn(`${dropped} lines dropped: a plugin may log ${this.#lines} lines a second`)
  }
}
