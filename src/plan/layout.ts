import type { DecodeColumn } from '../api/codec.ts'
import type { BoundExpr } from '../expression/bound.ts'
import type { SlotRead, Slots } from '../expression/slots.ts'
import { mapExpr, slotsOf } from '../expression/walk.ts'
import type { PlanStream } from './environment.ts'
import { inputsOf, type JoinNode, type LookupNode, type PlanNode, type SourceNode, type WindowNode } from './nodes.ts'
import { exprsOf, withExprs } from './rewrite.ts'

/** A node whose expressions name places in rows, and which slot of the statement stands at each place of its own rows. */
interface LaidOut {
  readonly node: PlanNode
  readonly slots: readonly number[]
}

export interface LayoutParts {
  readonly slots: Slots
  /** The sources in the order of FROM. */
  readonly streams: readonly PlanStream[]
}

/**
 * Gives every slot its place: until here slots are numbers of the whole statement. What nothing reads any more gets no place, so that
 * sources decode only what is needed.
 */
export function layOut(plan: PlanNode, parts: LayoutParts): PlanNode {
  const used = new Set<number>()
  collect(plan, parts.slots, used)
  const above = new Set<number>()
  collectAbove(plan, above)
  return new Layout(parts, used, above).of(plan).node
}

function collect(node: PlanNode, known: Slots, used: Set<number>): void {
  for (const expr of exprsOf(node)) for (const slot of slotsOf(expr)) used.add(slot)
  if (node.op === 'window') for (const time of node.times) used.add(time)
  if (node.op === 'source' && node.timestamp !== undefined) {
    used.add(known.column(node.place, node.timestamp))
    used.add(known.time(node.place))
  }
  for (const input of inputsOf(node)) collect(input, known, used)
}

/** What nodes above the groups of a statement read. */
function collectAbove(node: PlanNode, above: Set<number>): void {
  if (node.op === 'aggregate' && node.rows !== true) return
  for (const expr of exprsOf(node)) for (const slot of slotsOf(expr)) above.add(slot)
  for (const input of inputsOf(node)) collectAbove(input, above)
}

class Layout {
  readonly #parts: LayoutParts
  readonly #used: ReadonlySet<number>
  readonly #above: ReadonlySet<number>

  constructor(parts: LayoutParts, used: ReadonlySet<number>, above: ReadonlySet<number>) {
    this.#parts = parts
    this.#used = used
    this.#above = above
  }

  of(node: PlanNode): LaidOut {
    switch (node.op) {
      case 'source':
        return this.#source(node)
      case 'window':
        return this.#window(node)
      case 'join':
        return this.#join(node)
      case 'lookup':
        return this.#lookup(node)
      case 'analytic':
      case 'callBatch':
      case 'number':
      case 'dedup':
        return this.#appending(node, node.calls)
      case 'aggregate':
        return this.#aggregate(node)
      case 'project': {
        const input = this.of(node.input)
        return { node: { ...move(node, input.slots), input: input.node, width: node.exprs.length }, slots: [] }
      }
      case 'filter':
      case 'order':
      case 'distinct':
      case 'expand':
      case 'limit': {
        const input = this.of(node.input)
        return { node: { ...move(node, input.slots), input: input.node, width: input.node.width }, slots: input.slots }
      }
    }
  }

  #source(node: SourceNode): LaidOut {
    const reads = this.#parts.slots.readsOf(node.place, this.#used)
    const names = (kind: SlotRead['kind']): string[] => reads.filter((read) => read.kind === kind).map(({ name }) => name)
    const has = (kind: SlotRead['kind']): boolean => reads.some((read) => read.kind === kind)
    const layout = { record: has('record'), meta: names('meta'), time: has('time'), width: reads.length }
    return { node: { ...node, columns: this.#columns(node.place, names('column')), ...layout }, slots: reads.map(({ slot }) => slot) }
  }

  #columns(place: number, names: readonly string[]): readonly DecodeColumn[] {
    const declared = this.#parts.streams[place]?.columns
    return names.map((name) => declared?.find((column) => column.name === name) ?? { name })
  }

