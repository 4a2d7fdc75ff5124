import type { Row, Schema } from '../data/batch.ts'
import { put, RECORD_SCHEMA, toRecord } from '../data/record.ts'
import { type Cell, isStruct, type Struct, type Value } from '../data/value.ts'
import type { ActionProperties } from './action-properties.ts'

/** Rows and the messages they form: message i is rows `bounds[i]` to `bounds[i + 1] - 1`; without bounds each row is a message. */
export interface ShapedRows {
  readonly schema: Schema
  readonly rows: readonly Row[]
  readonly bounds?: readonly number[]
}

/** Schema of rows that stand for errors: no property of the action changes them, and each is a message `{"error":"…"}`. */
export const ERROR_SCHEMA: Schema = { columns: [{ name: 'error' }] }

export type RowShape = (input: ShapedRows) => ShapedRows

/** What `omitIfEmpty`, `dataField`, `fields` and `excludeFields` do to the rows of an action, in this order. */
export function rowShape(common: ActionProperties): RowShape {
  const steps: RowShape[] = []
  const dataField = common.dataField ?? common.tableDataField
  if (dataField !== undefined) steps.push((input) => takeMember(input, dataField))
  if (common.fields !== undefined) steps.push(keepColumns(common.fields))
  if (common.excludeFields !== undefined) steps.push(dropColumns(new Set(common.excludeFields)))
  return steps.length === 0 ? (input) => input : (input) => steps.reduce((rows, step) => step(rows), input)
}

/** Members of `data` that an action sends, for data that a template made. */
export function shapeRecord(common: ActionProperties, record: Struct): Struct {
  const kept: Record<string, Value> = {}
  for (const [name, value] of Object.entries(record)) {
    if (common.fields?.includes(name) === false || common.excludeFields?.includes(name) === true) continue
    put(kept, name, value)
  }
  return kept
}

function keepColumns(fields: readonly string[]): RowShape {
  const schema: Schema = { columns: fields.map((name) => ({ name })) }
  return (input) => {
    const slots = fields.map((name) => input.schema.columns.findLastIndex((column) => column.name === name))
    const plain = !input.schema.columns.some((column) => column.spread === true)
    const pick = plain
      ? (row: Row): Row => slots.map((slot) => (slot < 0 ? undefined : row[slot]))
      : (row: Row): Row => pickMembers(toRecord(input.schema, row), fields)
    return { ...input, schema, rows: input.rows.map(pick) }
  }
}

function pickMembers(record: Struct, names: readonly string[]): Row {
  return names.map((name) => (Object.hasOwn(record, name) ? record[name] : undefined))
}

function dropColumns(names: ReadonlySet<string>): RowShape {
  return (input) => {
    const drop = (row: Row): Row => {
      const kept: Record<string, Value> = {}
      for (const [name, value] of Object.entries(toRecord(input.schema, row))) if (!names.has(name)) put(kept, name, value)
      return [kept]
    }
    return { ...input, schema: RECORD_SCHEMA, rows: input.rows.map(drop) }
  }
}

function takeMember(input: ShapedRows, name: string): ShapedRows {
  const rows: Row[] = []
  const bounds: number[] = []
  const starts = input.bounds
  const messages = starts === undefined ? input.rows.length : starts.length - 1
  for (let m = 0; m < messages; m++) {
    bounds.push(rows.length)
    for (let i = starts?.[m] ?? m; i < (starts?.[m + 1] ?? m + 1); i++)
      rows.push(...recordsOf(toRecord(input.schema, input.rows[i] ?? [])[name]))
  }
  bounds.push(rows.length)
  return { schema: RECORD_SCHEMA, rows, bounds }
}

function recordsOf(value: Cell): readonly Row[] {
  if (Array.isArray(value)) return value.filter(isStruct).map((record) => [record])
  return isStruct(value) ? [[value]] : []
}
