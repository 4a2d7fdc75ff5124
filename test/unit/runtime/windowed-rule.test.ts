import { expect, test } from 'vitest'
import { settle } from '../../support/engine-fakes.ts'
import { spec, world } from '../../support/engine-world.ts'

const keep = (config: object): { type: string; config: Record<string, boolean> } => ({ type: 'keep', config: { ...config } })

test('a window is one message for each sink, an empty one too unless the sink does not want it', async () => {
  const { sources, sinks, rule, clock } = world()
  clock.jump(1000 - (clock.now() % 1000))
  const actions = [keep({}), keep({ omitIfEmpty: true }), keep({ sendSingle: true })]
  await rule('r').start(spec('r', 'SELECT a FROM demo GROUP BY TUMBLINGWINDOW(ss, 1)', { actions }))
  await clock.advance(100)
  sources[0]?.push([{ a: 1 }, { a: 2 }])
  await clock.advance(1000)
  sources[0]?.push([{ a: 3 }])
  await clock.advance(2000)
  const first = [{ a: 1 }, { a: 2 }]
  expect(sinks[0]?.written).toEqual([first, [{ a: 3 }], []])
  expect(sinks[1]?.written).toEqual([first, [{ a: 3 }]])
  expect(sinks[2]?.written).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }])
})

test('a row that fails is an error for the sinks, and its window goes on', async () => {
  const { sources, sinks, rule } = world()
  const r = rule('r')
  const options = { isEventTime: true, lateTolerance: 0, sendError: true }
  await r.start(
    spec('r', 'SELECT collect(a) AS l FROM demo GROUP BY COUNTWINDOW(2)', { options: { sendError: true }, actions: [keep({})] }),
  )
  sources[0]?.push([{ a: 1 }, { a: 2 }])
  await settle()
  expect(sinks[0]?.written).toEqual([[{ l: [1, 2] }]])
  const timed = rule('timed')
  await timed.start(
    spec('timed', 'SELECT a + 1 AS b FROM demo WHERE a != 5 GROUP BY TUMBLINGWINDOW(ss, 1)', { options, actions: [keep({})] }),
  )
  sources[1]?.push([{ ts: 100, a: 1 }, { a: 2 }, { ts: 200, a: 3 }, { ts: 1500, a: 9 }])
  await settle()
  expect(sinks[1]?.written).toEqual([{ error: 'cannot find timestamp field ts in tuple' }, [{ b: 2 }, { b: 4 }]])
  expect(timed.status()).toMatchObject({ op_2_watermark_0_exceptions_total: 1, op_2_watermark_0_records_out_total: 3 })
})

const SELF_JOIN = 'SELECT l.a, r.b FROM demo AS l INNER JOIN demo AS r ON l.a = r.a GROUP BY COUNTWINDOW(4)'

test.each([false, true])('a stream may be read twice, shared or not (%s)', async (shared) => {
  const { sources, sinks, rule } = world()
  const r = rule('r')
  await r.start(spec('r', SELF_JOIN, { shared, actions: [keep({})] }))
  await settle()
  for (const source of sources)
    source.push([
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ])
  await settle()
  expect(sources).toHaveLength(shared ? 1 : 2)
  expect(sinks[0]?.written).toEqual([
    [
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ],
  ])
  const names = Object.keys(r.status()).filter((key) => key.endsWith('records_in_total') && key.startsWith('source'))
  expect(names).toEqual(
    shared ? ['source_demo_0_records_in_total'] : ['source_demo_0_records_in_total', 'source_demo_1_0_records_in_total'],
  )
})

test('the topology of a join has a way from each source', async () => {
  const { rule } = world()
  const r = rule('r')
  await r.start(
    spec('r', 'SELECT demo.a FROM demo LEFT JOIN other ON demo.a = other.a WHERE demo.a > 1 GROUP BY TUMBLINGWINDOW(ss, 1)', {
      options: { isEventTime: true },
    }),
  )
  const topology = r.topology()
  expect(topology?.sources).toEqual(['source_demo', 'source_other'])
  expect(topology?.edges).toMatchObject({ source_demo: ['op_2_watermark'], source_other: ['op_2_watermark'] })
  expect(Object.values(topology?.edges ?? {}).flat()).toContain('sink_keep_0')
})

