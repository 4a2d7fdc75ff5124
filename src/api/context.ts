import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Value } from '../data/value.ts'

/** State of one node of one rule, saved with the rule's checkpoints; of the source of a shared stream, saved with the stream's. */
export interface StateStore {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
}

/** What one node of one running rule may use. Six members, no seventh: nothing in here is global. */
export interface StreamContext {
  /** Id of the rule; of a shared stream, `$stream/<name>`. */
  readonly rule: string
  /** Name of the node as the rule's status shows it, such as `source_demo` or `sink_mqtt_0`. */
  readonly node: string
  readonly log: Logger
  readonly clock: Clock
  readonly state: StateStore
  /** Aborted when the rule stops; every wait must honour it. */
  readonly signal: AbortSignal
}
