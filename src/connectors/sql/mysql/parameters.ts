import type { TypedParameter } from 'mysql2'
import { PlutinoError } from '../../../base/errors.ts'
import type { Cell, Value } from '../../../data/value.ts'
import { notFinite, storedJson } from '../statement.ts'

/** A parameter as the driver sends it in the binary protocol. */
export type Parameter = null | boolean | number | string | Buffer | Date | ReturnType<TypedParameter['NULL']>

/** Beyond this a double written into a text column comes out as 1e15. */
const LONGEST_PLAIN = 1e15
const INT64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n, mostUnsigned: 2n ** 64n - 1n }

/**
 * The value of a plain `?` in VALUES: whole numbers may go as text, which the database reads exactly into a column of any type and
 * which costs a third of a typed integer.
 */
export function storedParameter(cell: Cell): Parameter {
  if (typeof cell === 'bigint') return cell.toString()
  if (typeof cell === 'number' && (cell >= LONGEST_PLAIN || cell <= -LONGEST_PLAIN) && Number.isSafeInteger(cell)) return String(cell)
  return plainParameter(cell)
}

/** The value of a `?` anywhere else: a comparison or a sum needs integers as integers, else the database calculates with doubles. */
export function typedParameter(cell: Cell, types: TypedParameter): Parameter {
  if (typeof cell === 'number' && Number.isSafeInteger(cell)) return types.LONGLONG(BigInt(cell))
  if (typeof cell !== 'bigint') return plainParameter(cell)
  if (cell >= INT64.least && cell <= INT64.most) return types.LONGLONG(cell)
  return cell >= 0n && cell <= INT64.mostUnsigned ? types.LONGLONG.unsigned(cell) : cell.toString()
}

function plainParameter(cell: Cell): Parameter {
  if (cell === undefined || cell === null) return null
  if (typeof cell === 'object') return objectParameter(cell)
  if (typeof cell === 'bigint') return cell.toString()
  if (typeof cell === 'number' && !Number.isFinite(cell)) throw notFinite(cell)
  return cell
}

function objectParameter(value: Value & object): Parameter {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (!(value instanceof Date)) return storedJson(value)
  const year = value.getUTCFullYear()
  if (Number.isNaN(year) || year < 0 || year > 9999) throw new PlutinoError('rejected', 'expected a datetime of the years 0 to 9999')
  return value
}

/** An upper bound of the bytes that a parameter takes on the wire, its type included. */
export function wireSize(parameter: Parameter): number {
  if (typeof parameter === 'string') return 12 + parameter.length * 3
  return parameter instanceof Buffer ? 12 + parameter.length : 20
}
