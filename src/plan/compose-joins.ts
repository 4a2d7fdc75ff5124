import type { BoundExpr } from '../expression/bound.ts'
import type { Slots } from '../expression/slots.ts'
import { slotsOf } from '../expression/walk.ts'
import type { ComposeParts } from './bound-select.ts'
import { all, conjuncts, joinCondition, lookupCondition } from './join-condition.ts'
import type { JoinStep, LookupNode, PlanNode, WindowNode } from './nodes.ts'

/** Window and joins over the inputs, which are in the order of FROM. */
export function composeJoins(parts: ComposeParts, inputs: readonly PlanNode[]): PlanNode {
  const { bound, streams } = parts
  const events = inputs.flatMap((input, place) => (streams[place]?.table === undefined ? [filtered(input, place, parts)] : []))
  const tables = inputs.filter((_, place) => streams[place]?.table === 'scan')
  const windowed = bound.window === undefined ? events[0] : window(parts, bound.window, events)
  if (windowed === undefined) throw new Error('a statement reads at least one stream')
  const streamsJoined = filteredTogether(joinNode(windowed, stepsOf(parts, undefined), []), parts)
  const joined = joinNode(streamsJoined, stepsOf(parts, 'scan'), tables)
  return lookups(parts).reduce<PlanNode>((input, lookup) => ({ ...lookup, input }), joined)
}

function joinNode(input: PlanNode, steps: readonly JoinStep[], tables: readonly PlanNode[]): PlanNode {
  return steps.length === 0 ? input : { op: 'join', input, tables, steps, width: 0 }
}

/** What FILTER of a window asks of the input at `place`: conditions that read it, or no input at all. */
function filtered(input: PlanNode, place: number, { bound, slots }: ComposeParts): PlanNode {
  const mine = conjunctsOf(bound.filter).filter((part) => placesOf(part, slots).every((read) => read === place))
  return filterNode(input, mine)
}

/** What FILTER asks of several inputs together can only be asked of joined rows. */
function filteredTogether(input: PlanNode, { bound, slots }: ComposeParts): PlanNode {
  return filterNode(
    input,
    conjunctsOf(bound.filter).filter((part) => placesOf(part, slots).length > 1),
  )
}

function filterNode(input: PlanNode, parts: readonly BoundExpr[]): PlanNode {
  const { on: predicate } = all(parts)
  return predicate === undefined ? input : { op: 'filter', input, predicate, clause: 'Filter', width: 0 }
}

function conjunctsOf(filter: BoundExpr | undefined): readonly BoundExpr[] {
  return filter === undefined ? [] : conjuncts(filter)
}

function placesOf(expr: BoundExpr, slots: Slots): readonly number[] {
  return [...new Set(slotsOf(expr).flatMap((slot) => slots.readOf(slot)?.stream ?? 0))]
}

function window(parts: ComposeParts, spec: WindowNode['spec'], inputs: readonly PlanNode[]): WindowNode {
  const { bound, slots, streams } = parts
  const places = streams.flatMap((stream, place) => (stream.table === undefined ? [place] : []))
  return {
    op: 'window',
    inputs,
    spec,
    times: places.map((place) => slots.time(place)),
    bounds: bound.calls.bounds,
    omitEmpty: false,
    width: 0,
  }
}

/** The steps that join streams (`table` undefined) or scan tables. */
function stepsOf({ select, bound, streams, slots }: ComposeParts, table: 'scan' | undefined): readonly JoinStep[] {
  return select.joins.flatMap((join, i): readonly JoinStep[] => {
    const place = i + 1
    if (streams[place]?.table !== table) return []
    const { equal, on } = joinCondition(bound.on[i], (slot) => slots.readOf(slot)?.stream === place)
    return [{ type: join.type, from: 0, to: 0, equal, ...(on === undefined ? {} : { on }) }]
  })
}

function lookups({ select, bound, streams, slots }: ComposeParts): readonly Omit<LookupNode, 'input'>[] {
  return select.joins.flatMap((join, i): readonly Omit<LookupNode, 'input'>[] => {
    const place = i + 1
    const stream = streams[place]
    if (stream?.table !== 'lookup') return []
    const { keys, on } = lookupCondition(bound.on[i], place, slots)
    const type = join.type === 'LEFT' ? 'LEFT' : 'INNER'
    return [
      { op: 'lookup', place, table: stream.name, type, keys, ...(on === undefined ? {} : { on }), columns: [], record: false, width: 0 },
    ]
  })
}
