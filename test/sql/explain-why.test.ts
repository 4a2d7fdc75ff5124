import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RowFate } from '../../src/runtime/explain-why/fates.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { goldenCases, type GoldenInput } from './golden-case.ts'
import { GoldenRule, goldenSpec } from './golden-rule.ts'

const DEMO = 'CREATE STREAM demo () WITH (DATASOURCE="demo")'
const TIMED = 'CREATE STREAM demo () WITH (DATASOURCE="demo", TIMESTAMP="ts")'
const OTHER = 'CREATE STREAM other () WITH (DATASOURCE="other", TIMESTAMP="ts")'

interface Told {
  readonly streams?: readonly string[]
  readonly sql: string
  readonly options?: { readonly [name: string]: string | number | boolean }
  readonly input: readonly GoldenInput[]
  readonly until?: number
}

/** `demo 1: dropped by WHERE: why`, in their order. */
async function told({ streams = [DEMO], sql, options = {}, input, until = 0 }: Told): Promise<readonly string[]> {
  const fates: RowFate[] = []
  const clock = new FakeClock(0)
  const rule = new GoldenRule(goldenSpec({ streams, sql, options }, true), clock, (fate) => fates.push(fate))
  rule.core.start()
  for (const one of input) {
    await clock.advance(Math.max(0, (one.time ?? 0) - clock.now()))
    await rule.accept([one])
  }
  await clock.advance(Math.max(0, until - clock.now()))
  rule.core.close()
  return fates.map(({ stream, row, what, by, why, output }) => {
    const of = output === undefined ? '' : ` ${output}`
    return `${stream} ${row}: ${what}${of}${by === undefined ? '' : ` by ${by}`}${why === undefined ? '' : `: ${why}`}`
  })
}

const rows = (...list: readonly GoldenInput['row'][]): readonly GoldenInput[] => list.map((row) => ({ stream: 'demo', row }))

describe('rows that give no result', () => {
  test('WHERE, with the values of its operands', async () => {
    const sql = 'SELECT * FROM demo WHERE temperature > 25'
    expect(await told({ sql, input: rows({ temperature: 20 }, { temperature: 30 }, {}, { temperature: 'hot' }) })).toEqual([
      'demo 1: dropped by WHERE: temperature > 25: temperature is 20',
      'demo 2: output 1',
      'demo 3: dropped by WHERE: temperature > 25: temperature is absent',
      expect.stringMatching(/^demo 4: failed: run Where error/),
    ])
  })

  test('the parts of AND and OR that decided', async () => {
    const sql = 'SELECT * FROM demo WHERE a > 1 AND (b = 2 OR c + 1 BETWEEN 5 AND 6)'
    expect(await told({ sql, input: rows({ a: 2, b: 3, c: 1 }, { a: 0, b: 2 }) })).toEqual([
      'demo 1: dropped by WHERE: b = 2: b is 3; (c + 1) BETWEEN 5 AND 6: c + 1 is 2, c is 1',
      'demo 2: dropped by WHERE: a > 1: a is 0',
    ])
  })
  test('FILTER of a window, HAVING, DISTINCT, LIMIT, unnest', async () => {
    const filtered = 'SELECT count(*) AS c FROM demo GROUP BY COUNTWINDOW(1) FILTER (WHERE a > 1)'
    expect(await told({ sql: filtered, input: rows({ a: 1 }, { a: 2 }) })).toEqual([
      'demo 1: dropped by FILTER: a > 1: a is 1',
      'demo 2: output 1',
    ])
    const having = 'SELECT a FROM demo GROUP BY a, COUNTWINDOW(3) HAVING count(*) > 1'
    expect(await told({ sql: having, input: rows({ a: 1 }, { a: 2 }, { a: 1 }) })).toEqual([
      'demo 1: waiting by WINDOW: in a count window for 2 more rows',
      'demo 2: waiting by WINDOW: in a count window for 1 more row',
      'demo 2: dropped by HAVING: count() > 1: count() is 1',
      'demo 1: output 1',
      'demo 3: output 1',
    ])
    const distinct = 'SELECT DISTINCT a FROM demo GROUP BY COUNTWINDOW(2)'
    expect(await told({ sql: distinct, input: rows({ a: 1 }, { a: 1 }) })).toEqual([
      'demo 1: waiting by WINDOW: in a count window for 1 more row',
      'demo 2: dropped by DISTINCT: the result has an equal row already',
      'demo 1: output 1',
    ])
    const limited = 'SELECT a FROM demo GROUP BY COUNTWINDOW(2) LIMIT 1'
    expect(await told({ sql: limited, input: rows({ a: 1 }, { a: 1 }) })).toEqual([
      'demo 1: waiting by WINDOW: in a count window for 1 more row',
      'demo 2: dropped by LIMIT: the result has its row already',
      'demo 1: output 1',
    ])
    const unnested = 'SELECT unnest(a) FROM demo'
    expect(await told({ sql: unnested, input: rows({ a: [1, 2] }, { a: 5 }) })).toEqual([
      'demo 1: output 1',
      'demo 1: output 2',
      'demo 2: failed: the argument for the unnest function should be array',
    ])
  })

  test('a row that cannot be decoded', async () => {
    const streams = ['CREATE STREAM demo (a bigint) WITH (DATASOURCE="demo", STRICT_VALIDATION="true")']
    expect(await told({ streams, sql: 'SELECT a FROM demo', input: rows('{', { a: 'x' }, { a: 1 }) })).toEqual([
      'demo 1: undecoded: cannot parse JSON: it ends too early at offset 1, near "{"',
      'demo 2: undecoded: a has wrong type:string, expect:bigint',
      'demo 3: output 3',
    ])
  })
})

