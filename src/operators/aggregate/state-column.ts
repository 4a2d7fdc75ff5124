import type { FunctionState, SqlFunction } from '../../api/function.ts'
import { valueKey } from '../../data/compare.ts'
import { type Cell, isStruct, type Value } from '../../data/value.ts'
import type { FoldColumn } from './columns.ts'

/** What is called of an aggregate function. */
export type Accumulator = Pick<Extract<SqlFunction, { readonly kind: 'aggregate' }>, 'empty' | 'init' | 'add' | 'merge' | 'result'>

/** Accumulators that a function keeps itself. */
export class StateColumn implements FoldColumn {
  readonly empty: Cell
  readonly #function: Accumulator
  #states: FunctionState[] = []

  constructor(accumulator: Accumulator) {
    this.#function = accumulator
    this.empty = accumulator.empty
  }

  add(slot: number, ...args: readonly Cell[]): void {
    this.#function.add(this.#at(slot), args)
  }

  grow(): void {
    // Slots are filled one after another, by `reset`.
  }

  reset(slot: number): void {
    while (this.#states.length < slot) this.#states.push(NOTHING)
    this.#states[slot] = this.#function.init()
  }

  merge(slot: number, from: FoldColumn, other: number): void {
    if (from instanceof StateColumn) this.#function.merge?.(this.#at(slot), from.#at(other))
  }

  result(slot: number): Cell {
    return this.#function.result(this.#at(slot))
  }

  move(from: number, count: number): void {
    this.#states = this.#states.slice(from, from + count)
  }

  snapshot(count: number): Value {
    return this.#states.slice(0, count).map(copyOf)
  }

  restore(state: Value | undefined): void {
    this.#states = Array.isArray(state) ? state.map((one: Value) => (isStruct(one) ? copyOf(one) : this.#function.init())) : []
  }

  #at(slot: number): FunctionState {
    const state = this.#states[slot]
    if (state === undefined) throw new Error(`there is no accumulator in slot ${slot}`)
    return state
  }
}

const NOTHING: FunctionState = Object.freeze({})

/** Members grow in place, what is in them does not change. */
function copyOf(state: FunctionState): FunctionState {
  const copy: FunctionState = {}
  for (const [name, value] of Object.entries(state)) {
    if (Array.isArray(value)) copy[name] = value.slice()
    else copy[name] = isStruct(value) ? { ...value } : value
  }
  return copy
}

/** DISTINCT: equal arguments count once. They are kept, so that no two of these can be merged. */
export function distinct(accumulator: Accumulator): Accumulator {
  return {
    ...(accumulator.empty === undefined ? {} : { empty: accumulator.empty }),
    init: () => ({ seen: {}, inner: accumulator.init() }),
    add: ({ seen, inner }, args) => {
      const key = JSON.stringify(args.map((arg) => valueKey(arg)))
      const keys = stateOf(seen)
      if (Object.hasOwn(keys, key)) return
      accumulator.add(stateOf(inner), args)
      keys[key] = true
    },
    result: ({ inner }) => accumulator.result(stateOf(inner)),
  }
}

function stateOf(state: Value | undefined): FunctionState {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by `init` above
  return state as FunctionState
}
