import type { DecodeColumn } from '../api/codec.ts'
import type { Row, RowBatch, Schema } from '../data/batch.ts'
import { type Layout, type ReadLayout, readLayout } from './row-reader.ts'

/** The layout that has everything that `layouts` have, each column once. */
export function unionLayout(layouts: Iterable<Layout>): ReadLayout {
  const columns = new Map<string, DecodeColumn>()
  const meta = new Set<string>()
  const times = new Set<'received' | 'event'>()
  let record = false
  let timestamp: string | undefined
  for (const layout of layouts) {
    for (const column of layout.columns) if (!columns.has(column.name)) columns.set(column.name, column)
    for (const key of layout.meta) meta.add(key)
    for (const time of readLayout(layout).times) times.add(time)
    record ||= layout.record
    timestamp ??= layout.timestamp
  }
  const width = columns.size + meta.size + Number(record) + times.size
  const named = timestamp === undefined ? {} : { timestamp }
  return { columns: [...columns.values()], record, meta: [...meta], times: [...times], ...named, width }
}

/** Slot by slot: where `own`'s values stand in rows of `union`. */
export function slotsOf(own: Layout, union: ReadLayout): readonly number[] {
  const names = new Map(union.columns.map(({ name }, slot) => [name, slot]))
  const firstMeta = union.columns.length + Number(union.record)
  const slots = own.columns.map(({ name }) => names.get(name) ?? -1)
  if (own.record) slots.push(union.columns.length)
  for (const key of own.meta) slots.push(firstMeta + union.meta.indexOf(key))
  for (const time of readLayout(own).times) slots.push(firstMeta + union.meta.length + union.times.indexOf(time))
  return slots
}

/** Rows of the union are rows of the layout whose slots these are. */
export function isSameLayout(slots: readonly number[], union: ReadLayout): boolean {
  return slots.length === union.width && slots.every((slot, i) => slot === i)
}

/** Turns batches of the union's layout into batches of `own`; the batch itself when nothing has to move. */
export function layoutMapping(own: Layout, union: ReadLayout): (batch: RowBatch) => RowBatch {
  const slots = slotsOf(own, union)
  if (isSameLayout(slots, union)) return (batch) => batch
  let known: { readonly from: Schema; readonly to: Schema } | undefined
  return (batch) => {
    if (known?.from !== batch.schema)
      known = { from: batch.schema, to: { columns: slots.map((slot) => batch.schema.columns[slot] ?? { name: '' }) } }
    const rows: Row[] = batch.rows.map((row) => slots.map((slot) => row[slot]))
    return { ...batch, schema: known.to, rows }
  }
}