describe('windows', () => {
  test('tumbling', async () => {
    const sql = 'SELECT a FROM demo WHERE a > 0 GROUP BY TUMBLINGWINDOW(ss, 10)'
    const input = [
      { stream: 'demo', time: 1000, row: { a: 1 } },
      { stream: 'demo', row: { a: 0 } },
    ]
    expect(await told({ sql, input, until: 20_000 })).toEqual([
      'demo 1: waiting by WINDOW: in a tumbling window that ends at 1970-01-01T00:00:10.000Z',
      'demo 2: dropped by WHERE: a > 0: a is 0',
      'demo 1: output 1',
    ])
  })
  test('hopping: in several outputs, or between', async () => {
    const sql = 'SELECT sum(a) AS s FROM demo GROUP BY HOPPINGWINDOW(ss, 10, 5)'
    const input = [{ stream: 'demo', time: 6000, row: { a: 1 } }]
    expect(await told({ sql, input, until: 20_000 })).toEqual([
      'demo 1: waiting by WINDOW: in a hopping window that ends at 1970-01-01T00:00:10.000Z',
      'demo 1: output 2',
      'demo 1: output 3',
    ])
    const gaps = 'SELECT sum(a) AS s FROM demo GROUP BY HOPPINGWINDOW(ss, 1, 5)'
    expect(await told({ sql: gaps, input, until: 20_000 })).toEqual([
      'demo 1: waiting by WINDOW: in a hopping window that ends at 1970-01-01T00:00:10.000Z',
      'demo 1: dropped by WINDOW: no window that fires has it',
    ])
  })
  test('sliding', async () => {
    const sql = 'SELECT sum(a) AS s FROM demo GROUP BY SLIDINGWINDOW(ss, 10)'
    const input = [
      { stream: 'demo', time: 6000, row: { a: 1 } },
      { stream: 'demo', time: 7000, row: { a: 1 } },
    ]
    expect(await told({ sql, input, until: 20_000 })).toEqual(['demo 1: output 1', 'demo 1: output 2', 'demo 2: output 2'])
    const delayed = 'SELECT sum(a) AS s FROM demo GROUP BY SLIDINGWINDOW(ss, 10, 2)'
    expect(await told({ sql: delayed, input, until: 20_000 })).toEqual([
      'demo 1: waiting by WINDOW: for the delay of a sliding window, which ends at 1970-01-01T00:00:08.000Z',
      'demo 2: waiting by WINDOW: for the delay of a sliding window, which ends at 1970-01-01T00:00:08.000Z',
      'demo 1: output 1',
      'demo 2: output 1',
      'demo 1: output 2',
      'demo 2: output 2',
    ])
    const when = 'SELECT sum(a) AS s FROM demo GROUP BY SLIDINGWINDOW(ss, 10) OVER (WHEN a > 1)'
    expect(await told({ sql: when, input: [...input, { stream: 'demo', time: 30_000, row: { a: 2 } }], until: 20_000 })).toEqual([
      'demo 1: waiting by WINDOW: in a sliding window, for a row that makes a > 1 true',
      'demo 2: waiting by WINDOW: in a sliding window, for a row that makes a > 1 true',
      'demo 1: dropped by WINDOW: no window that fires has it',
      'demo 2: dropped by WINDOW: no window that fires has it',
      'demo 3: output 1',
    ])
  })
  test('session, count, state', async () => {
    const session = 'SELECT sum(a) AS s FROM demo GROUP BY SESSIONWINDOW(ss, 60, 5)'
    const input = [
      { stream: 'demo', time: 6000, row: { a: 1 } },
      { stream: 'demo', time: 7000, row: { a: 1 } },
    ]
    expect(await told({ sql: session, input, until: 20_000 })).toEqual([
      'demo 1: waiting by WINDOW: in a session window that ends at 1970-01-01T00:00:11.000Z',
      'demo 2: waiting by WINDOW: in a session window that ends at 1970-01-01T00:00:12.000Z',
      'demo 1: output 1',
      'demo 2: output 1',
    ])
    const count = 'SELECT sum(a) AS s FROM demo GROUP BY COUNTWINDOW(3, 2)'
    expect(await told({ sql: count, input: rows({ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }) })).toEqual([
      'demo 1: waiting by WINDOW: in a count window for 3 more rows',
      'demo 2: waiting by WINDOW: in a count window for 2 more rows',
      'demo 3: waiting by WINDOW: in a count window for 1 more row',
      'demo 1: dropped by WINDOW: no window that fires has it',
      'demo 2: output 1',
      'demo 3: output 1',
      'demo 4: output 1',
    ])
    const state = 'SELECT a FROM demo GROUP BY STATEWINDOW(a > 1, a > 3)'
    expect(await told({ sql: state, input: rows({ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }) })).toEqual([
      'demo 1: dropped by WINDOW: no window was open when it came',
      'demo 2: waiting by WINDOW: in a state window, for a row that makes a > 3 true',
      'demo 3: waiting by WINDOW: in a state window, for a row that makes a > 3 true',
      'demo 2: output 1',
      'demo 3: output 1',
      'demo 4: output 1',
    ])
  })
  test('a result that fails', async () => {
    const sql = 'SELECT sum(a) AS s FROM demo GROUP BY COUNTWINDOW(2)'
    expect(await told({ sql, input: rows({ a: 1 }, { a: 'x' }) })).toEqual([
      'demo 1: waiting by WINDOW: in a count window for 1 more row',
      'demo 1: failed: run Select error: expected a number, got string(x)',
      'demo 2: failed: run Select error: expected a number, got string(x)',
    ])
  })
})

