import type { Json } from '../config/field.ts'
import type { Column } from '../data/types.ts'
import type { RulePlan } from '../plan/nodes.ts'

/** One element of a rule's `actions`: `{"mqtt":{…}}`. `config` is what is left when the common properties are taken out. */
export interface ActionSpec {
  /** Type of the sink, as written. */
  readonly type: string
  /** All properties of the action, merged with its resource; the runtime separates the common ones. */
  readonly config: { readonly [key: string]: Json }
}

/** The options of a rule that this version acts on, with defaults filled in. */
export interface RuleOptions {
  readonly debug: boolean
  readonly isEventTime: boolean
  readonly lateTolerance: number
  /** Absent: as many as the sink is best with. */
  readonly bufferLength: number | undefined
  readonly sendMetaToSink: boolean
  readonly sendNilField: boolean
  readonly sendError: boolean
  readonly qos: number
  readonly checkpointInterval: number
  readonly restartStrategy: {
    readonly attempts: number
    readonly delay: number
    readonly multiplier: number
    readonly maxDelay: number
    readonly jitterFactor: number
  }
}

/** A stream as the runtime needs it: everything resolved, nothing to look up. */
export interface StreamSpec {
  readonly name: string
  /** Type of the source, such as `mqtt`. */
  readonly type: string
  readonly format: string
  /** Declared columns; absent for schemaless streams. */
  readonly columns?: readonly Column[]
  readonly strict: boolean
  readonly shared: boolean
  /** The column that holds the time of a row (TIMESTAMP). */
  readonly timestamp?: string
  /** Pattern of times that are texts (TIMESTAMP_FORMAT); absent: any form that is known. */
  readonly timestampFormat?: string
  /** Column by which rows belong together (KEY): of a lookup table its primary key. */
  readonly key?: string
  /** Configuration of the source: defaults, CONF_KEY, EXTRA and `datasource` merged. */
  readonly config: { readonly [key: string]: Json }
  /** Configuration of the codec, such as DELIMITER. */
  readonly codecConfig: { readonly [key: string]: Json }
}

/** Everything needed to run a rule. Plain data. */
export interface RuleSpec {
  readonly id: string
  /** Nothing of it is stored: neither itself nor its state. */
  readonly temp?: boolean
  readonly plan: RulePlan
  readonly streams: readonly StreamSpec[]
  readonly actions: readonly ActionSpec[]
  readonly options: RuleOptions
}

/** The state of a rule as lists and `status` show it. */
export type RuleState = 'stopped' | 'starting' | 'running' | 'stopping' | 'stopped by error'

/** `GET /rules/{id}/status`: the first five keys, the metrics in eKuiper's order and spelling, and those of the checkpoints where there are any. */
export type RuleStatus = Readonly<Record<string, string | number>>
