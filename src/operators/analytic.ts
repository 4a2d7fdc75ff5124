import type { FunctionState, SqlFunction } from '../api/function.ts'
import type { Batches, Operator } from '../api/operator.ts'
import { PlutinoError, toPlutinoError } from '../base/errors.ts'
import type { Row, RowBatch } from '../data/batch.ts'
import { rowFailed } from '../data/row-failed.ts'
import { isStruct, type Cell, type Value } from '../data/value.ts'
import type { AnalyticCall } from '../expression/calls.ts'
import type { CompileDeps, Compiler } from '../expression/compile.ts'
import type { RowResults } from '../expression/compile-rows.ts'
import type { FunctionLookup } from '../expression/functions.ts'
import { passes } from '../expression/logic.ts'
import { partitionKey } from './partition-key.ts'
import { RowOperator } from './row-operator.ts'

type AnalyticFunction = Extract<SqlFunction, { readonly kind: 'analytic' }>

/** Functions that remember rows: appends the value of each call, in their order, to every row. */
export function analytic(calls: readonly AnalyticCall[], compiler: Compiler, deps: CompileDeps): Operator {
  return new AnalyticOperator(calls.map((call) => new RunningCall(call, compiler, deps)))
}

class AnalyticOperator implements Operator {
  readonly name = 'analytic'
  readonly #calls: readonly RunningCall[]
  readonly #rows: RowOperator

  constructor(calls: readonly RunningCall[]) {
    this.#calls = calls
    const loop = (rows: readonly Row[], from: number, to: number, out: RowResults): void => {
      for (let i = from; i < to; i++) this.#append(rows[i] ?? [], out)
    }
    this.#rows = new RowOperator('analytic', loop, { filters: false, apart: true })
  }

  process(batch: RowBatch): Batches {
    return this.#rows.process(batch)
  }

  #append(input: Row, { rows, errors }: RowResults): void {
    const row = input.slice()
    try {
      for (const call of this.#calls) row[call.slot] = call.value(row)
      for (const call of this.#calls) call.hit(row)
      rows.push(row)
    } catch (thrown) {
      errors.push({ at: rows.length, error: toPlutinoError(thrown, 'row_failed') })
    }
  }

  snapshot(): Value {
    return this.#calls.map((call) => call.snapshot())
  }

  restore(state: Value): void {
    if (!Array.isArray(state)) return
    this.#calls.forEach((call, i) => {
      call.restore(state[i] ?? null)
    })
  }
}

/** One call with its state for each partition. */
class RunningCall {
  readonly slot: number
  readonly #call: AnalyticCall
  readonly #function: AnalyticFunction
  readonly #context: CompileDeps['context']
  readonly #args: (row: Row) => readonly Cell[]
  readonly #key: (row: Row) => string
  readonly #when: ((row: Row) => Cell) | undefined
  readonly #states = new Map<string, FunctionState>()

  constructor(call: AnalyticCall, compiler: Compiler, deps: CompileDeps) {
    this.slot = call.slot
    this.#call = call
    this.#function = analyticFunction(deps.functions, call.function)
    this.#context = deps.context
    this.#args = compiler.values(call.args, deps)
    this.#key = partitionKey(call.partition, compiler, deps)
    this.#when = call.when === undefined ? undefined : compiler.expression(call.when, deps)
  }

  value(row: Row): Cell {
    if (this.#call.wildcard === true) throw rowFailed(`unexpected wildcard in ${this.#call.function}()`, 'name the columns')
    const args = this.#args(row)
    const held = this.#call.hits === true || (this.#when !== undefined && !passes(this.#when(row)))
    const state = this.#stateOf(this.#key(row))
    try {
      return held ? this.#function.held(state, args, this.#context) : this.#function.next(state, args, this.#context)
    } catch (thrown) {
      const { message, hint } = toPlutinoError(thrown, 'row_failed')
      throw rowFailed(`call func ${this.#call.function} error: ${message}`, hint)
    }
  }

  /** Called when the row has the values of all calls. */
  hit(row: Row): void {
    if (this.#call.hits !== true || !this.#passes(row)) return
    this.#function.next(this.#stateOf(this.#key(row)), this.#args(row), this.#context)
  }

  /** A condition that fails is reported by the step that it belongs to. */
  #passes(row: Row): boolean {
    try {
      return this.#when === undefined || this.#when(row) === true
    } catch (thrown) {
      if (thrown instanceof PlutinoError) return false
      throw thrown
    }
  }

  #stateOf(key: string): FunctionState {
    let state = this.#states.get(key)
    if (state === undefined) this.#states.set(key, (state = this.#function.init()))
    return state
  }

  snapshot(): Value {
    return Array.from(this.#states, ([key, state]): Value => [key, copyOf(state)])
  }

  restore(saved: Value): void {
    this.#states.clear()
    for (const pair of Array.isArray(saved) ? saved : []) {
      const [key, state] = Array.isArray(pair) ? pair : []
      if (typeof key === 'string' && isStruct(state)) this.#states.set(key, copyOf(state))
    }
  }
}

function analyticFunction(functions: FunctionLookup, name: string): AnalyticFunction {
  const found = functions.find(name)
  if (found?.kind !== 'analytic') throw new PlutinoError('sql_invalid', `function ${name} not found`)
  return found
}

/** Functions change their own arrays and objects in place, never what rows hold: those are shared. */
function copyOf(state: { readonly [name: string]: Value }): FunctionState {
  const copy: FunctionState = {}
  for (const [name, value] of Object.entries(state)) {
    copy[name] = Array.isArray(value) ? [...value] : isStruct(value) ? { ...value } : value
  }
  return copy
}
