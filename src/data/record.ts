import type { Row, RowBatch, Schema } from './batch.ts'
import { isStruct, type Cell, type Struct, type Value } from './value.ts'

/** A row by names: absent columns are left out, later columns win over earlier ones, spread records give their members. */
export function toRecord(schema: Schema, row: Row): Struct {
  const record: Record<string, Value> = {}
  for (let i = 0; i < schema.columns.length; i++) {
    const column = schema.columns[i]
    const cell = row[i]
    if (column === undefined || cell === undefined) continue
    if (column.spread !== true) put(record, column.name, cell)
    else if (isStruct(cell)) for (const [name, value] of Object.entries(cell)) put(record, name, value)
  }
  return record
}

/** As an own member, whatever the name: `__proto__` too. */
export function put(record: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__') Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true })
  else record[name] = value
}

/** The schema of rows that consist of one record each. */
export const RECORD_SCHEMA: Schema = { columns: [{ name: '*', spread: true }] }

/** The batch with plain columns only: records are spread into the union of their members, in order of appearance. */
export function flatten(batch: RowBatch): { readonly columns: readonly string[]; readonly rows: readonly Row[] } {
  const { columns } = batch.schema
  if (!columns.some((column) => column.spread === true)) return { columns: columns.map((column) => column.name), rows: batch.rows }
  const slots = new Map<string, number>()
  const rows = batch.rows.map((row) => {
    const out: Cell[] = []
    for (const [name, value] of Object.entries(toRecord(batch.schema, row))) {
      let slot = slots.get(name)
      if (slot === undefined) slots.set(name, (slot = slots.size))
      out[slot] = value
    }
    return out
  })
  return { columns: [...slots.keys()], rows }
}
