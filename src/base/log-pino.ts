import { createRequire } from 'node:module'
import { type DestinationStream, pino, stdTimeFunctions } from 'pino'
import type PinoPretty from 'pino-pretty'
import type { LogFields, Logger } from './log.ts'
import { maskAddresses, maskSecrets } from './secrets.ts'

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** Lines for people instead of JSON. */
  readonly pretty: boolean
  /** Where whole lines go; the standard output unless given. */
  readonly destination?: DestinationStream
  /** Colours in readable lines. */
  readonly color?: boolean
}

/** The logger of the server: one line an event, secrets hidden. Writes synchronously, so that no line is lost when the process ends. */
export function createLogger(options: LogOptions): Logger {
  const target = options.destination ?? standardOutput()
  const stream = options.pretty ? readable(target, options.color ?? false) : target
  const base = {
    level: options.level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    messageKey: 'message',
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return wrap(pino(base, stream), {})
}

/** Bytes of lines that wait where the output has no room. What comes then is left out. */
const WAITING_BYTES = 1024 * 1024

/** A log that cannot be written, on a full disk or with nobody who reads it, does not end the server: lines wait until they can be. */
function standardOutput(): DestinationStream {
  const target = pino.destination({ fd: 1, sync: true, maxLength: WAITING_BYTES })
  target.on('error', () => {})
  target.on('drop', () => {
    try {
      target.flushSync()
    } catch {
      // there is still no room
    }
  })
  return target
}

function readable(target: DestinationStream, colorize: boolean): DestinationStream {
  // Only a person's terminal needs it.
  const { prettyFactory }: typeof PinoPretty = createRequire(import.meta.url)('pino-pretty')
  const format = prettyFactory({
    colorize,
    singleLine: true,
    messageKey: 'message',
    timestampKey: 'time',
    translateTime: 'SYS:HH:MM:ss.l',
  })
  return { write: (line) => target.write(format(line)) }
}

interface Lines {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Fields of children are kept here, not in pino's bindings: a child's field replaces its parent's instead of standing twice in the line. */
function wrap(lines: Lines, own: LogFields): Logger {
  const facts = (fields: LogFields = {}): object =>
    Object.fromEntries(Object.entries({ ...own, ...fields }).map(([k, v]) => [k, fact(k, v)]))
  return {
    debug: (message, fields) => lines.debug(facts(fields), maskAddresses(message)),
    info: (message, fields) => lines.info(facts(fields), maskAddresses(message)),
    warn: (message, fields) => lines.warn(facts(fields), maskAddresses(message)),
    error: (message, fields) => lines.error(facts(fields), maskAddresses(message)),
    child: (fields) => wrap(lines, { ...own, ...fields }),
  }
}

/** What JSON cannot hold becomes text. */
function fact(name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Error) return maskAddresses(value.message)
  const masked: unknown = maskSecrets({ [name]: value })
  return typeof masked === 'object' && masked !== null && Object.hasOwn(masked, name)
    ? Object.getOwnPropertyDescriptor(masked, name)?.value
    : value
}
