import type { DecodeColumn } from '../api/codec.ts'
import type { Row, RowBatch, Schema } from '../data/batch.ts'
import type { Layout } from './row-reader.ts'

/** The layout that has everything that `layouts` have, each column once. */
export function unionLayout(layouts: Iterable<Layout>): Layout {
  const columns = new Map<string, DecodeColumn>()
  const meta = new Set<string>()
  let record = false
  let time = false
  for (const layout of layouts) {
    for (const column of layout.columns) if (!columns.has(column.name)) columns.set(column.name, column)
    for (const key of layout.meta) meta.add(key)
    record ||= layout.record
    time ||= layout.time
  }
  const width = columns.size + meta.size + Number(record) + Number(time)
  return { columns: [...columns.values()], record, meta: [...meta], time, width }
}

/** Slot by slot: where `own`'s values stand in rows of `union`. */
export function slotsOf(own: Layout, union: Layout): readonly number[] {
  const names = new Map(union.columns.map(({ name }, slot) => [name, slot]))
  const firstMeta = union.columns.length + Number(union.record)
  const slots = own.columns.map(({ name }) => names.get(name) ?? -1)
  if (own.record) slots.push(union.columns.length)
  for (const key of own.meta) slots.push(firstMeta + union.meta.indexOf(key))
  if (own.time) slots.push(firstMeta + union.meta.length)
  return slots
}

/** Turns batches of the union's layout into batches of `own`; the batch itself when nothing has to move. */
export function layoutMapping(own: Layout, union: Layout): (batch: RowBatch) => RowBatch {
  const slots = slotsOf(own, union)
  if (slots.length === union.width && slots.every((slot, i) => slot === i)) return (batch) => batch
  let known: { readonly from: Schema; readonly to: Schema } | undefined
  return (batch) => {
    if (known?.from !== batch.schema)
      known = { from: batch.schema, to: { columns: slots.map((slot) => batch.schema.columns[slot] ?? { name: '' }) } }
    const rows: Row[] = batch.rows.map((row) => slots.map((slot) => row[slot]))
    return { ...batch, schema: known.to, rows }
  }
}
