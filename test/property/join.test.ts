import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Row } from '../../src/data/batch.ts'
import type { Cell } from '../../src/data/value.ts'
import { Compiler } from '../../src/expression/compile.ts'
import type { BoundExpr } from '../../src/expression/bound.ts'
import { joinByLeft, joiner } from '../../src/operators/join/joiner.ts'
import { RowIndex } from '../../src/operators/join/row-index.ts'
import { CompiledStep, type JoinStep } from '../../src/operators/join/step.ts'
import { lookup, TEST_CONTEXT } from '../support/sql.ts'
import { interpret } from './expression-interpreter.ts'

/** Three inputs with two keys and a number each; the joined row has nine slots. */
const WIDTH = 9
const deps = { functions: lookup(), context: TEST_CONTEXT }

const slot = (at: number): BoundExpr => ({ kind: 'slot', slot: at, name: `s${at}`, type: 'any', at: 0 })
const binary = (op: '=' | '<' | 'AND', left: BoundExpr, right: BoundExpr): BoundExpr => ({
  kind: 'binary',
  op,
  left,
  right,
  type: 'boolean',
  at: 0,
})

const ordinary = fc.constantFrom<Cell>(1, 1n, 2, 3n, 2 ** 53, 2n ** 53n + 1n, null, undefined)
const texts = fc.constantFrom<Cell>('a', 'b', '1', '1:a', '', null)
const strange = fc.constantFrom<Cell>(
  Number.NaN,
  -0,
  0n,
  true,
  false,
  'a',
  7,
  new Date(7),
  new Date('2020-01-01'),
  '2020-01-01',
  [1],
  { a: 1 },
  null,
)
const keys = fc.constantFrom(ordinary, texts, strange)

/** Rows of input `place`; each key takes its values from one pool, most often. */
function rowsOf(place: number): fc.Arbitrary<readonly Row[]> {
  return fc.tuple(keys, keys).chain(([first, second]) =>
    fc.array(
      fc.tuple(first, second, fc.integer({ min: 0, max: 3 })).map(([a, b, n]) => {
        const row = Array.from<Cell>({ length: WIDTH })
        row.splice(place * 3, 3, a, b, n)
        return row
      }),
      { maxLength: 6 },
    ),
  )
}

function stepOf(place: number): fc.Arbitrary<JoinStep> {
  const from = place * 3
  return fc
    .record({
      type: fc.constantFrom('INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS'),
      from: fc.constant(from),
      to: fc.constant(from + 3),
      keys: fc.integer({ min: 0, max: 2 }),
      left: fc.nat(place - 1),
      on: fc.boolean(),
    })
    .map(({ type, to, keys: count, left, on }): JoinStep => {
      if (type === 'CROSS') return { type, from, to, equal: [] }
      const equal = [0, 1].slice(0, count).map((i) => ({ left: slot(left * 3 + i), right: slot(from + i) }))
      return { type, from, to, equal, ...(on ? { on: binary('<', slot(left * 3 + 2), slot(from + 2)) } : {}) }
    })
}

function conditionOf({ equal, on }: JoinStep): BoundExpr | undefined {
  const parts = [...equal.map(({ left, right }) => binary('=', left, right)), ...(on === undefined ? [] : [on])]
  return parts.length === 0 ? undefined : parts.reduce((left, right) => binary('AND', left, right))
}

/** Nested loops over all pairs. */
function naive(step: JoinStep, left: readonly Row[], right: readonly Row[]): readonly Row[] {
  const condition = conditionOf(step)
  const merge = (l: Row, r: Row): Row => l.map((cell, i) => (i >= step.from && i < step.to ? r[i] : cell))
  const pairs = (l: Row, r: Row): boolean => condition === undefined || interpret(condition, merge(l, r)) === true
  if (step.type === 'RIGHT') {
    return right.flatMap((r) => {
      const found = left.filter((l) => pairs(l, r)).map((l) => merge(l, r))
      return found.length === 0 ? [r] : found
    })
  }
  const matched = new Set<Row>()
  const out = left.flatMap((l) => {
    const found = right.filter((r) => pairs(l, r))
    for (const r of found) matched.add(r)
    return found.length === 0 && (step.type === 'LEFT' || step.type === 'FULL') ? [l] : found.map((r) => merge(l, r))
  })
  return step.type === 'FULL' ? [...out, ...right.filter((r) => !matched.has(r))] : out
}

function attempt(run: () => readonly Row[]): readonly Row[] | 'failed' {
  try {
    return run()
  } catch {
    return 'failed'
  }
}

test('any join of two or three inputs gives what nested loops give, in their order', () => {
  const compiler = new Compiler()
  const cases = fc.record({ sides: fc.tuple(rowsOf(0), rowsOf(1), rowsOf(2)), steps: fc.tuple(stepOf(1), stepOf(2)), two: fc.boolean() })
  let succeeded = 0
  fc.assert(
    fc.property(cases, ({ sides, steps: all, two }) => {
      const steps = two ? all.slice(0, 1) : all
      const expected = attempt(() => steps.reduce((left, step, i) => naive(step, left, sides[i + 1] ?? []), sides[0]))
      const joined: Row[] = []
      const actual = attempt(() => {
        joiner(steps, compiler, deps)(sides, joined)
        return joined
      })
      expect(actual).toEqual(expected)
      if (expected !== 'failed') succeeded++
    }),
    { numRuns: 3_000 },
  )
  expect(succeeded).toBeGreaterThan(1_000)
})

test('an index that rows have left answers as one that they never were in', () => {
  const compiler = new Compiler()
  const step: JoinStep = { type: 'INNER', from: 3, to: 6, equal: [0, 1].map((i) => ({ left: slot(i), right: slot(3 + i) })) }
  const compiled = new CompiledStep(step, compiler, deps)
  const history = fc.record({ rows: rowsOf(1), later: rowsOf(1), left: rowsOf(0), gone: fc.nat(8) })
  fc.assert(
    fc.property(history, ({ rows, later, left, gone }) => {
      const index = new RowIndex(compiled.rightKeys, rows)
      const probe = (one: RowIndex): readonly Row[] | 'failed' =>
        attempt(() => {
          const out: Row[] = []
          joinByLeft(compiled, left, one, out)
          return out
        })
      probe(index)
      for (const row of later) {
        index.add(row)
        probe(index)
      }
      for (let i = 0; i < gone; i++) {
        index.removeOldest()
        probe(index)
      }
      expect(probe(index)).toEqual(probe(new RowIndex(compiled.rightKeys, [...rows, ...later].slice(gone))))
    }),
    { numRuns: 1_000 },
  )
})
