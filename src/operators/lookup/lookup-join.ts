import type { DecodeColumn } from '../../api/codec.ts'
import type { StreamContext } from '../../api/context.ts'
import type { LookupAnswer, LookupCaching, LookupQuery } from '../../api/lookup.ts'
import type { Batches, Operator } from '../../api/operator.ts'
import { PlutinoError, toPlutinoError } from '../../base/errors.ts'
import type { Row, RowBatch } from '../../data/batch.ts'
import { valueKey } from '../../data/compare.ts'
import { rowFailed } from '../../data/row-failed.ts'
import type { Cell, Struct } from '../../data/value.ts'
import type { BoundExpr } from '../../expression/bound.ts'
import type { CompileDeps, Compiler } from '../../expression/compile.ts'
import { passes } from '../../expression/logic.ts'
import { joinResults } from '../join/joined-results.ts'
import { LookupCache } from './cache.ts'

/** A lookup table as an operator sees it. */
export interface LookupTable {
  /** Waits as long as the table cannot be reached. Rejects when it has no answer, or when the rule ends. */
  ask(query: LookupQuery, ctx: StreamContext): Promise<LookupAnswer>
  /** Absent: answers are not kept. */
  readonly caching?: LookupCaching
  /** A row of the table as cells: the columns, then the record when it is wanted. */
  rowOf(record: Struct): Row
}

/** What is joined with the table, as the plan has it. */
interface LookupParts {
  readonly type: 'INNER' | 'LEFT'
  readonly keys: readonly { readonly column: string; readonly value: BoundExpr }[]
  readonly on?: BoundExpr
  readonly columns: readonly DecodeColumn[]
  readonly record: boolean
  readonly width: number
}

/** Joins each row with what a lookup table has for it. A batch asks once, for all keys that are not known yet. */
export function lookupJoin(parts: LookupParts, table: LookupTable, compiler: Compiler, deps: CompileDeps): Operator {
  return new LookupJoin(parts, table, (expr) => compiler.expression(expr, deps))
}

/** The keys of one row: null pairs with nothing, an error fails its result. */
type Keys = { readonly key: string; readonly tuple: readonly Cell[] } | PlutinoError | null

class LookupJoin implements Operator {
  readonly name = 'lookup'
  readonly #parts: LookupParts
  readonly #table: LookupTable
  readonly #values: readonly ((row: Row) => Cell)[]
  readonly #on: ((row: Row) => Cell) | undefined
  readonly #cache: LookupCache | undefined

  constructor(parts: LookupParts, table: LookupTable, compile: (expr: BoundExpr) => (row: Row) => Cell) {
    this.#parts = parts
    this.#table = table
    this.#values = parts.keys.map(({ value }) => compile(value))
    this.#on = parts.on === undefined ? undefined : compile(parts.on)
    this.#cache = table.caching === undefined ? undefined : new LookupCache(table.caching)
  }

  async process(batch: RowBatch, _port: number, ctx: StreamContext): Promise<Batches> {
    const keys = batch.rows.map((row) => this.#keysOf(row))
    const found = await this.#find(keys, ctx)
    let next = 0
    return joinResults(batch, (rows) => {
      const mine = keys.slice(next, (next += rows.length))
      return rows.flatMap((row, i) => this.#join(row, mine[i] ?? null, found))
    })
  }

  #keysOf(row: Row): Keys {
    try {
      const tuple = this.#values.map((value) => value(row))
      if (tuple.some((cell) => cell === null || cell === undefined)) return null
      return { key: tuple.map((cell) => valueKey(cell)).join('\n'), tuple }
    } catch (thrown) {
      return failed(thrown)
    }
  }

  /** What the table has for every key; or why it has no answer. */
  async #find(keys: readonly Keys[], ctx: StreamContext): Promise<ReadonlyMap<string, readonly Row[]> | PlutinoError> {
    const found = new Map<string, readonly Row[]>()
    const open = new Map<string, readonly Cell[]>()
    for (const one of keys) {
      if (one === null || one instanceof PlutinoError || found.has(one.key)) continue
      const known = this.#cache?.find(one.key, ctx.clock.now())
      if (known === undefined) open.set(one.key, one.tuple)
      else found.set(one.key, known)
    }
    if (open.size === 0) return found
    const answer = await this.#ask([...open.values()], ctx)
    if (answer instanceof PlutinoError) return answer
    for (const [i, key] of [...open.keys()].entries()) {
      const rows = (answer[i] ?? []).map((record) => this.#table.rowOf(record))
      found.set(key, rows)
      this.#cache?.keep(key, rows, ctx.clock.now())
    }
    return found
  }

  async #ask(tuples: readonly (readonly Cell[])[], ctx: StreamContext): Promise<LookupAnswer | PlutinoError> {
    const { keys, columns, record } = this.#parts
    const wanted = record ? {} : { columns: columns.map(({ name }) => name) }
    try {
      return await this.#table.ask({ keys: keys.map(({ column }) => column), tuples, ...wanted }, ctx)
    } catch (thrown) {
      if (ctx.signal.aborted) throw thrown
      return failed(thrown)
    }
  }

  #join(row: Row, keys: Keys, found: ReadonlyMap<string, readonly Row[]> | PlutinoError): readonly Row[] {
    if (keys instanceof PlutinoError) throw keys
    if (found instanceof PlutinoError) throw found
    const others: readonly Row[] = (keys === null ? undefined : found.get(keys.key)) ?? []
    const joined = others.map((other): Row => [...row, ...other]).filter((both) => this.#passes(both))
    return joined.length === 0 && this.#parts.type === 'LEFT' ? [this.#alone(row)] : joined
  }

  #passes(row: Row): boolean {
    try {
      return this.#on === undefined || passes(this.#on(row))
    } catch (thrown) {
      throw failed(thrown)
    }
  }

  #alone(row: Row): Row {
    const wide = row.slice()
    while (wide.length < this.#parts.width) wide.push(undefined)
    return wide
  }
}

function failed(thrown: unknown): PlutinoError {
  const { message, hint } = toPlutinoError(thrown, 'row_failed')
  return rowFailed(`run LookupJoin error: ${message}`, hint)
}
