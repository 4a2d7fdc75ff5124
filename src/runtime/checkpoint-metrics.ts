/** What a rule's status says about the saving of its state. Times are milliseconds since the epoch, 0 for never. */
export class CheckpointMetrics {
  saved = 0
  lastSaved = 0
  exceptions = 0
  lastException = ''
  lastExceptionTime = 0

  succeed(now: number): void {
    this.saved++
    this.lastSaved = now
  }

  fail(message: string, now: number): void {
    this.exceptions++
    this.lastException = message
    this.lastExceptionTime = now
  }

  entries(): readonly (readonly [string, number | string])[] {
    return [
      ['checkpoint_saved_total', this.saved],
      ['checkpoint_last_saved_time', this.lastSaved],
      ['checkpoint_exceptions_total', this.exceptions],
      ['checkpoint_last_exception', this.lastException],
      ['checkpoint_last_exception_time', this.lastExceptionTime],
    ]
  }
}
