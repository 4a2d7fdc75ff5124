import { type Arbitrary, array, assert, boolean, constant, constantFrom, integer, nat, oneof, property, record, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import type { Row } from '../../src/data/batch.ts'
import type { BoundExpr } from '../../src/expression/bound.ts'
import { Compiler } from '../../src/expression/compile.ts'
import type { WindowSpec } from '../../src/operators/windows/spec.ts'
import { rowsOf, windowOperator } from '../../src/operators/windows/window.ts'
import { testContext } from '../support/context.ts'
import { lookup, TEST_CONTEXT } from '../support/sql.ts'
import { naiveWindows, type NaiveRow, type NaiveWindow } from './naive-windows.ts'

const ctx = testContext()
const slot = (place: number): BoundExpr => ({ kind: 'slot', slot: place, name: `c${place}`, type: 'boolean', at: 0 })

const length = integer({ min: 1, max: 40 })
const scale = { MS: 50, SS: 1_000 } as const
const unit = constantFrom('MS' as const, 'SS' as const)
const specs: Arbitrary<WindowSpec> = unit.chain((of) => {
  const long = length.map((n) => n * scale[of])
  return oneof(
    record({ type: constant('tumbling' as const), unit: constant(of), length: long }),
    record({ type: constant('hopping' as const), unit: constant(of), length: long, hop: long }),
    record({ type: constant('session' as const), unit: constant(of), length: long, gap: long }),
    record({ type: constant('sliding' as const), unit: constant(of), length: long, delay: oneof(constant(0), long) }),
    record({
      type: constant('sliding' as const),
      unit: constant(of),
      length: long,
      delay: oneof(constant(0), long),
      when: constant(slot(2)),
    }),
    tuple(length, length).map(([a, b]) => ({ type: 'count' as const, length: Math.max(a, b), step: Math.min(a, b) })),
    record({ type: constant('state' as const), begin: constant(slot(2)), partition: constantFrom([], [slot(3)]) }),
    record({
      type: constant('state' as const),
      begin: constant(slot(2)),
      emit: constant(slot(3)),
      partition: constantFrom([], [slot(3)]),
    }),
  )
})

/** Rows of [time, id, flag, other flag], in the order of time. */
const rowsOfTest: Arbitrary<readonly NaiveRow[]> = array(
  record({ after: oneof(constant(0), nat(30), nat(3_000), nat(20_000)), flag: boolean(), other: boolean() }),
  {
    minLength: 1,
    maxLength: 30,
  },
).map((steps) => {
  let time = 1_000_000
  return steps.map(({ after, flag, other }, id) => ({ time: (time += after), id, flag, other }))
})

interface Run {
  readonly rows: readonly NaiveRow[]
  readonly spec: WindowSpec
  readonly eventTime: boolean
  /** Before which rows a new batch begins, and before which the operator is restored in a new one. */
  readonly cuts: readonly boolean[]
  readonly restores: readonly boolean[]
  /** Before which rows time is told to have advanced as far as it can. */
  readonly advances: readonly boolean[]
}

const flags = array(boolean(), { minLength: 30, maxLength: 30 })
const runs: Arbitrary<Run> = record({
  rows: rowsOfTest,
  spec: specs,
  eventTime: boolean(),
  cuts: flags,
  restores: flags,
  advances: flags,
})

const FLUSH = 20_000

type Windowed = ReturnType<typeof windowOperator>

function operatorOf({ spec, eventTime }: Run): Windowed {
  const bounds = (['start', 'end', 'trigger'] as const).map((bound, i) => ({ slot: 4 + i, bound }))
  const parts = { spec, inputs: [{ width: 4, time: 0 }], bounds, omitEmpty: false }
  const deps = { compiler: new Compiler(), functions: lookup([]), context: TEST_CONTEXT, eventTime }
  return windowOperator(parts, rowsOf(parts), deps)
}

/** Feeds the rows as a runtime may. */
class Feeder {
  readonly found: NaiveWindow[] = []
  readonly #run: Run
  /** Told in event time, by the place of the row before which. */
  readonly watermarks = new Map<number, number>()
  #operator: Windowed

  constructor(run: Run) {
    this.#run = run
    this.#operator = operatorOf(run)
  }

  feed(): readonly NaiveWindow[] {
    const { rows, eventTime } = this.#run
    if (!eventTime) this.#advance(rows[0]?.time ?? 0)
    let batch: NaiveRow[] = []
    rows.forEach((row, i) => {
      const before = rows[i - 1]?.time ?? row.time
      const cut = (this.#run.cuts[i] ?? false) || (!eventTime && before !== row.time)
      if (cut) {
        this.#process(batch)
        batch = []
        if (this.#run.restores[i] === true) this.#restore()
        if (!eventTime) this.#wakeUntil(row.time)
        else if (this.#run.advances[i] === true && row.time > before) this.#watermark(i, row.time - 1)
      }
      batch.push(row)
    })
    this.#process(batch)
    const end = (rows.at(-1)?.time ?? 0) + FLUSH
    if (eventTime) {
      // A window that waits fires with the watermark after the one that let its row pass.
      this.#advance(end)
      this.#advance(end)
    } else this.#wakeUntil(end)
    return this.found
  }

  #watermark(place: number, time: number): void {
    this.watermarks.set(place, time)
    this.#advance(time)
  }

  #wakeUntil(time: number): void {
    for (let due = this.#operator.wakeAt(); due !== undefined && due < time; due = this.#operator.wakeAt()) this.#advance(due)
    this.#advance(time)
  }

  #advance(time: number): void {
    this.#take(this.#operator.advance(time, ctx))
  }

  #process(batch: readonly NaiveRow[]): void {
    const rows = batch.map(({ time, id, flag, other }): Row => [time, id, flag, other])
    this.#take(this.#operator.process({ schema: { columns: [] }, rows }, 0, ctx))
  }

  #restore(): void {
    const state = structuredClone(this.#operator.snapshot())
    this.#operator = operatorOf(this.#run)
    this.#operator.restore(state)
  }

  #take(batches: readonly { readonly rows: readonly Row[]; readonly results?: readonly number[] }[]): void {
    for (const { rows, results = [] } of batches) {
      for (let i = 0; i + 1 < results.length; i++) {
        const members = rows.slice(results[i], results[i + 1])
        const bounds = members[0]?.slice(4).map(Number) ?? []
        this.found.push({ ids: members.map((row) => Number(row[1])), bounds })
      }
    }
  }
}

test('windows give what a naive evaluator gives, however the rows are cut and whenever the state is restored', () => {
  assert(
    property(runs, (run) => {
      const feeder = new Feeder(run)
      const found = feeder.feed()
      expect(found).toEqual(naiveWindows({ ...run, until: (run.rows.at(-1)?.time ?? 0) + FLUSH, watermarks: feeder.watermarks }))
    }),
    { numRuns: 1000 },
  )
})
