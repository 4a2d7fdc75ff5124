import type { PlutinoError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'

/** What a person should know of a window and no row can say. */
export class WindowNotes {
  #skipped = 0
  #failed: PlutinoError | undefined
  #told = false

  /** Windows without rows were left out. */
  skipped(windows: number): void {
    this.#skipped += windows
  }

  /** A condition of the window could not be evaluated for a row: it counts as false. */
  failed(error: PlutinoError): void {
    this.#failed = error
  }

  write(log: Logger): void {
    if (this.#skipped > 0) {
      log.warn('time made a leap: windows without rows are left out', { windows: this.#skipped })
      this.#skipped = 0
    }
    if (this.#failed === undefined) return
    if (!this.#told) log.warn('a condition of the window cannot be evaluated and counts as false', { error: this.#failed.message })
    this.#told = true
    this.#failed = undefined
  }
}
