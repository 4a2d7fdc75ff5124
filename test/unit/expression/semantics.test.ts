import { expect, test } from 'vitest'
import type { Cell, Struct } from '../../../src/data/value.ts'
import { answers, environment } from '../../support/sql.ts'

/** The value of an expression over one schemaless record; a failure answers with its message. */
function value(expression: string, record: Struct = {}): unknown {
  const [answer] = answers(`SELECT ${expression} AS r FROM demo`, [record])
  return typeof answer === 'string' ? answer.replace('run Select error: ', '') : answer?.['r']
}

const rec: Struct = {
  a: [10, 20, 30, 40],
  o: { x: 1, y: { z: [1, { w: 'deep' }] } },
  i: 1,
  f: 2.5,
  s: 'text',
  n: null,
  big: 9007199254740993n,
  t: true,
  e: [],
}

const VALUES: readonly (readonly [string, Cell])[] = [
  // arithmetic: SQL integers stay integers, schemaless numbers are floats
  ['7 / 2', 3n],
  ['i / 2', 0.5],
  ['f * 2 + 1', 6],
  ['7 % 2.5', 2],
  ['-f', -2.5],
  ['n + 1', undefined],
  ['missing * 2', undefined],
  ['big', 9007199254740993n],
  ['big + 0', 9007199254740992],
  ['-big', -9007199254740992],
  // comparison and logic
  ['i = 1', true],
  ['i = 1.0', true],
  ['big = 9007199254740993', true],
  ['big > 9007199254740992', true],
  ['big = 9007199254740992', false],
  ['n = 1', false],
  ['n != 1', false],
  ["s >= 'tex'", true],
  ["'\u{1f600}' > '\uffee'", true],
  ['t = true', true],
  ['n OR true', true],
  ['true OR n', true],
  ['n AND false', false],
  ['NOT (n AND false)', true],
  ['NOT (n OR false)', false],
  ['NOT n', false],
  ['(n = 1) IS NULL', true],
  ['n IS NULL', true],
  ['missing IS NOT NULL', false],
  ['n = 1 AND 1 / 0 > 1', false],
  ['i > 5 AND 1 / 0 > 1', false],
  ['isnull(n = 1)', false],
  // BETWEEN, IN, LIKE
  ['i BETWEEN 1 AND 2', true],
  ['f NOT BETWEEN 1 AND 2', true],
  ['n NOT BETWEEN 1 AND 2', false],
  ['i IN (1, 2)', true],
  ['i NOT IN (2, 3)', true],
  ['2 IN (1, 2)', true],
  ['i IN (2, 3, 4, 5, 6, 7, 8, 9, 10, 1)', true],
  ["s IN ('a', 'text')", true],
  ['n NOT IN (1)', false],
  ['20 IN a', true],
  ['i IN missing', false],
  ['i NOT IN missing', true],
  ["s LIKE 't_x%'", true],
  ["s NOT LIKE 't%'", false],
  ["n LIKE 't%'", false],
  ['s LIKE s', true],
  // CASE
  ["CASE i WHEN 1 THEN 'one' ELSE 'many' END", 'one'],
  ["CASE WHEN f > 9 THEN 'big' WHEN f > 2 THEN 'mid' END", 'mid'],
  ["CASE WHEN n > 9 THEN 'big' END", undefined],
  ["CASE n WHEN 1 THEN 'one' ELSE 'other' END", 'other'],
  ['CASE WHEN t = true THEN n > 1 END', false],
  // paths
  ['a[0]', 10],
  ['a[-1]', 40],
  ['a[i]', 20],
  ['a[f]', 30],
  ['a[f:]', [30, 40]],
  ['a[1:3]', [20, 30]],
  ['a[0:-1]', [10, 20, 30]],
  ['a[:]', [10, 20, 30, 40]],
  ['a[2:]', [30, 40]],
  ['a[1:1]', []],
  ['a[4:]', []],
  ['e[:]', []],
  ['o->y->z[1]->w', 'deep'],
  ['o.y.z[0]', 1],
  ['demo.o->x', 1],
  ['o->toString', undefined],
  ['o->nosuch->deeper', undefined],
  ['s->x', undefined],
  ['n[0]', undefined],
  // functions and casts
  ['abs(-3)', 3n],
  ['upper(n)', undefined],
  ['length(n)', 0n],
  ['known(n)', false],
  ["cast(f, 'bigint') / 2", 1n],
  ["cast(o->y, 'string')", '{"z":[1,{"w":"deep"}]}'],
  ['rule_id()', 'r1'],
  ['UPPER(s)', 'TEXT'],
]

