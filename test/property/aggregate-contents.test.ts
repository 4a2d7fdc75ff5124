import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Row, RowBatch } from '../../src/data/batch.ts'
import { valueKey } from '../../src/data/compare.ts'
import type { Cell, Value } from '../../src/data/value.ts'
import type { BoundExpr } from '../../src/expression/bound.ts'
import type { AggregateCall } from '../../src/expression/calls.ts'
import { Compiler } from '../../src/expression/compile.ts'
import { aggregateContent } from '../../src/operators/aggregate/content.ts'
import { Fold, type Grouping } from '../../src/operators/aggregate/fold.ts'
import type { Leaving, WindowContent } from '../../src/operators/windows/content.ts'
import { WindowOutput } from '../../src/operators/windows/output.ts'
import { BUILT_INS } from '../support/built-ins.ts'
import { TEST_CONTEXT } from '../support/sql.ts'

const slot = (place: number, type: BoundExpr['type'] = 'json'): BoundExpr => ({ kind: 'slot', slot: place, name: '', type, at: 0 })
const WIDTH = 4
const compiler = new Compiler()

/** Rows [key, number, anything, declared bigint] with groups by key or none. */
function grouping(names: readonly string[], keyed: boolean, where: boolean): Grouping {
  const call = (name: string, i: number, arg: BoundExpr): AggregateCall => {
    const args = name === 'last_value' ? [arg, { ...slot(0), kind: 'literal' as const, value: i % 2 === 0 }] : [arg]
    return { slot: WIDTH + 2 + i, function: name, args, distinct: false }
  }
  const calls = names.flatMap((name, i) => [call(name, i, slot(1)), call(name, i, slot(2)), call(name, i, slot(3, 'bigint'))])
  const positive: BoundExpr = {
    kind: 'binary',
    op: '>',
    left: slot(1),
    right: { kind: 'literal', value: 0n, type: 'bigint', at: 0 },
    type: 'boolean',
    at: 0,
  }
  return {
    groupBy: keyed ? [slot(0)] : [],
    calls,
    firsts: [0, 1, 2, 3],
    width: WIDTH + 2 + calls.length,
    bounds: [
      { slot: WIDTH, bound: 'start' },
      { slot: WIDTH + 1, bound: 'end' },
    ],
    ...(where ? { where: positive } : {}),
  }
}

/** What a window does with its content. */
type Step =
  | { readonly do: 'add'; readonly rows: readonly Row[] }
  | { readonly do: 'leave'; readonly count: number }
  | { readonly do: 'fire' }
  | { readonly do: 'restore' }

