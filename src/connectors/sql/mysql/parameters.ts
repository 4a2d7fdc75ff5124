import type { TypedParameter } from 'mysql2'
import { PlutinoError } from '../../../base/errors.ts'
import type { Cell, Value } from '../../../data/value.ts'
import { notFinite, storedJson } from '../statement.ts'

/** A parameter as the driver sends it in the binary protocol. */
export type Parameter = StoredParameter | ReturnType<TypedParameter['NULL']>

/** A value whose type in the protocol is that of the value. */
export type StoredParameter = null | boolean | number | string | Buffer | Date

/** Beyond this a double written into a text column comes out as 1e15. */
const LONGEST_PLAIN = 1e15
/** What the protocol's integers hold. */
export const INT64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n, mostUnsigned: 2n ** 64n - 1n }

/**
 * The value of a plain `?` in VALUES: whole numbers may go as text, which the database reads exactly into a column of any type and
 * which costs a third of a typed integer.
 */
export function storedParameter(cell: Cell): StoredParameter {
  if (typeof cell === 'bigint') return cell.toString()
  if (typeof cell === 'number' && (cell >= LONGEST_PLAIN || cell <= -LONGEST_PLAIN) && Number.isSafeInteger(cell)) return String(cell)
  return plainParameter(cell)
}

/** The value of a `?` anywhere else: a comparison or a sum needs integers as integers, else the database calculates with doubles. */
export function typedParameter(cell: Cell, types: TypedParameter): Parameter {
  const integer = integerOf(cell)
  if (integer === undefined) return plainParameter(cell)
  return integer <= INT64.most ? types.LONGLONG(integer) : types.LONGLONG.unsigned(integer)
}

/** The whole number that the protocol can hold as one; undefined for any other value. */
export function integerOf(cell: Cell): bigint | undefined {
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? BigInt(cell) : undefined
  return typeof cell === 'bigint' && cell >= INT64.least && cell <= INT64.mostUnsigned ? cell : undefined
}

function plainParameter(cell: Cell): StoredParameter {
  if (cell === undefined || cell === null) return null
  if (typeof cell === 'object') return objectParameter(cell)
  if (typeof cell === 'bigint') return cell.toString()
  if (typeof cell === 'number' && !Number.isFinite(cell)) throw notFinite(cell)
  return cell
}

function objectParameter(value: Value & object): StoredParameter {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (!(value instanceof Date)) return storedJson(value)
  const year = value.getUTCFullYear()
  if (Number.isNaN(year) || year < 0 || year > 9999) throw new PlutinoError('rejected', 'expected a datetime of the years 0 to 9999')
  return value
}
