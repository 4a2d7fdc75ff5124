import type { BoundExpr } from '../expression/bound.ts'
import type { AnalyticCall, BatchCall } from '../expression/calls.ts'
import { slotsOf } from '../expression/walk.ts'
import type { ComposeParts } from './bound-select.ts'
import type { PlanNode } from './nodes.ts'

/** A call that a node makes, and which kind of node. */
export type PlacedCall =
  | { readonly node: 'analytic'; readonly call: AnalyticCall }
  | { readonly node: 'callBatch'; readonly call: BatchCall }

/** Where the calls of a statement are made. */
export interface CallStages {
  /** For each source: on its rows, before filter and window. */
  readonly rows: readonly (readonly PlacedCall[])[]
  /** On joined rows: those that read several sources, or a table that is asked for each row. */
  readonly joined: readonly PlacedCall[]
  /** Below the filter of WHERE and below that of HAVING: what counts the rows that they pass. */
  readonly where: readonly PlacedCall[]
  readonly having: readonly PlacedCall[]
  /** On the rows that are projected. */
  readonly last: readonly PlacedCall[]
}

/**
 * Analytic functions see every row, before WHERE and window; those over aggregates, and those that give columns, see the rows of the
 * result. Functions that wait are called for the rows of the result, or earlier when something earlier reads them.
 */
export function callStages({ bound, streams, slots }: ComposeParts): CallStages {
  const { calls } = bound
  const late = new Set([...calls.aggregate, ...calls.number].map(({ slot }) => slot))
  const all = orderedCalls(bound.calls.analytic, bound.calls.batch)
  const early = earlySlots(bound, all)
  const rows = streams.map((): PlacedCall[] => [])
  const stages: Stages = { rows, joined: [], where: [], having: [], last: [] }
  const placeOf = new Map<number, number>()
  const unjoined = unjoinedSlots(bound, all)
  const isJoined = (places: readonly number[], slot: number): boolean =>
    !unjoined.has(slot) && (new Set(places).size > 1 || places.some((place) => place === JOINED || streams[place]?.table === 'lookup'))
  for (const placed of all) {
    if (placed.node === 'analytic' && placed.call.hits === true && placeHits(placed.call, bound, stages)) continue
    const inside = exprsOfCall(placed).flatMap(slotsOf)
    const isLate =
      inside.some((slot) => late.has(slot)) || (placed.node === 'callBatch' ? !early.has(placed.call.slot) : placed.call.over !== 'rows')
    if (isLate) {
      late.add(placed.call.slot)
      stages.last.push(placed)
      continue
    }
    const places = inside.map((slot) => slots.readOf(slot)?.stream ?? placeOf.get(slot) ?? 0)
    const place = isJoined(places, placed.call.slot) ? JOINED : Math.min(...places, JOINED - 1)
    placeOf.set(placed.call.slot, place)
    if (place === JOINED) stages.joined.push(placed)
    else rows[places.length === 0 ? 0 : place]?.push(placed)
  }
  return stages
}

/** In place of the place of a source: behind the join. */
const JOINED = Number.MAX_SAFE_INTEGER

interface Stages {
  readonly rows: readonly PlacedCall[][]
  readonly joined: PlacedCall[]
  readonly where: PlacedCall[]
  readonly having: PlacedCall[]
  readonly last: PlacedCall[]
}

/** A call that counts what a condition passes stands below it and knows it. */
function placeHits(call: AnalyticCall, { where, having, window }: ComposeParts['bound'], stages: Stages): boolean {
  const reads = (expr: BoundExpr | undefined): expr is BoundExpr => expr !== undefined && slotsOf(expr).includes(call.slot)
  const when = window?.type === 'sliding' ? window.when : undefined
  if (reads(where)) stages.where.push({ node: 'analytic', call: { ...call, when: where } })
  else if (reads(having)) stages.having.push({ node: 'analytic', call: { ...call, when: having } })
  else if (reads(when)) stages.rows[0]?.push({ node: 'analytic', call: { ...call, when } })
  else return false
  return true
}

/** Innermost first: slots are handed out when a call has been bound, after the calls inside it. */
function orderedCalls(analytic: readonly AnalyticCall[], batch: readonly BatchCall[]): readonly PlacedCall[] {
  const placed: PlacedCall[] = [
    ...analytic.map((call): PlacedCall => ({ node: 'analytic', call })),
    ...batch.map((call): PlacedCall => ({ node: 'callBatch', call })),
  ]
  return placed.toSorted((a, b) => a.call.slot - b.call.slot)
}

/** Slots that are read before the rows of the result exist. */
function earlySlots({ where, filter, on, groupBy, window, calls }: ComposeParts['bound'], all: readonly PlacedCall[]): ReadonlySet<number> {
  const conditions = [
    where,
    filter,
    ...on,
    ...groupBy,
    ...(window?.type === 'state' ? [window.begin, window.emit, ...window.partition] : []),
  ]
  const when = window?.type === 'sliding' ? [window.when] : []
  const inside = calls.aggregate.flatMap(({ args, filter: only }) => [...args, only])
  const early = slotsIn([...conditions, ...when, ...inside])
  for (const placed of all) if (placed.node === 'analytic' && placed.call.over === 'rows') early.add(placed.call.slot)
  return withInner(early, all)
}

/** Slots that are read where rows are not joined yet. */
function unjoinedSlots({ filter, on, window }: ComposeParts['bound'], all: readonly PlacedCall[]): ReadonlySet<number> {
  const state = window?.type === 'state' ? [window.begin, window.emit, ...window.partition] : []
  const when = window?.type === 'sliding' ? [window.when] : []
  return withInner(slotsIn([filter, ...on, ...state, ...when]), all)
}

function slotsIn(exprs: readonly (BoundExpr | undefined)[]): Set<number> {
  return new Set(exprs.flatMap((expr) => (expr === undefined ? [] : slotsOf(expr))))
}

/** With the slots that the calls of these slots read. */
function withInner(slots: Set<number>, all: readonly PlacedCall[]): ReadonlySet<number> {
  for (const placed of all.toReversed()) {
    if (slots.has(placed.call.slot)) for (const slot of exprsOfCall(placed).flatMap(slotsOf)) slots.add(slot)
  }
  return slots
}

function exprsOfCall({ node, call }: PlacedCall): readonly BoundExpr[] {
  if (node === 'callBatch') return call.args
  return [...call.args, ...call.partition, ...(call.when === undefined ? [] : [call.when])]
}

/** The node with the calls on its rows, one node for each run of calls of a kind. */
export function withCalls(input: PlanNode, placed: readonly PlacedCall[]): PlanNode {
  let node = input
  let at = 0
  while (at < placed.length) {
    const kind = placed[at]?.node
    let end = at
    while (placed[end]?.node === kind && end < placed.length) end++
    const run = placed.slice(at, end)
    const analytic = run.flatMap((one) => (one.node === 'analytic' ? [one.call] : []))
    const batch = run.flatMap((one) => (one.node === 'callBatch' ? [one.call] : []))
    node =
      kind === 'analytic'
        ? { op: 'analytic', input: node, calls: analytic, width: 0 }
        : { op: 'callBatch', input: node, calls: batch, width: 0 }
    at = end
  }
  return node
}
