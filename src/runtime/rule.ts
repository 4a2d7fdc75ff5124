import type { TableRow } from '../operators/join/table-join.ts'
import type { RuleSpec, RuleState, RuleStatus } from './spec.ts'

/** Nodes and edges as `GET /rules/{id}/topo` answers them. */
export interface Topology {
  readonly sources: readonly string[]
  readonly edges: Readonly<Record<string, readonly string[]>>
}

/** One rule as the catalog handles it: survives starts and stops, keeps the metrics of its last run. */
export interface Rule {
  readonly id: string
  readonly state: RuleState
  /** Text of the last failure, empty when there was none. */
  readonly lastError: string
  /** Errors counted over all nodes of the last run. */
  readonly errorCount: number
  /** Starts with `spec`; no-op while running. Never rejects: failures show in the state and are retried. */
  start(spec: RuleSpec): Promise<void>
  /** Stops and waits until what is in flight is safe (bounded by the grace period). No-op while stopped. */
  stop(message?: string): Promise<void>
  /** While stopped: drops the state that is kept for its next start, because it is deleted or is another rule now. */
  forget(): void
  status(): RuleStatus
  topology(): Topology | undefined
  /** What the scan tables of the rule hold now; nothing while it does not run. */
  tableRows(): readonly TableRow[]
}
