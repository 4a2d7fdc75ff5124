import type { FieldPacket } from 'mysql2/promise'
import type { ExecResult } from '../../../api/database.ts'
import type { Value } from '../../../data/value.ts'

/** Column types of the protocol that hold integers: tiny, short, long, longlong, int24, year. */
const INTEGERS = new Set([1, 2, 3, 8, 9, 13])

/** Makes our values of the rows that the driver gives (arrays): integers as bigint, decimals and JSON as text, datetimes in UTC. */
export function rowReader(fields: readonly FieldPacket[]): (row: readonly unknown[]) => Value[] {
  const integer = fields.map((field) => INTEGERS.has(field.columnType ?? field.type ?? -1))
  return (row) => row.map((value, i) => valueOf(value, integer[i] === true))
}

/** The driver's summary of a statement that returns no rows. */
export function execResult(header: { readonly affectedRows: number; readonly insertId: number | string }): ExecResult {
  const id = BigInt(header.insertId)
  return { affectedRows: header.affectedRows, ...(id === 0n ? {} : { lastInsertId: id }) }
}

/** What several statements did together: the key is that of the first row. */
export function sumOf(results: readonly ExecResult[]): ExecResult {
  const affectedRows = results.reduce((sum, result) => sum + result.affectedRows, 0)
  const first = results.find((result) => result.lastInsertId !== undefined)?.lastInsertId
  return { affectedRows, ...(first === undefined ? {} : { lastInsertId: first }) }
}

function valueOf(value: unknown, integer: boolean): Value {
  if (value === null || value === undefined) return null
  if (integer && (typeof value === 'number' || typeof value === 'string')) return BigInt(value)
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return value
  // 0000-00-00, which a database without strict mode may hold, is no date.
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value
  if (value instanceof Uint8Array) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  return JSON.stringify(value)
}
