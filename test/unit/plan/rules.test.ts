import { expect, test } from 'vitest'
import { BUILT_INS } from '../../support/built-ins.ts'
import { environment, plan } from '../../support/sql.ts'

function field(expression: string): unknown {
  const { root } = plan(`SELECT ${expression} AS r FROM demo`)
  return root.op === 'project' ? root.exprs[0] : undefined
}

test.each([
  ['1 + 2 * 3', 7n],
  ["upper('x')", 'X'],
  ["cast('7', 'bigint')", 7n],
  ['2 > 1', true],
  ["CASE WHEN 2 > 1 THEN 'a' ELSE 'b' END", 'a'],
])('%s is computed once', (expression, value) => {
  expect(field(expression)).toMatchObject({ kind: 'literal', value })
})

test.each([
  ['1 / 0', 'binary'],
  ['rule_id()', 'call'],
  ['upper(a)', 'call'],
  ["cast('x', 'bigint')", 'call'],
])('%s is left for each row', (expression, kind) => {
  expect(field(expression)).toMatchObject({ kind })
})

test('a folded operand keeps its place and has the type of its value', () => {
  expect(field("a + cast('2', 'bigint')")).toMatchObject({ right: { kind: 'literal', value: 2n, type: 'bigint', at: 11 } })
})

test('an unknown truth value stays unknown until it leaves the logic', () => {
  expect(plan('SELECT a FROM demo WHERE NOT (null > 1)').root).toMatchObject({ input: { op: 'filter' } })
})

test('a filter that is always true is left out', () => {
  expect(plan('SELECT a FROM demo WHERE 1 = 1').root).toMatchObject({ op: 'project', input: { op: 'source' } })
})

test.each(['TUMBLINGWINDOW(ss, 1)', 'HOPPINGWINDOW(ss, 2, 1)', 'SESSIONWINDOW(ss, 2, 1)', 'STATEWINDOW(a = 1)'])(
  'WHERE moves below %s when time is that of the clock',
  (window) => {
    const { root } = plan(`SELECT a FROM demo WHERE a > 1 GROUP BY ${window}`)
    expect(root).toMatchObject({ input: { op: 'window', omitEmpty: false, inputs: [{ op: 'filter', clause: 'Where' }] } })
  },
)

test.each(['SLIDINGWINDOW(ss, 1)', 'COUNTWINDOW(2)'])('WHERE stays above %s, which sees every row', (window) => {
  const { root } = plan(`SELECT a FROM demo WHERE a > 1 GROUP BY ${window}`)
  expect(root).toMatchObject({ input: { op: 'filter', input: { op: 'window' } } })
})

test('WHERE stays above windows of event time, and where it reads their bounds', () => {
  const event = environment({ demo: { timestamp: 'a' } }, { isEventTime: true })
  expect(plan('SELECT a FROM demo WHERE a > 1 GROUP BY TUMBLINGWINDOW(ss, 1)', event).root).toMatchObject({
    input: { op: 'filter', input: { op: 'window' } },
  })
  expect(plan('SELECT a FROM demo WHERE a > window_end() GROUP BY TUMBLINGWINDOW(ss, 1)').root).toMatchObject({
    input: { op: 'filter', input: { op: 'window' } },
  })
})

test.each([
  ['count(*), sum(a)', 'TUMBLINGWINDOW(ss, 1)', true],
  ['collect(a)', 'SESSIONWINDOW(ss, 10, 1)', true],
  ['collect(a)', 'COUNTWINDOW(3)', true],
  ['sum(a), last_value(a, true)', 'HOPPINGWINDOW(ss, 2, 1)', true],
  ['sum(a)', 'SLIDINGWINDOW(ss, 1)', true],
  ['sum(a), collect(a)', 'HOPPINGWINDOW(ss, 2, 1)', false],
  ['count(DISTINCT a)', 'SLIDINGWINDOW(ss, 1)', false],
  ['median(a)', 'COUNTWINDOW(3, 1)', false],
])('%s over %s is folded into the window: %s', (calls, window, incremental) => {
  const { root } = plan(`SELECT ${calls} FROM demo GROUP BY ${window}`, { ...environment(), functions: BUILT_INS })
  expect(root).toMatchObject({ op: 'project', input: { op: 'aggregate', incremental } })
})
