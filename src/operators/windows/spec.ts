import type { BoundExpr } from '../../expression/bound.ts'
import type { WindowBound } from '../../expression/calls.ts'
import type { Unit } from './ticks.ts'

/** A window of GROUP BY; lengths are milliseconds, those of count windows rows. */
export type WindowSpec =
  | { readonly type: 'tumbling'; readonly unit: Unit; readonly length: number }
  | { readonly type: 'hopping'; readonly unit: Unit; readonly length: number; readonly hop: number }
  | { readonly type: 'sliding'; readonly unit: Unit; readonly length: number; readonly delay: number; readonly when?: BoundExpr }
  | { readonly type: 'session'; readonly unit: Unit; readonly length: number; readonly gap: number }
  | { readonly type: 'count'; readonly length: number; readonly step: number }
  | { readonly type: 'state'; readonly begin: BoundExpr; readonly emit?: BoundExpr; readonly partition: readonly BoundExpr[] }

/** What a window operator does. */
export interface WindowParts {
  readonly spec: WindowSpec
  /** For each input how many slots its rows have, and the slot of their time. */
  readonly inputs: readonly { readonly width: number; readonly time: number }[]
  /** Slots behind those of the inputs. */
  readonly bounds: readonly WindowBound[]
  /** Windows in which nothing is are not given. */
  readonly omitEmpty: boolean
}
