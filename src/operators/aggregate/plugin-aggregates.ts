import type { StreamContext } from '../../api/context.ts'
import type { CallPlace, GroupFunction, SqlFunction } from '../../api/function.ts'
import type { Batches, Operator } from '../../api/operator.ts'
import { PlutinoError } from '../../base/errors.ts'
import type { Row, RowBatch } from '../../data/batch.ts'
import { rowFailed } from '../../data/row-failed.ts'
import type { Cell, Value } from '../../data/value.ts'
import type { AggregateCall } from '../../expression/calls.ts'
import type { RowResults } from '../../expression/compile.ts'
import type { FunctionLookup } from '../../expression/functions.ts'
import { RowOperator } from '../row-operator.ts'
import type { Accumulator } from './state-column.ts'

type Groups = Extract<SqlFunction, { readonly kind: 'groups' }>

/** Keeps the arguments of the rows of a group, for an aggregate that is computed elsewhere. */
export function gathered({ nulls }: Groups): Accumulator {
  return {
    init: () => ({ rows: [] }),
    add: (state, args) => {
      if (nulls !== 'call' && args.some((arg) => arg === null || arg === undefined)) return
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by `init`
      ;(state['rows'] as Value[]).push(args.map((arg) => arg ?? null))
    },
    result: (state) => state['rows'],
  }
}

/** `operator` with the calls of plugins computed: where it gives the arguments that were gathered, their aggregate takes the place. */
export function withPlugins(operator: Operator, calls: readonly AggregateCall[], functions: FunctionLookup): Operator {
  const opened = calls.flatMap((call) => {
    const found = functions.find(call.function)
    return found?.kind === 'groups' ? [new PluginCall(call, found)] : []
  })
  if (opened.length === 0) return operator
  const process = async (batch: RowBatch, port: number, ctx: StreamContext): Promise<Batches> => {
    const batches = await operator.process(batch, port, ctx)
    const answered: RowBatch[] = []
    for (const one of batches) answered.push(...(await answer(one, opened, ctx)))
    return answered
  }
  return { name: operator.name, process }
}

/** A row with its aggregates, or why it failed. */
type Outcome = Cell[] | PlutinoError

async function answer(batch: RowBatch, calls: readonly PluginCall[], ctx: StreamContext): Promise<Batches> {
  const outcomes = batch.rows.map((row): Outcome => [...row])
  for (const call of calls) await call.answer(outcomes, ctx)
  const put = (_: readonly Row[], from: number, to: number, { rows, errors }: RowResults): void => {
    for (const outcome of outcomes.slice(from, to)) {
      if (outcome instanceof PlutinoError) errors.push({ at: rows.length, error: outcome })
      else rows.push(outcome)
    }
  }
  return new RowOperator('aggregate', put, { filters: false, apart: true }).process(batch)
}

class PluginCall {
  readonly #call: AggregateCall
  readonly #function: Groups
  #opened: GroupFunction | undefined

  constructor(call: AggregateCall, found: Groups) {
    this.#call = call
    this.#function = found
  }

  /** Each row is a group of its own number for as long as this takes. */
  async answer(outcomes: Outcome[], ctx: StreamContext): Promise<void> {
    const waiting = outcomes.flatMap((row, group) =>
      row instanceof PlutinoError || row[this.#call.slot] === undefined ? [] : [{ row, group }],
    )
    if (waiting.length === 0) return
    this.#opened ??= await this.#function.openGroups(placeOf(this.#call), ctx)
    const groups = waiting.map(({ group }) => group)
    const added = waiting.flatMap(({ row, group }) => rowsIn(row[this.#call.slot]).map((args) => ({ group, args })))
    const failures = await this.#opened.add(
      added.map(({ group }) => group),
      added.map(({ args }) => args),
    )
    const values = await this.#opened.finish(groups)
    await this.#opened.drop(groups)
    waiting.forEach(({ row, group }, i) => {
      const value = values[i]
      if (value instanceof PlutinoError) outcomes[group] = selectError(value)
      else row[this.#call.slot] = value
    })
    for (const [i, error] of failures) outcomes[added[i]?.group ?? 0] = selectError(error)
  }
}

function rowsIn(cell: Cell): readonly (readonly Cell[])[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `gathered` gave
  return Array.isArray(cell) ? (cell as (readonly Cell[])[]) : []
}

function selectError({ message, hint }: PlutinoError): PlutinoError {
  return rowFailed(`run Select error: ${message}`, hint)
}

function placeOf({ slot, args }: AggregateCall): CallPlace {
  return {
    place: slot,
    args: args.map((arg) => (arg.kind === 'literal' ? { constant: arg.value } : { expression: arg.kind === 'slot' ? arg.name : '' })),
  }
}
