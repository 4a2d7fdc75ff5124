import { expect, test } from 'vitest'
import { parseSelect, parseStatement } from '../../../src/sql/parser.ts'
import { fieldShape, shape, windowShape } from './shape.ts'

test('all clauses of a SELECT are read into their members', () => {
  const select = parseSelect(`
    SELECT d.a AS x, b INVISIBLE, * EXCEPT(c) REPLACE(e + 1 AS f) -- comment
    FROM demo AS d LEFT JOIN other o ON d.id = o.id CROSS JOIN third
    WHERE a > 1 /* another */ GROUP BY x, TumblingWindow(ss, 10), b HAVING count(*) > 2 ORDER BY x DESC, f(b) LIMIT 5;`)
  expect(select.fields.map(fieldShape)).toEqual(['d.a AS x', 'b INVISIBLE', '(* -c (+ e 1) AS f)'])
  expect(select.from).toMatchObject({ name: 'demo', alias: 'd' })
  expect(select.joins.map(({ type, source, on }) => [type, source.name, source.alias, shape(on)])).toEqual([
    ['LEFT', 'other', 'o', '(= d.id o.id)'],
    ['CROSS', 'third', undefined, '_'],
  ])
  expect(shape(select.where)).toBe('(> a 1)')
  expect(select.groupBy.map(shape)).toEqual(['x', 'b'])
  expect(windowShape(select.window)).toBe('(tumbling SS length=10)')
  expect(shape(select.having)).toBe('(> (count (*)) 2)')
  expect(select.orderBy.map(({ expr, descending }) => [shape(expr), descending])).toEqual([
    ['x', true],
    ['(f b)', false],
  ])
  expect(select.limit).toBe(5)
})

test.each([
  ['a x, b', ['a AS x', 'b']],
  ['a INVISIBLE', ['a INVISIBLE']],
  ['a b INVISIBLE', ['a AS b INVISIBLE']],
  ['(a)', ['a PARENTHESIZED']],
  ['((a + 1)) AS x', ['(+ a 1) AS x PARENTHESIZED']],
  ['(a) + 1', ['(+ a 1)']],
  ['demo.*, *', ['(* demo)', '(*)']],
  ['demo.* EXCEPT(a)', ['(* demo -a)']],
  ['* REPLACE(a AS b) EXCEPT(c)', ['(* -c a AS b)']],
])('the fields of SELECT %s', (text, expected) => {
  expect(parseSelect(`SELECT ${text} FROM demo`).fields.map(fieldShape)).toEqual(expected)
})

test.each([
  ['demo', 'demo', undefined],
  ['demo d', 'demo', 'd'],
  ['demo AS `my d`', 'demo', 'my d'],
  ['devices/+/state/#', 'devices/+/state/#', undefined],
  ['/a/b AS t', '/a/b', 't'],
  ['`a b.c`', 'a b.c', undefined],
])('FROM %s names a source', (text, name, alias) => {
  const { from } = parseSelect(`SELECT * FROM ${text} WHERE a`)
  expect([from.name, from.alias]).toEqual([name, alias])
})

test.each([
  ['JOIN b ON x', 'INNER'],
  ['INNER JOIN b ON x', 'INNER'],
  ['left join b on x', 'LEFT'],
  ['RIGHT JOIN b', 'RIGHT'],
  ['FULL JOIN b AS c ON x', 'FULL'],
  ['CROSS JOIN b', 'CROSS'],
])('%s is a join', (text, type) => {
  expect(parseSelect(`SELECT * FROM a ${text}`).joins.map((join) => [join.type, join.source.name])).toEqual([[type, 'b']])
})

test.each([
  ['TUMBLINGWINDOW(ss, 10)', '(tumbling SS length=10)'],
  ['hoppingwindow(MI, 10, 5)', '(hopping MI length=10 interval=5)'],
  ['SlidingWindow(hh, 1)', '(sliding HH length=1)'],
  ['SLIDINGWINDOW(ms, 1, 0)', '(sliding MS length=1 delay=0)'],
  ['SESSIONWINDOW(dd, 2, 1)', '(session DD length=2 interval=1)'],
  ['COUNTWINDOW(5)', '(count length=5)'],
  ['COUNTWINDOW(5, 5)', '(count length=5 interval=5)'],
  ['COUNTWINDOW(5, 0)', '(count length=5 interval=0)'],
  ['SLIDINGWINDOW(ss, 0)', '(sliding SS length=0)'],
  ['COUNTWINDOW(5), COUNTWINDOW(6)', '(count length=5)'],
  ['COUNTWINDOW(5) OVER (WHEN b PARTITION BY c)', '(count length=5 (over c WHEN b))'],
  ['STATEWINDOW(a > 1)', '(state (> a 1))'],
  ['STATEWINDOW(a, b) OVER (PARTITION BY c)', '(state a b (over c))'],
  ['COUNTWINDOW(5) FILTER (WHERE a) OVER (WHEN b)', '(count length=5 FILTER a (over WHEN b))'],
])('GROUP BY %s', (text, expected) => {
  expect(windowShape(parseSelect(`SELECT * FROM s GROUP BY a, ${text}`).window)).toBe(expected)
})

test('names of windows and units are ordinary names elsewhere', () => {
  const select = parseSelect('SELECT tumblingwindow, ss, `countwindow` FROM s GROUP BY countwindow')
  expect(select.fields.map(fieldShape)).toEqual(['tumblingwindow', 'ss', 'countwindow'])
  expect(select.groupBy.map(shape)).toEqual(['countwindow'])
})

test('what follows the semicolon is ignored', () => {
  expect(parseSelect('SELECT a FROM s; SELECT "no statement').from.name).toBe('s')
})

test('EXPLAIN takes a SELECT or the name of a stream', () => {
  expect(parseStatement('EXPLAIN SELECT a FROM s')).toMatchObject({ kind: 'explain', what: 'select', select: { kind: 'select' } })
  expect(parseStatement('explain stream demo')).toMatchObject({ kind: 'explain', what: 'stream', name: 'demo' })
})