test('a rule ticks on after its sources have ended, because a window is still open', async () => {
  const { sources, sinks, rule, clock } = world()
  const r = rule('r')
  await r.start(spec('r', 'SELECT a FROM demo GROUP BY TUMBLINGWINDOW(ss, 1)', { actions: [keep({ omitIfEmpty: true })] }))
  sources[0]?.push([{ a: 1 }])
  sources[0]?.end()
  await clock.advance(2000)
  expect(sinks[0]?.written).toEqual([[{ a: 1 }]])
  expect(r.state).toBe('running')
})

const HOUR = 3_600_000

/** What the rows of one message have collected, which windows have bounds, and when they came, from a clock that shows 12:00 first. */
async function setBackHour(window: string): Promise<{ readonly lists: unknown[]; readonly ends: number[]; readonly log: unknown[] }> {
  const { sources, sinks, rule, clock, log } = world()
  clock.jump(HOUR - (clock.now() % HOUR))
  const noon = clock.now()
  const sql = `SELECT collect(a) AS l, window_end() AS e FROM demo GROUP BY ${window}`
  await rule('r').start(spec('r', sql, { actions: [keep({})] }))
  await clock.advance(1_100)
  sources[0]?.push([{ a: 1 }], undefined, clock.now())
  await clock.advance(400)
  sources[0]?.push([{ a: 2 }], undefined, clock.now())
  await clock.advance(100)
  clock.set(-HOUR)
  sources[0]?.push([{ a: 3 }], undefined, clock.now())
  await clock.advance(700)
  sources[0]?.push([{ a: 4 }], undefined, clock.now())
  await clock.advance(5_000)
  const results = (sinks[0]?.written ?? [])
    .flat()
    .map((result) => new Map(Object.entries(Object(result))))
    .filter((result) => Array.isArray(result.get('l')))
  return {
    lists: results.map((result) => result.get('l')),
    ends: results.map((result) => Number(result.get('e')) - noon),
    log: log.lines.filter(({ level }) => level === 'warn'),
  }
}

test.each([
  ['TUMBLINGWINDOW(ss, 1)', [[1, 2], [3], [4]], [2_000, 2_000 - HOUR, 3_000 - HOUR]],
  ['HOPPINGWINDOW(ss, 2, 1)', [[1, 2], [3], [3, 4], [4]], [2_000, 2_000 - HOUR, 3_000 - HOUR, 4_000 - HOUR]],
  ['SLIDINGWINDOW(ms, 400)', [[1], [1, 2], [2, 3], [4]], [1_100, 1_500, 1_600 - HOUR, 2_300 - HOUR]],
  ['SESSIONWINDOW(ss, 10, 1)', [[1, 2, 3, 4]], [3_300 - HOUR]],
  [
    'COUNTWINDOW(2)',
    [
      [1, 2],
      [3, 4],
    ],
    [1_500, 2_300 - HOUR],
  ],
])('the clock is set back by an hour: %s goes on at once and loses no row', async (window, lists, ends) => {
  const found = await setBackHour(window)
  expect(found).toMatchObject({ lists, ends })
  expect(found.log).toMatchObject([{ message: expect.stringContaining('set back by 3600000 ms'), fields: { rule: 'r', by: HOUR } }])
})

test('a window that waits fires as late as before when the clock is set back', async () => {
  const { sources, sinks, rule, clock } = world()
  await rule('r').start(spec('r', 'SELECT collect(a) AS l FROM demo GROUP BY SLIDINGWINDOW(ss, 1, 1)', { actions: [keep({})] }))
  sources[0]?.push([{ a: 1 }], undefined, clock.now())
  await clock.advance(500)
  clock.set(-HOUR)
  sources[0]?.push([{ a: 2 }], undefined, clock.now())
  await clock.advance(499)
  expect(sinks[0]?.written).toEqual([])
  await clock.advance(1)
  expect(sinks[0]?.written).toEqual([[{ l: [1, 2] }]])
  await clock.advance(500)
  expect(sinks[0]?.written).toEqual([[{ l: [1, 2] }], [{ l: [1, 2] }]])
})
