import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Operator } from '../../src/api/operator.ts'
import type { Row, RowBatch } from '../../src/data/batch.ts'
import type { Cell, Value } from '../../src/data/value.ts'
import type { BoundExpr } from '../../src/expression/bound.ts'
import type { AggregateCall } from '../../src/expression/calls.ts'
import { Compiler } from '../../src/expression/compile.ts'
import { aggregateContent } from '../../src/operators/aggregate/content.ts'
import { Fold, type Grouping } from '../../src/operators/aggregate/fold.ts'
import { withPlugins } from '../../src/operators/aggregate/plugin-aggregates.ts'
import type { Leaving, WindowContent } from '../../src/operators/windows/content.ts'
import { WindowOutput } from '../../src/operators/windows/output.ts'
import { BUILT_INS } from '../support/built-ins.ts'
import { testContext } from '../support/context.ts'
import { type ListGroups, listFunctions, type Together } from '../support/group-functions.ts'
import { TEST_CONTEXT } from '../support/sql.ts'

const WIDTH = 2
const compiler = new Compiler()
const ctx = testContext()
const slot = (place: number): BoundExpr => ({ kind: 'slot', slot: place, name: '', type: 'json', at: 0 })

/** Rows [key, value]. */
function grouping(names: readonly string[], distinct: boolean): Grouping {
  const calls = names.map((name, i): AggregateCall => ({
    slot: WIDTH + 2 + i,
    function: name,
    args: [slot(1)],
    distinct,
    ...(name === 'count' ? {} : { plugin: { place: i, texts: ['value'] } }),
  }))
  const bounds = (['start', 'end'] as const).map((bound, i) => ({ slot: WIDTH + i, bound }))
  return { groupBy: [slot(0)], calls, firsts: [0, 1], width: WIDTH + 2 + calls.length, bounds }
}

type Step =
  | { readonly do: 'add'; readonly rows: readonly Row[] }
  | { readonly do: 'leave'; readonly count: number }
  | { readonly do: 'fire' }

/** What a window does with one batch, and whether it is restored afterwards. */
interface Deal {
  readonly steps: readonly Step[]
  readonly restore: boolean
}

/** So many that it does not pay to add them again. */
const many = (rows: readonly Row[]): readonly Row[] => Array.from({ length: 200 }, () => rows).flat()

const GOOD: readonly Cell[] = [1, 2, 3, 4, 5, null, 13]
const rowOf = (values: readonly Cell[]): fc.Arbitrary<Row> => fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...values))
const row = rowOf(GOOD)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.array(row, { minLength: 1, maxLength: 5 }).map((rows) => ({ do: 'add' as const, rows })) },
  { weight: 1, arbitrary: fc.array(row, { minLength: 1, maxLength: 2 }).map((rows) => ({ do: 'add' as const, rows: many(rows) })) },
  { weight: 3, arbitrary: fc.nat(6).map((count) => ({ do: 'leave' as const, count })) },
  { weight: 1, arbitrary: fc.nat(400).map((count) => ({ do: 'leave' as const, count })) },
  { weight: 3, arbitrary: fc.constant({ do: 'fire' as const }) },
)
const deal = fc.record({ steps: fc.array(step, { maxLength: 8 }), restore: fc.boolean() })

/** A window whose steps are given to it in place of rows. */
class Stepped {
  readonly opened: ListGroups[] = []
  operator: Operator
  content: WindowContent
  readonly #leaving: Leaving
  readonly #make: () => Fold
  readonly #incremental: boolean
  #steps: readonly Step[] = []
  #rows = 0
  #time = 0

  constructor(given: Grouping, leaving: Leaving, incremental: boolean, together: Together = {}) {
    const defined = listFunctions((groups) => this.opened.push(groups), together)
    const plugins = new Map(defined.map(({ name, function: found }) => [name, found]))
    const functions = { ...BUILT_INS, find: (name: string) => plugins.get(name) ?? BUILT_INS.find(name) }
    this.#make = () => new Fold(given, compiler, { functions, context: TEST_CONTEXT })
    this.#leaving = leaving
    this.#incremental = incremental
    ;[this.operator, this.content] = this.#build()
  }

  async deal({ steps, restore }: Deal): Promise<readonly Value[]> {
    this.#steps = steps
    const out = await this.operator.process({ schema: { columns: [] }, rows: [] }, 0, ctx)
    if (restore) {
      await this.operator.gather?.(ctx)
      const state = structuredClone(this.operator.snapshot?.() ?? null)
      ;[this.operator, this.content] = this.#build()
      this.opened.length = 0
      this.operator.restore?.(state)
    }
    return out.flatMap(shown)
  }

