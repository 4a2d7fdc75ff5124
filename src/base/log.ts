/** Facts beside the message, as data: never secrets, never whole rows. */
export type LogFields = Readonly<Record<string, unknown>>

/**
 * Structured log, one line an event. INFO: life cycle. WARN: recovers by itself. ERROR: data was lost or a person must act.
 * DEBUG: never per row. Normal operation is silent.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger whose every line carries `fields` too. */
  child(fields: LogFields): Logger
}

/** Drops everything. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
}