test.each(VALUES)('%s', (expression, result) => {
  expect(value(expression, rec)).toEqual(result)
})

const FAILURES: readonly (readonly [string, string])[] = [
  ["f + 'x'", 'invalid operation float64(2.5) + string(x)'],
  ['s > 1', 'invalid operation string(text) > int64(1)'],
  ['t < false', 'invalid operation bool(true) < bool(false)'],
  ['i & 1', 'invalid operation float64(1) & float64(1)'],
  ['a = n', '= is an invalid operation for array'],
  ['7 / 0', 'divided by zero'],
  ['i % 0', 'divided by zero'],
  ['9223372036854775807 + 1', 'bigint out of range'],
  ['i AND t', 'invalid operation float64(1) AND bool(true)'],
  ["i IN ('x')", 'invalid operation float64(1) = string(x)'],
  ['i IN s', 'IN expects a list or an array on its right, but found string(text)'],
  ['s BETWEEN 1 AND 2', 'between operator cannot compare string(text) and int64(1)'],
  ['i LIKE "x"', 'LIKE operator left operand expects string, but found float64(1)'],
  ["CASE s WHEN 1 THEN 'one' END", 'invalid operation string(text) = int64(1)'],
  ['a[4]', 'out of index: 4 of 4'],
  ['a[-5]', 'out of index: -5 of 4'],
  ['a[n]', 'an index must be a number, but found null'],
  ['a[s]', 'an index must be a number, but found string(text)'],
  ['o[0]', '[] is an invalid operation for object'],
  ['i[0]', 'invalid operation float64(1) []'],
  ['a->x', 'the result array([10,20,30,40]) is not an object'],
  ['true AND 1 / 0 > 1', 'divided by zero'],
  ["cast(s, 'bigint')", 'cannot convert string(text) to bigint'],
]

test.each(FAILURES)('%s fails', (expression, message) => {
  expect(value(expression, rec)).toBe(message)
})

test('WHERE passes what is true, drops what is false or unknown, and refuses what is no condition', () => {
  const records = [{ age: 31 }, { age: 25 }, { age: null }, {}, { age: 'x' }]
  expect(answers('SELECT age FROM demo WHERE age > 30', records)).toEqual([
    { age: 31 },
    'run Where error: invalid operation string(x) > int64(30)',
  ])
  expect(answers('SELECT age FROM demo WHERE age', records)[0]).toBe(
    'run Where error: invalid condition that returns non-bool value float64(31)',
  )
})

test('columns of declared types compute as what they are, members too', () => {
  const bigint = { kind: 'bigint' } as const
  const columns = [
    { name: 'i', type: bigint },
    { name: 'o', type: { kind: 'struct', fields: [{ name: 'x', type: bigint }] } },
    { name: 'l', type: { kind: 'array', element: bigint } },
  ] as const
  const env = environment({ demo: { columns } })
  expect(answers('SELECT i / 2 AS a, o->x / 2 AS b, l[0] / 2 AS c, l[:1] AS d FROM demo', [{ i: 7n, o: { x: 5n }, l: [3n] }], env)).toEqual(
    [{ a: 3n, b: 2n, c: 1n, d: [3n] }],
  )
})

test('texts of the statement stay texts in the generated code', () => {
  const text = '"; throw 1; //\\\u2028`${x}'
  expect(answers('SELECT a->`"];x` AS `"]}` FROM demo WHERE a->`"];x` = s', [{ a: { '"];x': text }, s: text }])).toEqual([{ '"]}': text }])
})

test('names that objects inherit are columns and members like others', () => {
  const record: Struct = JSON.parse('{"__proto__":{"constructor":1},"toString":2}')
  expect(answers('SELECT `__proto__`->constructor AS a, toString AS b, valueOf AS c FROM demo', [record])).toEqual([{ a: 1, b: 2 }])
})
