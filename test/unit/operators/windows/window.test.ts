import { expect, test } from 'vitest'
import { rowFailed } from '../../../../src/data/row-failed.ts'
import { Compiler } from '../../../../src/expression/compile.ts'
import type { WindowSpec } from '../../../../src/operators/windows/spec.ts'
import { rowsOf, windowOperator } from '../../../../src/operators/windows/window.ts'
import { RecordingLogger, testContext } from '../../../support/context.ts'
import { lookup, TEST_CONTEXT } from '../../../support/sql.ts'

const YEAR = 365 * 86_400_000

type Windowed = ReturnType<typeof windowOperator>

function windowOf(spec: WindowSpec, { omitEmpty = false, eventTime = true } = {}): Windowed {
  const parts = { spec, inputs: [{ width: 1, time: 0 }], bounds: [], omitEmpty }
  const context = TEST_CONTEXT
  return windowOperator(parts, rowsOf(parts), { compiler: new Compiler(), functions: lookup([]), context, eventTime })
}

function counted(operator: Windowed, times: readonly number[], log = new RecordingLogger()): readonly number[] {
  const out = operator.process({ schema: { columns: [] }, rows: times.map((time) => [time]) }, 0, { ...testContext(), log })
  return out.flatMap(({ results = [] }) => results.slice(1).map((bound, i) => bound - (results[i] ?? 0)))
}

const LEAPS: readonly WindowSpec[] = [
  { type: 'tumbling', unit: 'SS', length: 1_000 },
  { type: 'tumbling', unit: 'DD', length: 86_400_000 },
  { type: 'hopping', unit: 'MS', length: 3, hop: 1 },
  { type: 'hopping', unit: 'MS', length: 1, hop: 3 },
  { type: 'hopping', unit: 'HH', length: 3 * 3_600_000, hop: 3_600_000 },
]

test.each(LEAPS)('a leap of a thousand years ends soon, and the windows behind it are where they would be: %j', (spec) => {
  const log = new RecordingLogger()
  const results = counted(windowOf(spec), [500, 1_000 * YEAR + 1, 1_000 * YEAR + 10 * YEAR], log)
  expect(results.filter((rows) => rows > 0).length).toBeGreaterThan(0)
  expect(results.length).toBeLessThan(210_000)
  expect(log.lines).toMatchObject([{ level: 'warn', fields: { windows: expect.any(Number) as unknown } }])
})

test('where empty windows are not wanted a leap costs nothing and is no news', () => {
  const log = new RecordingLogger()
  const spec: WindowSpec = { type: 'tumbling', unit: 'MS', length: 1 }
  expect(counted(windowOf(spec, { omitEmpty: true }), [0, 1_000 * YEAR, 1_000 * YEAR + 1], log)).toEqual([1, 1])
  expect(log.lines).toEqual([])
})

/** Numbers of rows in the results. */
function advanced(operator: Windowed, time: number): readonly number[] {
  const out = operator.advance(time, testContext())
  return out.flatMap(({ results = [] }) => results.slice(1).map((bound, i) => bound - (results[i] ?? 0)))
}

test.each(LEAPS)('a clock that makes a leap fires what holds rows and one window without rows at most: %j', (spec) => {
  const operator = windowOf(spec, { eventTime: false })
  counted(operator, [500, 500])
  const results = advanced(operator, YEAR + 1)
  expect(results.filter((rows) => rows > 0).length).toBeGreaterThan(0)
  expect(results.filter((rows) => rows === 0).length).toBeLessThan(2)
  expect(operator.wakeAt()).toBeGreaterThan(YEAR)
  expect(advanced(operator, operator.wakeAt() ?? 0)).toEqual([0])
})

/** Numbers of rows in the results of each turn that a window takes, before it has nothing to do at `time` any more. */
function turns(operator: Windowed, time: number): readonly (readonly number[])[] {
  const pieces: (readonly number[])[] = []
  do pieces.push(advanced(operator, time))
  while (operator.wakeAt() === Number.NEGATIVE_INFINITY)
  return pieces
}

const ROWS = 2_000
const SAME = Array.from({ length: ROWS }, () => 5)

test.each([
  [10, false],
  [10, true],
  [0, true],
])('results are given in pieces when many are due at once: delay %j, event time %j', (delay, eventTime) => {
  const operator = windowOf({ type: 'sliding', unit: 'MS', length: 1_000, delay }, { eventTime })
  counted(operator, SAME)
  if (delay > 0) advanced(operator, 5)
  const pieces = turns(operator, 15)
  expect(pieces.flat()).toEqual(SAME.map(() => ROWS))
  expect(pieces.map((piece) => piece.length)).toEqual(SAME.flatMap((_, i) => (i % 50 === 0 ? [50] : [])))
})

test.each<WindowSpec>([
  { type: 'sliding', unit: 'MS', length: 1_000, delay: 0 },
  { type: 'count', length: 1_000, step: 1 },
])('rows that make much work are taken in pieces, also behind those that wait and after a restore: %j', (spec) => {
  const operator = windowOf(spec, { eventTime: false })
  const pieces = [counted(operator, SAME)]
  expect(operator.wakeAt()).toBe(Number.NEGATIVE_INFINITY)
  expect(counted(operator, [5])).toEqual([])
  pieces.push(advanced(operator, 5))
  const restored = windowOf(spec, { eventTime: false })
  restored.restore?.(structuredClone(operator.snapshot?.() ?? null))
  pieces.push(...turns(restored, 5))
  const all = spec.type === 'count' ? Array.from({ length: ROWS - 998 }, () => 1_000) : Array.from({ length: ROWS + 1 }, (_, i) => i + 1)
  expect(pieces.flat()).toEqual(all)
  for (const piece of pieces) expect(piece.reduce((sum, rows) => sum + rows, 0)).toBeLessThan(200_000)
})

test('windows after a leap are aligned as those before it', () => {
  const operator = windowOf({ type: 'tumbling', unit: 'SS', length: 7_000 })
  counted(operator, [1_000, 100 * YEAR])
  expect(operator.wakeAt()).toBe(7_000 * (Math.floor((100 * YEAR) / 7_000) + 1))
})

test('rows whose time is no number are taken as they come', () => {
  for (const spec of [...LEAPS, { type: 'session', unit: 'SS', length: 9_000, gap: 1_000 } as const]) {
    const operator = windowOf(spec)
    expect(counted(operator, [Number.NaN, 5, Number.POSITIVE_INFINITY, 1e300, 6]).length).toBeLessThan(500_000)
  }
})

test('errors pass at once and in their place between results, the empty ones too', () => {
  const operator = windowOf({ type: 'tumbling', unit: 'MS', length: 1 })
  const errors = [
    { at: 0, error: rowFailed('first') },
    { at: 1, error: rowFailed('second') },
    { at: 2, error: rowFailed('third') },
  ]
  const out = operator.process({ schema: { columns: [] }, rows: [[1], [3]], errors }, 0, testContext())
  expect(
    out.map(({ rows, results, errors: failed }) => failed?.map(({ at, error }) => `${at} ${error.message}`) ?? { rows, results }),
  ).toEqual([['0 first'], ['0 second'], { rows: [[1]], results: [0, 1, 1] }, ['0 third']])
})
