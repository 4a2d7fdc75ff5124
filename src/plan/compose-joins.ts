import type { BoundSelect, ComposeParts } from './bound-select.ts'
import { joinCondition } from './join-condition.ts'
import type { JoinStep, LookupNode, PlanNode, WindowNode } from './nodes.ts'

/** Window and joins over the inputs, which are in the order of FROM. */
export function composeJoins(parts: ComposeParts, inputs: readonly PlanNode[]): PlanNode {
  const { bound, streams } = parts
  const events = inputs.filter((_, place) => streams[place]?.table === undefined)
  const tables = inputs.filter((_, place) => streams[place]?.table === 'scan')
  const filtered = events.map((input, i) => (i === 0 ? filterOf(input, bound) : input))
  const windowed = bound.window === undefined ? filtered[0] : window(parts, bound.window, filtered)
  if (windowed === undefined) throw new Error('a statement reads at least one stream')
  const streamsJoined = joinNode(windowed, stepsOf(parts, undefined), [])
  const joined = joinNode(streamsJoined, stepsOf(parts, 'scan'), tables)
  return lookups(parts).reduce<PlanNode>((input, lookup) => ({ ...lookup, input }), joined)
}

function joinNode(input: PlanNode, steps: readonly JoinStep[], tables: readonly PlanNode[]): PlanNode {
  return steps.length === 0 ? input : { op: 'join', input, tables, steps, width: 0 }
}

/** FILTER of a window: of a join it may read all inputs only where they are one. */
function filterOf(input: PlanNode, { filter }: BoundSelect): PlanNode {
  return filter === undefined ? input : { op: 'filter', input, predicate: filter, clause: 'Filter', width: 0 }
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
    const { equal, on } = joinCondition(bound.on[i], (slot) => slots.readOf(slot)?.stream === place)
    const keys = equal.flatMap(({ left, right }) =>
      right.kind === 'slot' ? [{ column: slots.readOf(right.slot)?.name ?? '', value: left }] : [],
    )
    const type = join.type === 'LEFT' ? 'LEFT' : 'INNER'
    return [
      { op: 'lookup', place, table: stream.name, type, keys, ...(on === undefined ? {} : { on }), columns: [], record: false, width: 0 },
    ]
  })
}
