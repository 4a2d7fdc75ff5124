import { expect, test } from 'vitest'
import type { Struct } from '../../../src/data/value.ts'
import { answers, environment, lookup, plan, planError, rowFunction } from '../../support/sql.ts'

const ROWS: readonly Struct[] = [
  { a: 1, b: 2, c: 3 },
  { a: 4, b: null, c: 6 },
]
const typed = environment({
  demo: { columns: [{ name: 'a', type: { kind: 'bigint' } }, { name: 'b' }, { name: 'temperature', type: { kind: 'float' } }] },
})

const LISTS: readonly (readonly [string, readonly Struct[]])[] = [
  ['*', ROWS],
  ['demo.*', ROWS],
  [
    'a + 1 AS d, *',
    [
      { a: 1, b: 2, c: 3, d: 2 },
      { a: 4, b: null, c: 6, d: 5 },
    ],
  ],
  [
    '*, a + 10 AS a',
    [
      { a: 11, b: 2, c: 3 },
      { a: 14, b: null, c: 6 },
    ],
  ],
  [
    '* EXCEPT(a), a AS q',
    [
      { b: 2, c: 3, q: 1 },
      { b: null, c: 6, q: 4 },
    ],
  ],
  [
    '* EXCEPT(b) REPLACE(c AS b)',
    [
      { a: 1, b: 3, c: 3 },
      { a: 4, b: 6, c: 6 },
    ],
  ],
  [
    '* REPLACE(a * 10 AS zz)',
    [
      { a: 1, b: 2, c: 3, zz: 10 },
      { a: 4, b: null, c: 6, zz: 40 },
    ],
  ],
  ['b', [{ b: 2 }, { b: null }]],
  ['b AS again', [{ again: 2 }, {}]],
  ['b + 1 AS x', [{ x: 3 }, {}]],
  ['zz', [{}, {}]],
  ['a INVISIBLE, a + 1 AS x', [{ x: 2 }, { x: 5 }]],
  ['a INVISIBLE', [{}, {}]],
  [
    'a + 1, abs(a), a, b + 1',
    [
      { kuiper_field_0: 2, abs: 1, a: 1, kuiper_field_1: 3 },
      { kuiper_field_0: 5, abs: 4, a: 4 },
    ],
  ],
  ['(a)', [{ kuiper_field_0: 1 }, { kuiper_field_0: 4 }]],
  ['a->x', [{}, {}]],
  [
    'a + 1 AS x, x + 1 AS y',
    [
      { x: 2, y: 3 },
      { x: 5, y: 6 },
    ],
  ],
  ['x + 1 AS y, a + 1 AS x', [{ x: 2 }, { x: 5 }]],
  ['a + 1 AS a', [{ a: 2 }, { a: 5 }]],
  [
    'b > 1 AS big, NOT big AS small',
    [
      { big: true, small: false },
      { big: false, small: true },
    ],
  ],
]

test.each(LISTS)('SELECT %s', (list, results) => {
  expect(answers(`SELECT ${list} FROM demo`, ROWS)).toEqual(results)
})

test('a built-in names its column in lower case, a function of a plugin as the statement writes it', () => {
  const shape = { params: [{ name: 'x', type: 'any' }], returns: 'first', nulls: 'call' } as const
  const builtIn = rowFunction('upper', shape, (_, value) => value)
  const ofPlugin = { ...rowFunction('geohashencode', shape, (_, value) => value), asWritten: true }
  const env = { ...environment(), functions: lookup([builtIn, ofPlugin]) }
  expect(answers('SELECT UPPER(a), geohashEncode(a), GEOHASHENCODE(b) FROM demo', ROWS.slice(0, 1), env)).toEqual([
    { upper: 1, geohashEncode: 1, GEOHASHENCODE: 2 },
  ])
})

test('aliases may be used in WHERE, and are computed once for both clauses', () => {
  expect(answers('SELECT a * 2 AS x FROM demo WHERE x > 2', ROWS)).toEqual([{ x: 8 }])
})