describe('event time', () => {
  test('late rows, unordered rows, rows without a time', async () => {
    const sql = 'SELECT * FROM demo'
    const options = { isEventTime: true, lateTolerance: 1000 }
    const input = rows({ ts: 10_000 }, { ts: 9500 }, { ts: 5800 }, { ts: 11_000 }, { ts: 'never' })
    expect(await told({ streams: [TIMED], sql, options, input })).toEqual([
      'demo 1: waiting by WATERMARK: for the watermark, which is at 1970-01-01T00:00:09.000Z',
      'demo 2: waiting by WATERMARK: for the watermark, which is at 1970-01-01T00:00:09.000Z',
      'demo 3: late: late by 3.2 s: its time is 1970-01-01T00:00:05.800Z, the watermark 1970-01-01T00:00:09.000Z (lateTolerance 1 s)',
      'demo 2: output 1',
      'demo 1: output 2',
      'demo 4: waiting by WATERMARK: for the watermark, which is at 1970-01-01T00:00:10.000Z',
      "demo 5: failed: cannot convert timestamp field ts to timestamp with error Can't parse string as time: never",
    ])
  })
  test('a stream that rests holds the watermark', async () => {
    const sql = 'SELECT demo.a FROM demo INNER JOIN other ON demo.a = other.b GROUP BY TUMBLINGWINDOW(ss, 10)'
    const options = { isEventTime: true, lateTolerance: 0 }
    const input = [
      ...rows({ ts: 1000, a: 1 }, { ts: 2000, a: 2 }),
      { stream: 'other', row: { ts: 1500, b: 1 } },
      { stream: 'other', row: { ts: 10_500, b: 7 } },
      ...rows({ ts: 12_000, a: 3 }),
    ]
    expect(await told({ streams: [TIMED, OTHER], sql, options, input })).toEqual([
      'demo 1: waiting by WATERMARK: for the watermark, which has not begun and waits for rows of other',
      'demo 2: waiting by WATERMARK: for the watermark, which has not begun and waits for rows of other',
      'other 1: waiting by WINDOW: in a tumbling window that ends at 1970-01-01T00:00:10.000Z',
      'demo 1: waiting by WINDOW: in a tumbling window that ends at 1970-01-01T00:00:10.000Z',
      'other 2: waiting by WATERMARK: for the watermark, which is at 1970-01-01T00:00:02.000Z and waits for rows of demo',
      'demo 2: waiting by WINDOW: in a tumbling window that ends at 1970-01-01T00:00:10.000Z',
      'demo 2: dropped by ON: no row pairs with it; demo.a = other.b: demo.a is 2',
      'demo 1: output 1',
      'other 1: output 1',
      'demo 3: waiting by WATERMARK: for the watermark, which is at 1970-01-01T00:00:10.500Z and waits for rows of other',
      'other 2: waiting by WINDOW: in a tumbling window that ends at 1970-01-01T00:00:20.000Z',
    ])
  })
})

