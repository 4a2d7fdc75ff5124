import type { Clock } from '../../base/clock.ts'
import { rowFailed } from '../../data/row-failed.ts'
import { isStruct, type Cell, type Struct, type Value } from '../../data/value.ts'
import { goText, goTypeName } from './print.ts'

/** What functions may use beside their arguments. */
export interface FunctionContext {
  readonly clock: Pick<Clock, 'now'>
  /** Objects that functions of this run made, which `set` and `unset` may therefore change. */
  readonly made: WeakSet<object>
}

/** A function of templates. Arguments are never undefined: what is missing arrives as null. Throws `row_failed`. */
export interface TemplateFunction {
  readonly min: number
  readonly max: number
  call(args: readonly Value[], context: FunctionContext): Cell
}

export type FunctionSet = Readonly<Record<string, TemplateFunction>>

/** `arity`: a number, or at least and at most. */
export function define(arity: number | readonly [number, number], call: TemplateFunction['call']): TemplateFunction {
  const [min, max] = typeof arity === 'number' ? [arity, arity] : arity
  return { min, max, call }
}

export const ANY = Number.POSITIVE_INFINITY

/** The longest text that a function may make, in characters. */
const MAX_TEXT = 16_777_216

export function at(args: readonly Value[], index: number): Value {
  return args[index] ?? null
}

/** Texts as they are, bytes as UTF-8, numbers and booleans as they print. */
export function textAt(args: readonly Value[], index: number): string {
  const value = at(args, index)
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  if (value === null || (typeof value === 'object' && !(value instanceof Date))) throw wrongType(index, 'string', value)
  return goText(value)
}

export function listAt(args: readonly Value[], index: number): readonly Value[] {
  const value = at(args, index)
  if (!Array.isArray(value)) throw wrongType(index, 'list', value)
  return value
}

export function dictAt(args: readonly Value[], index: number): Struct {
  const value = at(args, index)
  if (!isStruct(value)) throw wrongType(index, 'dict', value)
  return value
}

/** A whole number that can be an index, a length or a count. */
export function countAt(args: readonly Value[], index: number): number {
  const value = at(args, index)
  const count = typeof value === 'bigint' ? Number(value) : value
  if (typeof count !== 'number' || !Number.isSafeInteger(count)) throw wrongType(index, 'int', value)
  return count
}

function wrongType(index: number, expected: string, value: Value): Error {
  return rowFailed(`wrong type for argument ${index + 1}: expected ${expected}, got ${value === null ? 'nothing' : goTypeName(value)}`)
}

/** Refuses texts that would take too much memory. */
export function checkLength(length: number): void {
  if (length > MAX_TEXT) throw rowFailed(`a text would have more than ${MAX_TEXT} characters`)
}
