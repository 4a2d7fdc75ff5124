import { PlutinoError } from '../../../base/errors.ts'
import type { Cell, Value } from '../../../data/value.ts'
import { notFinite, storedJson } from '../statement.ts'

export type SqliteValue = null | number | bigint | string | Uint8Array

/** A value as SQLite stores it: booleans as 1 and 0, datetimes as `2024-02-29 12:34:56.789` in UTC, objects as JSON text. */
export function sqliteParameter(cell: Cell): SqliteValue {
  if (cell === undefined || cell === null) return null
  if (typeof cell === 'object') return objectParameter(cell)
  if (typeof cell === 'boolean') return cell ? 1n : 0n
  if (typeof cell === 'number') return numberParameter(cell)
  if (typeof cell === 'bigint' && BigInt.asIntN(64, cell) !== cell)
    throw new PlutinoError('rejected', `expected an integer of 64 bits, got ${cell}`)
  return cell
}

/** What a row of SQLite holds; its integers are read as bigint. */
export function valueOf(value: unknown): Value {
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string' || value instanceof Uint8Array) return value
  return null
}

/** A whole number goes as an integer: bound as a double it would stand as 5.0 in a text column. */
function numberParameter(cell: number): SqliteValue {
  if (!Number.isFinite(cell)) throw notFinite(cell)
  return Number.isSafeInteger(cell) ? BigInt(cell) : cell
}

function objectParameter(value: Value & object): SqliteValue {
  if (value instanceof Uint8Array) return value
  if (!(value instanceof Date)) return storedJson(value)
  if (Number.isNaN(value.getTime())) throw new PlutinoError('rejected', 'expected a datetime, got an invalid one')
  return value.toISOString().replace('T', ' ').replace('Z', '')
}
