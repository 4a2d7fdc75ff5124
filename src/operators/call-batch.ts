import type { StreamContext } from '../api/context.ts'
import type { BatchFunction, CallPlace, SqlFunction } from '../api/function.ts'
import type { Batches, Operator } from '../api/operator.ts'
import { PlutinoError, toPlutinoError } from '../base/errors.ts'
import type { Row, RowBatch } from '../data/batch.ts'
import type { Cell } from '../data/value.ts'
import type { BatchCall } from '../expression/calls.ts'
import type { CompileDeps, Compiler } from '../expression/compile.ts'
import type { RowResults } from '../expression/compile-rows.ts'
import { RowOperator } from './row-operator.ts'

/** Functions that wait or run in a plugin: each is called once for a batch, one after another, and its values are appended to the rows. */
export function callBatch(calls: readonly BatchCall[], compiler: Compiler, deps: CompileDeps): Operator {
  return new CallBatchOperator(calls.map((call) => new RunningCall(call, compiler, deps)))
}

/** A row with what was appended, or why it failed. */
type Outcome = Cell[] | PlutinoError

class CallBatchOperator implements Operator {
  readonly name = 'callBatch'
  declare readonly gather?: NonNullable<Operator['gather']>
  readonly #calls: readonly RunningCall[]

  constructor(calls: readonly RunningCall[]) {
    this.#calls = calls
    const keeping = calls.filter(({ keepsState }) => keepsState)
    if (keeping.length > 0) {
      this.gather = async () => {
        for (const call of keeping) await call.checkpoint()
      }
    }
  }

  async process(batch: RowBatch, _port: number, ctx: StreamContext): Promise<Batches> {
    const outcomes = batch.rows.map((row): Outcome => [...row])
    for (const call of this.#calls) await call.append(outcomes, ctx)
    const put = (_: readonly Row[], from: number, to: number, { rows, errors }: RowResults): void => {
      for (const outcome of outcomes.slice(from, to)) {
        if (outcome instanceof PlutinoError) errors.push({ at: rows.length, error: outcome })
        else rows.push(outcome)
      }
    }
    return new RowOperator(this.name, put, { filters: false, apart: true }).process(batch)
  }
}

type Batched = Extract<SqlFunction, { readonly kind: 'batch' }>

class RunningCall {
  readonly #call: BatchCall
  readonly #function: Batched
  readonly #argsOf: (row: Row) => readonly Cell[]
  #opened: BatchFunction | undefined

  constructor(call: BatchCall, compiler: Compiler, deps: CompileDeps) {
    const found = deps.functions.find(call.function)
    if (found?.kind !== 'batch') throw new PlutinoError('sql_invalid', `function ${call.function} not found`)
    this.#call = call
    this.#function = found
    this.#argsOf = compiler.values(call.args, deps)
  }

  get keepsState(): boolean {
    return this.#function.keepsState === true
  }

  async checkpoint(): Promise<void> {
    await this.#opened?.checkpoint?.()
  }

  /** Makes the call for all rows that have not failed yet. */
  async append(outcomes: Outcome[], ctx: StreamContext): Promise<void> {
    const waiting = outcomes.flatMap((row, at) => (row instanceof PlutinoError ? [] : (this.#prepare(row, at, outcomes) ?? [])))
    if (waiting.length === 0) return
    this.#opened ??= await this.#function.openBatch(placeOf(this.#call), ctx)
    const values = await this.#opened.call(waiting.map(({ args }) => args))
    for (const [i, { row, at }] of waiting.entries()) {
      const value = values[i]
      if (value instanceof PlutinoError) outcomes[at] = value
      else row[this.#call.slot] = value
    }
  }

  /** The arguments of a row; none when its value is known without a call, or it has failed. */
  #prepare(row: Cell[], at: number, outcomes: Outcome[]): { row: Cell[]; at: number; args: readonly Cell[] } | undefined {
    try {
      const args = this.#argsOf(row)
      if (this.#function.nulls === 'call' || args.every((arg) => arg !== null && arg !== undefined)) return { row, at, args }
      row[this.#call.slot] = ofNull(this.#function)
    } catch (thrown) {
      outcomes[at] = toPlutinoError(thrown, 'row_failed')
    }
    return undefined
  }
}

function placeOf({ place, args, texts }: BatchCall): CallPlace {
  return { place, args: args.map((arg, i) => (arg.kind === 'literal' ? { constant: arg.value } : { expression: texts[i] ?? '' })) }
}

function ofNull({ nulls, returns }: SqlFunction): Cell {
  if (nulls === 'false') return false
  if (nulls === 'zero') return returns === 'bigint' ? 0n : 0
  return null
}
