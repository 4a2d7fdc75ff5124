import type { Parameter, TypeName } from '../../api/function.ts'
import type { PluginFunction } from '../../api/plugin.ts'
import { PlutinoError } from '../../base/errors.ts'
import { describeValue, typeNameOf } from '../../data/describe-value.ts'
import { rowFailed } from '../../data/row-failed.ts'
import { type Cell, isStruct, type Value } from '../../data/value.ts'
import type { WireReader, WireWriter } from '../abi/wire.ts'
import { guestText } from '../values/guest-text.ts'
import type { CellCodec } from '../values/cells.ts'
import type { Contract } from '../wit/contract.ts'

const FORMS = ['floats', 'ints', 'texts', 'values'] as const
type Form = (typeof FORMS)[number]

const FORM_OF: ReadonlyMap<TypeName, Form> = new Map([
  ['float', 'floats'],
  ['bigint', 'ints'],
  ['string', 'texts'],
])

const LEAST_INT = -(2n ** 63n)
const GREATEST_INT = 2n ** 63n - 1n
const LONGEST_MESSAGE = 500

/** The rows of a batch that go to the guest, in columns. */
export interface Arguments {
  /** Index in the batch of each row that is sent. */
  readonly kept: readonly number[]
  /** Results that are known without the guest: null for null arguments, errors for arguments of a wrong type. */
  readonly known: (Cell | PlutinoError)[]
  readonly columns: readonly (readonly Cell[])[]
}

/** Arguments and results of functions as the `column` of the WIT, straight to and from the wire. */
export class ColumnCodec {
  readonly #cells: CellCodec
  readonly #tags: ReadonlyMap<Form, number>
  /** Those of the last place. */
  readonly #converters = new WeakMap<PluginFunction, readonly Converter[]>()

  constructor(contract: Contract, cells: CellCodec) {
    this.#cells = cells
    const type = contract.interface('types').types.get('column')
    const names = type?.kind === 'variant' ? type.cases.map((one) => one.name) : []
    this.#tags = new Map(FORMS.map((form) => [form, names.indexOf(form)]))
  }

  /** Sorts a batch by what each row needs: the guest, or nothing. `count`: of arguments. */
  collect(of: PluginFunction, count: number, rows: readonly (readonly Cell[])[]): Arguments {
    const kept: number[] = []
    const known: (Cell | PlutinoError)[] = []
    known.length = rows.length
    const converters = this.#convertersOf(of, count)
    const columns: Cell[][] = []
    for (let i = 0; i < count; i++) columns.push([])
    const values: Cell[] = []
    for (let at = 0; at < rows.length; at++) {
      const outcome = convertRow(of, converters, rows[at] ?? [], values)
      if (outcome !== undefined) {
        known[at] = outcome.result
        continue
      }
      kept.push(at)
      for (let i = 0; i < count; i++) columns[i]?.push(values[i])
    }
    return { kept, known, columns }
  }