const KEYS: readonly Cell[] = ['a', 'b', 2, 2n, null, undefined, '__proto__', '2', [1], { k: 1 }, true, 9007199254740993n]
// Sums of eighths are exact in any order.
const number = fc.integer({ min: -1_000, max: 1_000 }).map((n) => n / 8)
const anything = fc.oneof(
  { weight: 12, arbitrary: number },
  { weight: 2, arbitrary: fc.constantFrom<Cell>(null, undefined, 9007199254740993n, Number.NaN, { z: 1 }, -0) },
  { weight: 1, arbitrary: fc.constantFrom<Cell>('text', '', true, [1]) },
)
const MOST = 2n ** 63n - 1n
const integer = fc.oneof(
  fc.bigInt({ min: -9n, max: 9n }),
  fc.constantFrom<Cell>(null, MOST, -MOST, 2n ** 53n, 2n ** 53n - 1n, 1n - 2n ** 53n, undefined),
)
const row = fc.tuple(fc.constantFrom(...KEYS), fc.oneof(number, fc.constant(null)), anything, integer)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.array(row, { minLength: 1, maxLength: 5 }).map((rows) => ({ do: 'add' as const, rows })) },
  { weight: 3, arbitrary: fc.nat(6).map((count) => ({ do: 'leave' as const, count })) },
  { weight: 3, arbitrary: fc.constant({ do: 'fire' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restore' as const }) },
)
const MERGING = ['count', 'sum', 'avg', 'min', 'max', 'last_value', 'merge_agg']
const OTHERS = ['collect', 'median', 'stddev']

function run(fold: Fold, leaving: Leaving, incremental: boolean, steps: readonly Step[]): readonly Value[] {
  const output = new WindowOutput({ columns: [] })
  const make = aggregateContent(fold, incremental)
  let content = make(leaving)
  let rows = 0
  for (const [time, one] of steps.entries()) {
    if (one.do === 'add') {
      rows += one.rows.length
      content.add(one.rows, 0, one.rows.length, 0)
    } else if (one.do === 'leave') rows -= leave(content, leaving, Math.min(one.count, rows))
    else if (one.do === 'fire') content.fire({ start: time, end: time + 1, trigger: time }, output)
    else {
      const state = content.snapshot()
      content = make(leaving)
      content.restore(state)
    }
    if (leaving === 'rows') expect(content.empty).toBe(rows === 0)
  }
  return output.take().flatMap(shown)
}

function leave(content: WindowContent, leaving: Leaving, count: number): number {
  if (leaving === 'rows') {
    content.evict(count)
    return count
  }
  if (leaving === 'whole') content.clear()
  else {
    content.cut()
    if (count > 2) content.dropPane()
  }
  return 0
}

/** Errors count, their words do not: it may be another row of several that fails first. Floats are added in another order. */
function shown({ rows, results = [], errors = [] }: RowBatch): readonly Value[] {
  const given = results.slice(1).map((to, i): Value => ['result', rows.slice(results[i], to).map((cells) => cells.map(rounded))])
  return [...given, ...errors.map((): Value => 'error')]
}

function rounded(cell: Cell): Value {
  return typeof cell === 'number' ? Number(cell.toPrecision(12)) : (cell ?? 'absent')
}

test.each(['whole', 'panes', 'rows'] as const)(
  'a window whose rows leave by %s gives the same with accumulators as with rows',
  (leaving) => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.subarray([...MERGING, ...(leaving === 'whole' ? OTHERS : [])], { minLength: 1 }),
        fc.boolean(),
        fc.boolean(),
        (steps, names, keyed, where) => {
          const fold = new Fold(grouping(names, keyed, where), compiler, { functions: BUILT_INS, context: TEST_CONTEXT })
          expect(run(fold, leaving, true, steps)).toEqual(run(fold, leaving, false, steps))
        },
      ),
      { numRuns: 1_000 },
    )
  },
)

/** What the functions themselves give, group by group; undefined when a row fails. */
function naive(names: readonly string[], keyed: boolean, rows: readonly Row[]): readonly Value[] | undefined {
  const groups = Map.groupBy(rows, (cells) => (keyed ? valueKey(cells[0]) : ''))
  const { calls } = grouping(names, keyed, false)
  try {
    return [...groups.values()].map((group): Value => {
      const values = calls.map(({ function: name, args }) => {
        const found = BUILT_INS.find(name)
        if (found?.kind !== 'aggregate') throw new Error(`no aggregate ${name}`)
        const state = found.init()
        for (const cells of group) {
          const given = args.map((arg): Cell => (arg.kind === 'slot' ? cells[arg.slot] : arg.kind === 'literal' ? arg.value : null))
          const [parameter] = found.params
          const acts = args[0]?.type === 'json' && parameter?.type === 'number' && parameter.exact !== true
          found.add(state, acts && typeof given[0] === 'bigint' ? [Number(given[0])] : given)
        }
        return rounded(found.result(state))
      })
      return [...(group[0] ?? []).map(rounded), ...values]
    })
  } catch {
    return undefined
  }
}

test('accumulators in typed arrays give what the functions give', () => {
  const names = fc.subarray([...MERGING, ...OTHERS], { minLength: 1 })
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), names, fc.boolean(), (rows, chosen, keyed) => {
      const fold = new Fold(grouping(chosen, keyed, false), compiler, { functions: BUILT_INS, context: TEST_CONTEXT })
      const output = new WindowOutput({ columns: [] })
      const content = aggregateContent(fold, true)('whole')
      content.add(rows, 0, rows.length, 0)
      content.fire({ start: 0, end: 1, trigger: 1 }, output)
      const [batch] = output.take()
      const bounds = new Set([WIDTH, WIDTH + 1])
      const given = batch?.rows.map((cells): Value => cells.filter((_, place) => !bounds.has(place)).map(rounded))
      expect((batch?.errors?.length ?? 0) > 0 ? undefined : given).toEqual(naive(chosen, keyed, rows))
    }),
    { numRuns: 2_000 },
  )
})