  #build(): [Operator, WindowContent] {
    const fold = this.#make()
    const content = aggregateContent(fold, this.#incremental)(this.#leaving)
    const output = new WindowOutput({ columns: [] })
    const process = (): readonly RowBatch[] => {
      for (const one of this.#steps) this.#do(one, content, output)
      return output.take()
    }
    const operator = { name: 'stepped', process, snapshot: () => content.snapshot(), restore: (state: Value) => content.restore(state) }
    return [withPlugins(operator, fold.plugins), content]
  }

  #do(one: Step, content: WindowContent, output: WindowOutput): void {
    const time = this.#time++
    if (one.do === 'add') {
      this.#rows += one.rows.length
      content.add(one.rows, 0, one.rows.length, 0)
    } else if (one.do === 'fire') content.fire({ start: time, end: time + 1, trigger: time }, output)
    else if (this.#leaving === 'whole') content.clear()
    else if (this.#leaving === 'panes') {
      content.cut()
      if (one.count > 2) content.dropPane()
    } else {
      const count = Math.min(one.count, this.#rows)
      this.#rows -= count
      content.evict(count)
    }
  }
}

/** Errors count, their words do not. */
function shown({ rows, results = [], errors = [] }: RowBatch): readonly Value[] {
  const given = results
    .slice(1)
    .map((to, i): Value => ['result', rows.slice(results[i], to).map((cells) => cells.map((cell) => cell ?? null))])
  return [...given, ...errors.map((): Value => 'error')]
}

const CASES = [
  ['whole', ['listed', 'listed_mr', 'count'], true],
  ['panes', ['listed_m', 'listed_mr', 'count'], false],
  ['rows', ['listed_r', 'listed_mr', 'count'], false],
] as const

test.each(CASES)(
  'windows whose rows leave by %s give the same when groups stay in the plugin as when rows are kept',
  (leaving, names, once) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(deal, { maxLength: 12 }),
        fc.subarray([...names], { minLength: 1 }),
        fc.boolean(),
        async (deals, chosen, distinct) => {
          const given = grouping(chosen, once && distinct)
          const [folded, kept] = [new Stepped(given, leaving, true), new Stepped(given, leaving, false)]
          for (const one of deals) {
            expect(await folded.deal(one)).toEqual(await kept.deal(one))
            for (const { groups } of kept.opened) expect(groups.size).toBe(0)
          }
          folded.content.clear()
          await folded.deal({ steps: [], restore: false })
          for (const { groups } of folded.opened) expect(groups.size).toBe(0)
        },
      ),
      { numRuns: 400 },
    ),
)

const slide = (rows: readonly Row[]): readonly Step[] =>
  rows.flatMap((one): Step[] => [{ do: 'add', rows: [one] }, { do: 'leave', count: 1 }, { do: 'fire' }])
const ended: fc.Arbitrary<Step> = fc.array(rowOf([...GOOD, 'trap']), { minLength: 1, maxLength: 3 }).map((rows) => ({ do: 'add', rows }))
const EACH: readonly Row[] = ['a', 'b', 'c'].map((key) => [key, 4])
const FULL: Step = { do: 'add', rows: Array.from({ length: 60 }, () => EACH).flat() }
const slidden = fc.record({
  steps: fc
    .array(fc.oneof({ weight: 12, arbitrary: step }, { weight: 2, arbitrary: ended }), { maxLength: 10 })
    .map((steps) => [FULL, ...steps.flatMap((one) => [one, ...slide(EACH)])]),
  restore: fc.boolean(),
})

test('calls that are made together give what they give one by one, also when an instance ends in one of them', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(slidden, { maxLength: 4 }),
      fc.constantFrom(2, 3, 7, 50, Infinity),
      fc.boolean(),
      async (deals, most, forgets) => {
        const given = grouping(['listed_r', 'count'], false)
        const [together, single] = [new Stepped(given, 'rows', true, { most, forgets }), new Stepped(given, 'rows', true, { most: 1 })]
        for (const one of deals) expect(await together.deal(one)).toEqual(await single.deal(one))
        together.content.clear()
        await together.deal({ steps: [], restore: false })
        for (const { groups } of together.opened) expect(groups.size).toBe(0)
      },
    ),
    { numRuns: 150 },
  ))

test('rows of many groups are added in one call for a batch, once, and windows ask in one call', async () => {
  const rows = Array.from({ length: 300 }, (_, i): Row => [`k${i % 50}`, i])
  const tumbling = new Stepped(grouping(['listed'], false), 'whole', true)
  await tumbling.deal({ steps: [{ do: 'add', rows }], restore: false })
  await tumbling.deal({
    steps: [{ do: 'add', rows }, { do: 'fire' }, { do: 'leave', count: 0 }, { do: 'add', rows }, { do: 'fire' }],
    restore: false,
  })
  expect(tumbling.opened.map(({ calls }) => calls)).toEqual([['add', 'add', 'finish', 'drop']])

  const hopping = new Stepped(grouping(['listed_m'], false), 'panes', true)
  const pane: readonly Step[] = [
    { do: 'add', rows },
    { do: 'leave', count: 0 },
  ]
  await hopping.deal({ steps: [...pane, ...pane, ...pane, { do: 'fire' }], restore: false })
  expect(hopping.opened.map(({ calls }) => calls)).toEqual([['add', 'save', 'restore', 'merge', 'finish', 'drop']])
})

test('a sliding window asks between any two rows: of few rows in few calls, of many with calls for what has changed, on one way', async () => {
  const given = grouping(['listed_r'], false)
  const fill: Step = { do: 'add', rows: Array.from({ length: 3 }, (_, i): Row => ['a', i]) }
  const few = new Stepped(given, 'rows', true)
  await few.deal({ steps: [fill], restore: false })
  await few.deal({ steps: slide(Array.from({ length: 100 }, (_, i): Row => ['a', i + 20])), restore: false })
  expect(few.opened.map(({ calls }) => calls)).toEqual([['add', 'add', 'remove', 'add', 'finish', 'drop']])

  const large = new Stepped(given, 'rows', true)
  await large.deal({ steps: [{ do: 'add', rows: many([['a', 1]]) }], restore: false })
  await large.deal({ steps: slide(Array.from({ length: 100 }, (_, i): Row => ['a', i + 20])), restore: false })
  expect(large.opened[0]?.calls.length).toBe(301)
  expect(large.opened[0]?.ways).toBe(2)
})
