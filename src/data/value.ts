/**
 * An SQL value. `bigint` is SQL's bigint (int64) and `number` its float, so that arithmetic knows one from the other and no id loses
 * digits. Whole JSON numbers of schemaless streams are `number`, or `bigint` where a double would lose digits; arithmetic then takes
 * them as numbers. `Date` is datetime, `Uint8Array` bytea.
 */
export type Value = null | boolean | number | bigint | string | Uint8Array | Date | readonly Value[] | Struct

/** A JSON object or struct. Never read its members without `Object.hasOwn`: user data may name them `toString` or `__proto__`. */
export interface Struct {
  readonly [name: string]: Value
}

/** What a slot of a row holds. `undefined`: the column is absent, which SQL reads as null and output leaves out. */
export type Cell = Value | undefined

export function isStruct(value: Cell): value is Struct {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array) && !(value instanceof Date)
}