describe('tables', () => {
  test('rows that are joined with a table, and those of the table', async () => {
    const table = 'CREATE TABLE other (id bigint) WITH (DATASOURCE="other", RETAIN_SIZE="10")'
    const sql = 'SELECT * FROM demo INNER JOIN other ON demo.id = other.id'
    const input = [{ stream: 'other', row: { id: 1 } }, ...rows({ id: 1 }, { id: 2 })]
    expect(await told({ streams: [DEMO, table], sql, input })).toEqual([
      'other 1: kept: in the table, for the rows that are joined with it',
      'demo 1: output 1',
      'other 1: output 1',
      'demo 2: dropped by ON: no row pairs with it; demo.id = other.id: demo.id is 2',
    ])
  })
})

const golden = goldenCases(path.dirname(new URL(import.meta.url).pathname)).filter(({ refused }) => refused === undefined)

describe('what is told changes nothing', () => {
  test.each(golden)('$name', async ({ streams, sql, options = {}, input, until = 0, output }) => {
    const clock = new FakeClock(0)
    const fates: RowFate[] = []
    const rule = new GoldenRule(goldenSpec({ streams, sql, options }, true), clock, (fate) => fates.push(fate))
    rule.core.start()
    for (const one of input) {
      await clock.advance(Math.max(0, (one.time ?? 0) - clock.now()))
      await rule.accept([one])
    }
    await clock.advance(Math.max(0, until - clock.now()))
    rule.core.close()
    expect(rule.output).toEqual(output.map((message) => (isAnyError(message) ? { $error: expect.any(String) as unknown } : message)))
    for (const one of fates) expect(one.row).toBeGreaterThan(0)
  })
})

function isAnyError(message: unknown): boolean {
  return typeof message === 'object' && message !== null && '$error' in message && message.$error === ''
}
