import type { Clock } from '../base/clock.ts'
import type { PlutinoError } from '../base/errors.ts'
import type { LogFields, Logger } from '../base/log.ts'
import type { NodeMetrics } from './metrics.ts'

/** How often one node may write the same kind of failure to the log, in milliseconds. */
const LOG_PAUSE_MS = 10_000

interface Quiet {
  until: number
  hidden: number
}

/** Where rows that failed end: counted and shown in the rule's status, and in the log without flooding it. */
export class ErrorPath {
  readonly #log: Logger
  readonly #clock: Clock
  readonly #owner: LogFields
  #quiet: Map<string, Quiet> | undefined

  /** `owner`: fields of every line, such as the rule. */
  constructor(log: Logger, clock: Clock, owner: LogFields = {}) {
    this.#log = log
    this.#clock = clock
    this.#owner = owner
  }

  /** `rows` rows failed at `node` with `error`. */
  report(node: NodeMetrics, error: PlutinoError, rows = 1): void {
    node.fail(describe(error), this.#clock.now(), rows)
    this.#write(`${node.key} ${error.code}`, `row failed: ${describe(error)}`, { node: node.key, code: error.code }, rows)
  }

  /** Something that may happen to many rows and is no failure of the rule: for the log alone. */
  notice(node: NodeMetrics, message: string): void {
    this.#write(`${node.key} notice`, message, { node: node.key }, 1)
  }

  /** Something rare that whoever looks after the rule should know: for the log alone. */
  tell(message: string, fields: LogFields): void {
    this.#log.warn(message, { ...this.#owner, ...fields })
  }

  /** A line, unless there was one of this kind a short time ago; then it says how many rows were not shown. */
  #write(key: string, message: string, fields: LogFields, rows: number): void {
    const now = this.#clock.elapsed()
    this.#quiet ??= new Map()
    const quiet = this.#quiet.get(key)
    if (quiet !== undefined && now < quiet.until) {
      quiet.hidden += rows
      return
    }
    this.#quiet.set(key, { until: now + LOG_PAUSE_MS, hidden: 0 })
    const hidden = quiet === undefined || quiet.hidden === 0 ? {} : { alsoFailed: quiet.hidden }
    this.#log.warn(message, { ...this.#owner, ...fields, rows, ...hidden })
  }
}

/** The text of an error as status and log show it: with what to do about it. */
export function describe(error: PlutinoError): string {
  const text = messageOf(error)
  return error.hint === undefined ? text : `${text} (${error.hint})`
}

/** The text of an error as sinks get it: what eKuiper's clients expect. */
export function messageOf(error: PlutinoError): string {
  return error.path.length === 0 ? error.message : `${error.path.join(': ')}: ${error.message}`
}
