import type { Clock } from '../../../base/clock.ts'
import { PlutinoError } from '../../../base/errors.ts'

interface Waiting {
  readonly go: () => void
  readonly cancel: () => void
}

/** Who may use a file's handle: all sessions share it, so one transaction keeps the others waiting. First come, first served. */
export class Turn {
  readonly #clock: Clock
  readonly #limit: number
  readonly #waiting = new Set<Waiting>()
  #taken = false

  /** `limit`: milliseconds after which waiting ends with `timeout`. */
  constructor(clock: Clock, limit: number) {
    this.#clock = clock
    this.#limit = limit
  }

  /** Takes the turn now if it is free. */
  tryTake(): boolean {
    if (this.#taken) return false
    this.#taken = true
    return true
  }

  async take(): Promise<void> {
    if (this.tryTake()) return
    await new Promise<void>((resolve, reject) => {
      const cancel = this.#clock.after(this.#limit, () => {
        this.#waiting.delete(waiting)
        reject(new PlutinoError('timeout', `another transaction kept the database for more than ${this.#limit} ms`))
      })
      const waiting = { go: resolve, cancel }
      this.#waiting.add(waiting)
    })
  }

  /** Hands the turn to whoever waits longest. */
  give(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#taken = false
      return
    }
    this.#waiting.delete(next)
    next.cancel()
    next.go()
  }
}