  #convertersOf(of: PluginFunction, count: number): readonly Converter[] {
    const known = this.#converters.get(of)
    if (known?.length === count) return known
    const converters = Array.from({ length: count }, (_, i) => converterOf(parameterAt(of.params, i)?.type ?? 'any'))
    this.#converters.set(of, converters)
    return converters
  }

  /** A `list<column>`. */
  write(wire: WireWriter, of: PluginFunction, { columns, kept }: Arguments): void {
    wire.u32(columns.length)
    columns.forEach((column, i) => {
      const form = of.nulls === 'null' ? (FORM_OF.get(parameterAt(of.params, i)?.type ?? 'any') ?? 'values') : 'values'
      wire.u8(this.#tags.get(form) ?? 0)
      wire.u32(kept.length)
      if (form === 'floats') writeFloats(wire, column)
      else if (form === 'ints') writeInts(wire, column)
      else if (form === 'texts') for (const cell of column) wire.text(typeof cell === 'string' ? cell : '')
      else for (const cell of column) this.#cells.write(wire, cell)
    })
  }

  /**
   * A `results` for `count` rows. Throws `plugin_failed` when there are not as many values; a value of another type than `of` declares is the
   * error of its row.
   */
  readResults(wire: WireReader, of: PluginFunction, count: number): readonly (Cell | PlutinoError)[] {
    const results = this.#readColumn(wire, of, count)
    for (const [row, error] of this.readFailures(wire, of, count)) results[row] = error
    return results
  }

  /** A `list<failure>` of `count` rows, by row. */
  readFailures(wire: WireReader, of: PluginFunction, count: number): ReadonlyMap<number, PlutinoError> {
    const failures = new Map<number, PlutinoError>()
    for (let left = wire.u32(); left > 0; left--) {
      const row = wire.u32()
      const message = wire.text()
      if (row >= count) throw broken(`named row ${row} of ${count}`)
      failures.set(row, rowFailed(`${of.name}: ${guestText(message, LONGEST_MESSAGE)}`))
    }
    return failures
  }

  #readColumn(wire: WireReader, of: PluginFunction, count: number): (Cell | PlutinoError)[] {
    const tag = wire.u8()
    const form = FORMS.find((one) => this.#tags.get(one) === tag) ?? 'values'
    const given = wire.u32()
    if (given !== count) throw broken(`gave ${given} results for ${count} rows`)
    const results: (Cell | PlutinoError)[] = []
    for (let i = 0; i < count; i++) results.push(result(of, this.#readCell(wire, form)))
    return results
  }

  #readCell(wire: WireReader, form: Form): Cell {
    switch (form) {
      case 'floats':
        return wire.f64()
      case 'ints':
        return wire.s64()
      case 'texts':
        return wire.text()
      case 'values':
        return this.#cells.read(wire)
    }
  }
}

function parameterAt(params: readonly Parameter[], i: number): Parameter | undefined {
  const last = params.at(-1)
  return params[i] ?? (last?.repeats === true ? last : undefined)
}

type Converter = (value: NonNullable<Cell>) => Value | undefined

/** Puts the converted arguments into `values`; gives the result of a row that needs no call. */
function convertRow(
  of: PluginFunction,
  converters: readonly Converter[],
  row: readonly Cell[],
  values: Cell[],
): { readonly result: Cell | PlutinoError } | undefined {
  for (let i = 0; i < converters.length; i++) {
    const value = row[i]
    if (value === null || value === undefined) {
      if (of.nulls === 'null') return { result: null }
      values[i] = null
      continue
    }
    const converted = converters[i]?.(value)
    if (converted === undefined) {
      const parameter = parameterAt(of.params, i)
      const name = parameter?.name ?? ''
      return {
        result: rowFailed(
          `${of.name}: expected ${parameter?.type ?? 'any'} for parameter ${i + 1} (${name}), but found ${describeValue(value)}`,
        ),
      }
    }
    values[i] = converted
  }
  return undefined
}

/** Undefined: the value has no such form, or would lose something. */
const CONVERTERS: { readonly [Type in TypeName]: Converter } = {
  any: (value) => value,
  number: (value) => (typeof value === 'number' || typeof value === 'bigint' ? value : undefined),
  float: (value) => (typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : undefined),
  bigint: toInt,
  string: (value) => (typeof value === 'string' ? value : undefined),
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  datetime: (value) => (value instanceof Date ? value : undefined),
  bytea: (value) => (value instanceof Uint8Array ? value : undefined),
  array: (value) => (Array.isArray(value) ? value : undefined),
  struct: (value) => (isStruct(value) ? value : undefined),
}

function converterOf(type: TypeName): Converter {
  return CONVERTERS[type]
}

/** A safe integer stays a number: it is cheaper to write. */
function toInt(value: NonNullable<Cell>): Value | undefined {
  if (typeof value === 'bigint') return value >= LEAST_INT && value <= GREATEST_INT ? value : undefined
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined
  return Number.isSafeInteger(value) ? value : toInt(BigInt(value))
}

function result(of: PluginFunction, value: Cell): Cell | PlutinoError {
  if (value === null || value === undefined) return null
  const { returns } = of
  if (returns === 'bigint') {
    const whole = toInt(value)
    if (whole !== undefined) return typeof whole === 'number' ? BigInt(whole) : whole
  } else {
    const converted = converterOf(returns)(value)
    if (converted !== undefined) return converted
  }
  return rowFailed(`${of.name} declares that it returns ${returns}, but gave ${typeNameOf(value)}`)
}

function writeFloats(wire: WireWriter, column: readonly Cell[]): void {
  let at = wire.reserve(column.length * 8)
  for (const cell of column) {
    wire.view.setFloat64(at, Number(cell), true)
    at += 8
  }
}

function writeInts(wire: WireWriter, column: readonly Cell[]): void {
  let at = wire.reserve(column.length * 8)
  for (const cell of column) {
    if (typeof cell === 'number') {
      wire.view.setUint32(at, cell >>> 0, true)
      wire.view.setInt32(at + 4, Math.floor(cell / 4_294_967_296), true)
    } else if (typeof cell === 'bigint') wire.view.setBigInt64(at, cell, true)
    at += 8
  }
}

/** What a guest did. */
function broken(what: string): PlutinoError {
  return new PlutinoError('plugin_failed', what)
}