  #window(node: WindowNode): LaidOut {
    const inputs = node.inputs.map((input) => this.of(input))
    const times = node.times.map((time, i) => inputs[i]?.slots.indexOf(time) ?? -1)
    const before = inputs.flatMap(({ slots }) => slots)
    const slots = [...before, ...node.bounds.map(({ slot }) => slot)]
    const bounds = node.bounds.map((bound, i) => ({ ...bound, slot: before.length + i }))
    const laid = { inputs: inputs.map((input) => input.node), times, bounds, width: slots.length }
    return { node: { ...move(node, slots), ...laid }, slots }
  }

  #join(node: JoinNode): LaidOut {
    const input = this.of(node.input)
    const tables = node.tables.map((table) => this.of(table))
    const slots = [...input.slots, ...tables.flatMap((table) => table.slots)]
    const widths = sidesOf(input.node).concat(tables.map((table) => table.node.width))
    let from = widths[0] ?? 0
    const moved = move(node, slots)
    const steps = moved.steps.map((step, i) => {
      const to = from + (widths[i + 1] ?? 0)
      const laid = { ...step, from, to }
      from = to
      return laid
    })
    return { node: { ...moved, steps, input: input.node, tables: tables.map((table) => table.node), width: slots.length }, slots }
  }

  #lookup(node: LookupNode): LaidOut {
    const input = this.of(node.input)
    const reads = this.#parts.slots.readsOf(node.place, this.#used).filter(({ kind }) => kind === 'column' || kind === 'record')
    const columns = this.#columns(
      node.place,
      reads.flatMap(({ kind, name }) => (kind === 'column' ? [name] : [])),
    )
    const slots = [...input.slots, ...reads.map(({ slot }) => slot)]
    const record = reads.some(({ kind }) => kind === 'record')
    return { node: { ...move(node, slots), input: input.node, columns, record, width: slots.length }, slots }
  }

  #appending(
    node: Extract<PlanNode, { readonly op: 'analytic' | 'callBatch' | 'number' | 'dedup' }>,
    calls: readonly { slot: number }[],
  ): LaidOut {
    const input = this.of(node.input)
    const slots = [...input.slots, ...calls.map(({ slot }) => slot)]
    const place = <C extends { readonly slot: number }>(call: C, i: number): C => ({ ...call, slot: input.slots.length + i })
    const moved = move(node, slots)
    const laid = { input: input.node, width: slots.length }
    switch (moved.op) {
      case 'analytic':
        return { node: { ...moved, ...laid, calls: moved.calls.map(place) }, slots }
      case 'callBatch':
        return { node: { ...moved, ...laid, calls: moved.calls.map(place) }, slots }
      case 'number':
        return { node: { ...moved, ...laid, calls: moved.calls.map(place) }, slots }
      case 'dedup':
        return { node: { ...moved, ...laid, calls: moved.calls.map(place) }, slots }
    }
  }

  #aggregate(node: Extract<PlanNode, { readonly op: 'aggregate' }>): LaidOut {
    const input = this.of(node.input)
    const moved = move(node, input.slots)
    const slots = [...input.slots, ...node.calls.map(({ slot }) => slot)]
    const first = input.slots.length
    const calls = moved.calls.map((call, i) => ({ ...call, slot: first + i }))
    const firsts = input.slots.flatMap((slot, place) => (this.#above.has(slot) ? [place] : []))
    return { node: { ...moved, input: input.node, firsts, calls, width: slots.length }, slots }
  }
}

/** Widths of the sides of a join that its window (or its only stream) gives, bounds with the last one. */
function sidesOf(node: PlanNode): readonly number[] {
  if (node.op !== 'window' || node.inputs.length < 2) return [node.width]
  return node.inputs.map((input, i) => input.width + (i === node.inputs.length - 1 ? node.bounds.length : 0))
}

/** The node with its expressions over places. A slot that stands twice counts where it stands last. */
function move<N extends PlanNode>(node: N, slots: readonly number[]): N {
  const places = new Map(slots.map((slot, place) => [slot, place]))
  const seen = new Map<BoundExpr, BoundExpr>()
  const place = (expr: BoundExpr): BoundExpr => (expr.kind === 'slot' ? { ...expr, slot: places.get(expr.slot) ?? -1 } : expr)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- withExprs keeps the kind of the node
  return withExprs(node, (expr) => mapExpr(expr, place, seen)) as N
}
