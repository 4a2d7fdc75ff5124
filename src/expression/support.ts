import type { PlutinoError } from '../base/errors.ts'
import { toPlutinoError } from '../base/errors.ts'
import { arithmetic, inRange, negate } from '../data/arithmetic.ts'
import { orderText } from '../data/compare.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { Cell } from '../data/value.ts'
import { between, compare, isIn, isInArray } from './comparison.ts'
import { keyOf, keyOfAll } from './group-key.ts'
import { like } from './like.ts'
import { and, not, or, passes } from './logic.ts'
import { everyMember, index, member, slice } from './path.ts'
import { changedRecord, objectOf } from './record.ts'

/** What generated code may call, by the names that it uses: the full semantics behind its fast paths. */
export const SUPPORT = {
  arithmetic,
  negate,
  inRange,
  compare,
  orderText,
  between,
  isIn,
  isInArray,
  like,
  and,
  or,
  not,
  passes,
  member,
  everyMember,
  index,
  slice,
  changedRecord,
  objectOf,
  jsonNumber,
  keyOf,
  keyOfAll,
  failed,
} as const

/** A schemaless value as an operand of arithmetic: an integer that was kept exact acts as a float. */
function jsonNumber(value: Cell): Cell {
  return typeof value === 'bigint' ? Number(value) : value
}

/** Any thrown thing as the error of one row, with the clause that failed. */
function failed(thrown: unknown, clause: string): PlutinoError {
  const error =
    thrown instanceof RangeError && thrown.message.includes('call stack')
      ? rowFailed('the value is nested too deeply')
      : toPlutinoError(thrown, 'row_failed')
  return rowFailed(`run ${clause} error: ${error.message}`, error.hint)
}
