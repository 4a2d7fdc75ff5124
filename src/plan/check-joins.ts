import type { Slots } from '../expression/slots.ts'
import { slotsOf } from '../expression/walk.ts'
import type { Problems } from '../expression/problems.ts'
import type { Join, Select } from '../sql/ast.ts'
import type { BoundSelect } from './bound-select.ts'
import type { PlanStream } from './environment.ts'
import { lookupCondition } from './join-condition.ts'

interface JoinParts {
  readonly select: Select
  readonly bound: Pick<BoundSelect, 'on'>
  readonly streams: readonly PlanStream[]
  readonly slots: Slots
}

/** Reports conditions of joins that cannot be evaluated where they stand. */
export function checkJoins(parts: JoinParts, problems: Problems): void {
  parts.select.joins.forEach((join, i) => {
    if (parts.streams[i + 1]?.table === 'lookup') checkLookup(join, i, parts, problems)
    checkOrder(join, i, parts, problems)
  })
}

function checkLookup(join: Join, i: number, { bound, slots }: JoinParts, problems: Problems): void {
  if (join.on === undefined || lookupCondition(bound.on[i], i + 1, slots).keys.length > 0) return
  const { name } = join.source
  problems.add(
    join.on,
    `join condition of ${name} is invalid, at least one equi-join predicate is required`,
    `compare a column of ${name} with = to a value of the stream`,
  )
}

/** Streams are joined first, then scan tables, then lookup tables; each kind in the order in which it is written. */
function checkOrder(join: Join, i: number, { bound, streams, slots }: JoinParts, problems: Problems): void {
  const on = bound.on[i]
  const rank = (place: number): number => ({ stream: 0, scan: 1, lookup: 2 })[streams[place]?.table ?? 'stream'] * streams.length + place
  const later = (on === undefined ? [] : slotsOf(on))
    .map((slot) => slots.readOf(slot)?.stream ?? 0)
    .find((place) => rank(place) > rank(i + 1))
  if (later === undefined || join.on === undefined) return
  const name = streams[later]?.name ?? ''
  problems.add(
    join.on,
    `the condition of ${join.source.name} reads ${name}, which is joined after it`,
    `move the condition to the join of ${name}`,
  )
}