test('with sendNilField computed nulls are sent, and missing columns unless a star says which columns there are', () => {
  const sending = environment({ demo: {} }, { sendNilField: true })
  expect(answers('SELECT b + 1 AS x, zz, b FROM demo', ROWS, sending)).toEqual([
    { x: 3, zz: null, b: 2 },
    { x: null, zz: null, b: null },
  ])
  expect(answers('SELECT *, zz, zz + 1 AS x FROM demo', ROWS.slice(0, 1), sending)).toEqual([{ ...ROWS[0], x: null }])
})

test('a declared stream gives its columns for a star, in their order', () => {
  const { output, sources } = plan('SELECT *, a + 1 AS b FROM demo', typed)
  expect(output.columns.map(({ name }) => name)).toEqual(['a', 'b', 'temperature'])
  expect(sources[0]).toMatchObject({ record: false, columns: [{ name: 'a', type: { kind: 'bigint' } }, { name: 'temperature' }], width: 2 })
  expect(plan('SELECT * EXCEPT(b) REPLACE(a AS x) FROM demo', typed).output.columns.map(({ name }) => name)).toEqual([
    'a',
    'temperature',
    'x',
  ])
})

test('a source decodes only what is read, after constants have been folded', () => {
  const [source] = plan(
    "SELECT a, meta(topic) AS t, event_time() AS e, CASE WHEN c > 1 THEN 1 ELSE 2 END AS k FROM demo WHERE 1 = 1 AND b > upper('x')",
  ).sources
  expect(source).toEqual({
    op: 'source',
    place: 0,
    stream: 'demo',
    columns: [{ name: 'a' }, { name: 'c' }, { name: 'b' }],
    record: false,
    meta: ['topic'],
    time: true,
    width: 5,
  })
})

test('metadata is read by key, by member and as a whole', () => {
  expect(
    answers(
      'SELECT meta(topic) AS a, mqtt(demo.topic) AS b, meta(*) AS c, meta(*)->qos AS d, meta(x->y) AS e, event_time() AS f FROM demo',
      [{}],
    ),
  ).toEqual([{ a: 't/1', b: 't/1', c: { topic: 't/1', qos: 1 }, d: 1, f: 1_000 }])
})

test('LIMIT 0 answers nothing, any other limit holds for single rows anyhow', () => {
  expect(answers('SELECT a FROM demo LIMIT 0', ROWS)).toEqual([])
  expect(answers('SELECT a FROM demo LIMIT 1', ROWS)).toEqual([{ a: 1 }, { a: 4 }])
})

test('a stream with an alias is known by it, and columns need no prefix', () => {
  expect(answers('SELECT d.a, b FROM demo AS d WHERE d.a > 1', ROWS)).toEqual([{ a: 4, b: null }])
  expect(planError('SELECT demo.a FROM demo AS d')).toMatchObject({
    message: 'stream demo is called d here',
    hint: 'did you mean "d"?',
    position: { line: 1, column: 8 },
  })
})

const ERRORS: readonly (readonly [string, string, string | undefined])[] = [
  ['SELECT tempreature FROM demo', 'unknown field tempreature of stream demo', 'did you mean "temperature"?'],
  ['SELECT demo.tempreature FROM demo', 'unknown field tempreature of stream demo', 'did you mean "temperature"?'],
  ['SELECT dmo.a FROM demo', 'unknown field dmo of stream demo', 'did you mean "demo"?'],
  ['SELECT a FROM dem', 'fail to get stream dem, please check if stream is created', 'did you mean "demo"?'],
  ['SELECT uper(a) FROM demo', 'function uper not found', 'did you mean "upper"?'],
  ['SELECT abs(a, b) FROM demo', 'function abs expects 1 argument, but found 2', undefined],
  ['SELECT concat() FROM demo', 'function concat expects at least 1 arguments, but found 0', undefined],
  ["SELECT abs('x') FROM demo", 'function abs expects number for parameter 1 (x), but found string', undefined],
  ['SELECT upper(1) FROM demo', 'function upper expects string for parameter 1 (s), but found int64', undefined],
  [
    "SELECT cast(a, 'BIGINTS') FROM demo",
    'cast expects one of bigint, float, string, boolean, datetime, bytea as its type, but found BIGINTS',
    undefined,
  ],
  ['SELECT a, a FROM demo', 'duplicate field definition a', 'give one of them an alias'],
  ['SELECT a AS X, b AS x FROM demo', 'duplicate alias x', undefined],
  ['SELECT a AS b, b AS a FROM demo', 'select fields have cycled alias', 'an alias may not depend on itself'],
  ['SELECT other.* FROM demo', 'unknown stream other', undefined],
  ['SELECT * EXCEPT(aa) FROM demo', 'unknown field aa of stream demo', 'did you mean "a"?'],
  ['SELECT meta(1) FROM demo', 'meta expects the name of a metadata key', 'write meta(topic), meta(key->member) or meta(*)'],
  ['SELECT meta() FROM demo', 'function meta expects 1 argument, but found 0', undefined],
  ['SELECT mqtt(qos) FROM demo', 'mqtt expects topic or messageid', 'use meta(key) for other metadata'],
  [
    'SELECT a FROM demo GROUP BY a',
    'select stmt group by should be used with window',
    'add a window such as TUMBLINGWINDOW(ss, 10) to GROUP BY',
  ],
]

