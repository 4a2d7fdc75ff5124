import type { Batches, Operator } from '../api/operator.ts'
import { toPlutinoError } from '../base/errors.ts'
import type { Row, RowBatch } from '../data/batch.ts'
import type { Cell } from '../data/value.ts'
import type { NumberCall } from '../expression/calls.ts'
import type { CompileDeps, Compiler } from '../expression/compile.ts'
import type { RowResults } from '../expression/compile-rows.ts'
import { passes } from '../expression/logic.ts'
import { partitionKey } from './partition-key.ts'
import { RowOperator } from './row-operator.ts'

/** `row_number()`: appends the number of each row in its result, in its partition of it. A row that WHEN leaves out has none. */
export function number(calls: readonly NumberCall[], compiler: Compiler, deps: CompileDeps): Operator {
  const counters = calls.map((call) => counterOf(call, compiler, deps))
  const loop = (rows: readonly Row[], from: number, to: number, out: RowResults): void => {
    const counts = counters.map(() => new Map<string, number>())
    for (let i = from; i < to; i++) {
      const row = [...(rows[i] ?? [])]
      try {
        counters.forEach(({ slot, next }, place) => {
          row[slot] = next(row, counts[place] ?? new Map())
        })
        out.rows.push(row)
      } catch (thrown) {
        out.errors.push({ at: out.rows.length, error: toPlutinoError(thrown, 'row_failed') })
      }
    }
  }
  return new NumberOperator(loop)
}

interface Counter {
  readonly slot: number
  readonly next: (row: Row, counts: Map<string, number>) => Cell
}

function counterOf({ slot, partition, when }: NumberCall, compiler: Compiler, deps: CompileDeps): Counter {
  const keyOf = partitionKey(partition, compiler, deps)
  const condition = when === undefined ? undefined : compiler.expression(when, deps)
  return {
    slot,
    next(row, counts) {
      if (condition !== undefined && !passes(condition(row))) return null
      const key = keyOf(row)
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      return BigInt(count)
    },
  }
}

type Loop = (rows: readonly Row[], from: number, to: number, out: RowResults) => void

class NumberOperator implements Operator {
  readonly name = 'number'
  readonly #inResults: RowOperator
  /** Without a window each row is a result. */
  readonly #alone: RowOperator

  constructor(loop: Loop) {
    const each: Loop = (rows, from, to, out) => {
      for (let i = from; i < to; i++) loop(rows, i, i + 1, out)
    }
    this.#inResults = new RowOperator(this.name, loop, { filters: false, apart: true })
    this.#alone = new RowOperator(this.name, each, { filters: false })
  }

  process(batch: RowBatch): Batches {
    return (batch.results === undefined ? this.#alone : this.#inResults).process(batch)
  }
}