test.each(ERRORS)('%s is refused', (sql, message, hint) => {
  expect(planError(sql, typed)).toMatchObject({ code: 'sql_invalid', message, hint, position: { line: 1 } })
})

test('independent errors are reported together, in the order of the text', () => {
  const error = planError('SELECT tempreature,\n  uper(a), abs(b, b) FROM demo WHERE nosuch > 1', typed)
  expect([error, ...error.others].map(({ message, position }) => [message, position?.line, position?.column])).toEqual([
    ['unknown field tempreature of stream demo', 1, 8],
    ['function uper not found', 2, 3],
    ['function abs expects 1 argument, but found 2', 2, 12],
    ['unknown field nosuch of stream demo', 2, 38],
  ])
})

test('of a thousand errors a hundred are reported', () => {
  const error = planError(`SELECT ${Array.from({ length: 1_000 }, (_, i) => `nosuch${i}`).join(', ')} FROM demo`, typed)
  expect(error).toMatchObject({ message: 'unknown field nosuch0 of stream demo', others: { length: 99 } })
})

test('deep expressions are planned and run, deeper ones refused', () => {
  const sum = (terms: number): string => `SELECT ${Array.from({ length: terms }, () => 'a').join(' + ')} AS s FROM demo`
  expect(answers(sum(900), [{ a: 1 }])).toEqual([{ s: 900 }])
  const chain = Array.from({ length: 2_000 }, (_, i) => `x${i} + 1 AS x${i + 1}`).join(', ')
  expect(planError(`SELECT ${chain} FROM demo`)).toMatchObject({ code: 'sql_invalid', message: expect.stringContaining('levels deep') })
})

test('aliases that double in each step cost one computation each', () => {
  const doubling = Array.from({ length: 60 }, (_, i) => `${i === 0 ? 'a' : `x${i - 1}`} + ${i === 0 ? 'a' : `x${i - 1}`} AS x${i}`).join(
    ', ',
  )
  expect(answers(`SELECT ${doubling} FROM demo`, [{ a: 1 }])[0]).toMatchObject({ x59: 2 ** 60 })
})

test('a plan can be posted to another thread', () => {
  const planned = plan("SELECT *, a IN (1, 2) AS x FROM demo WHERE b LIKE 'x%'")
  expect(structuredClone(planned)).toEqual(planned)
})

test('sendMetaToSink gives the metadata of a message with its row, but not behind windows and joins', () => {
  const options = { sendMeta: true }
  const env = environment({ demo: {}, other: {} }, options)
  const metaOf = (sql: string): unknown => {
    const { output, sources } = plan(sql, env)
    return [output.columns.map(({ name }) => name), sources[0]?.meta]
  }
  expect(metaOf('SELECT a FROM demo')).toEqual([['a', '__meta'], ['*']])
  expect(metaOf('SELECT * FROM demo')).toEqual([['*', '__meta'], ['*']])
  expect(metaOf('SELECT a AS __meta FROM demo')).toEqual([['__meta'], []])
  expect(metaOf('SELECT a FROM demo GROUP BY COUNTWINDOW(2)')).toEqual([['a'], []])
  expect(metaOf('SELECT demo.a FROM demo INNER JOIN other ON demo.a = other.a GROUP BY COUNTWINDOW(2)')).toEqual([['a'], []])
})
