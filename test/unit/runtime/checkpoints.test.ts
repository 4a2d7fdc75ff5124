import { expect, test } from 'vitest'
import { PlutinoError } from '../../../src/base/errors.ts'
import { MemoryStore } from '../../../src/store/memory.ts'
import { settle } from '../../support/engine-fakes.ts'
import { spec, world } from '../../support/engine-world.ts'

const QOS = { options: { qos: 1, checkpointInterval: 10_000 } }
const LAG = spec('r', 'SELECT a, lag(a) AS p FROM demo', QOS)

test('a rule goes on after a stop with the state that it had', async () => {
  const store = new MemoryStore()
  const { sources, sinks, rule } = world(store)
  const r = rule('r')
  await r.start(LAG)
  sources[0]?.push([{ a: 1 }, { a: 2 }], 7)
  await settle()
  await r.stop()
  expect(sources[0]?.committed).toEqual([7])
  await r.start(LAG)
  await settle()
  expect(sources[1]?.from).toBe(7)
  sources[1]?.push([{ a: 3 }], 8)
  await settle()
  expect(sinks[1]?.written).toEqual([{ a: 3, p: 2 }])
})

test('a crash repeats what came after the last checkpoint, and the source is told of nothing before', async () => {
  const store = new MemoryStore()
  const before = world(store)
  await before.rule('r').start(LAG)
  await settle()
  const [source] = before.sources
  source?.push([{ a: 1 }], 1)
  await settle()
  expect(before.sinks[0]?.written).toEqual([{ a: 1 }])
  expect(source?.committed).toEqual([])
  await before.clock.advance(100)
  expect(source?.committed).toEqual([1])
  source?.push([{ a: 2 }], 2)
  await settle()
  expect(source?.committed).toEqual([1])
  const after = world(store)
  await after.rule('r').start(LAG)
  await settle()
  expect(after.sources[0]?.from).toBe(1)
  after.sources[0]?.push([{ a: 2 }], 2)
  await settle()
  expect(after.sinks[0]?.written).toEqual([{ a: 2, p: 1 }])
})

test('a source that never rests is told at the interval of the rule', async () => {
  const { sources, rule, clock } = world(new MemoryStore())
  await rule('r').start(LAG)
  for (let i = 1; i <= 400; i++) {
    sources[0]?.push([{ a: i }], i)
    await clock.advance(30)
    if (i === 300) expect(sources[0]?.committed).toEqual([])
  }
  expect(sources[0]?.committed).toHaveLength(1)
})

test('nothing is saved, and no source told, until the sinks have what was given before', async () => {
  const store = new MemoryStore()
  const { sources, sinks, rule, clock } = world(store)
  const r = rule('r')
  await r.start(LAG)
  await settle()
  const [sink] = sinks
  if (sink === undefined) throw new Error('no sink')
  sink.before = () => {
    throw new PlutinoError('unavailable', 'gone')
  }
  sources[0]?.push([{ a: 1 }], 1)
  await clock.advance(20_000)
  expect(sources[0]?.committed).toEqual([])
  const stopped = r.stop()
  await clock.advance(5_000)
  await stopped
  expect(store.list('checkpoint')).toEqual([])
  await r.start(LAG)
  await settle()
  expect(sources[1]?.from).toBeUndefined()
})

test.each([
  ['another statement', 'SELECT a, lag(a) AS q FROM demo', false],
  ['a new rule of the name', 'SELECT a, lag(a) AS p FROM demo', true],
])('%s begins anew', async (_, sql, forgotten) => {
  const store = new MemoryStore()
  const { sources, sinks, rule } = world(store)
  const r = rule('r')
  await r.start(LAG)
  sources[0]?.push([{ a: 1 }], 1)
  await settle()
  await r.stop()
  expect(store.list('checkpoint')).toHaveLength(1)
  if (forgotten) r.forget()
  await r.start(spec('r', sql, QOS))
  await settle()
  expect(sources[1]?.from).toBeUndefined()
  sources[1]?.push([{ a: 2 }], 2)
  await settle()
  expect(sinks[1]?.written).toEqual([{ a: 2 }])
})

test('rules without state, and those with qos 0, tell their sources at once', async () => {
  const store = new MemoryStore()
  const { sources, rule, clock } = world(store)
  await rule('r1').start(spec('r1', 'SELECT a FROM demo', QOS))
  await rule('r2').start(spec('r2', 'SELECT a, lag(a) AS p FROM demo'))
  for (const source of sources) source.push([{ a: 1 }], 1)
  await settle()
  expect(sources.map(({ committed }) => committed)).toEqual([[1], [1]])
  await clock.advance(20_000)
  expect(store.list('checkpoint')).toEqual([])
})

test('what waits for the watermark is part of the state', async () => {
  const { sources, sinks, rule } = world(new MemoryStore())
  const r = rule('r')
  const timed = spec('r', 'SELECT a FROM demo', { options: { ...QOS.options, isEventTime: true } })
  await r.start(timed)
  sources[0]?.push(
    [
      { a: 1, ts: 5000 },
      { a: 2, ts: 4500 },
    ],
    1,
  )
  await settle()
  await r.stop()
  await r.start(timed)
  sources[1]?.push(
    [
      { a: 3, ts: 3999 },
      { a: 4, ts: 6000 },
    ],
    2,
  )
  await settle()
  expect(sinks[1]?.written).toEqual([{ a: 2 }, { a: 1 }])
  expect(r.status()).toMatchObject({ op_2_watermark_0_records_late_total: 1, op_2_watermark_0_buffer_length: 1 })
})

test('a state that cannot be read is an error of the start, not of the server', async () => {
  const store = new MemoryStore()
  const { sources, rule } = world(store)
  const r = rule('r')
  await r.start(LAG)
  sources[0]?.push([{ a: 1 }], 1)
  await settle()
  await r.stop()
  store.putPiece('checkpoint', '1 r', 0, Uint8Array.of(99))
  await r.start(LAG)
  await settle()
  expect(r.state).toBe('stopped by error')
  expect(r.lastError).toContain('the state is damaged')
})

test('when the disk is full the rule goes on, status and log say so, and the sources are told later', async () => {
  const store = new MemoryStore()
  const { sources, sinks, rule, clock, log } = world(store)
  const r = rule('r')
  await r.start(LAG)
  const putPiece = store.putPiece.bind(store)
  store.putPiece = () => {
    throw new PlutinoError('system', 'no room on the disk')
  }
  sources[0]?.push([{ a: 1 }], 1)
  await clock.advance(500)
  expect(log.of('error')).toEqual(['the state could not be saved: no room on the disk'])
  sources[0]?.push([{ a: 2 }], 2)
  await clock.advance(500)
  expect(sinks[0]?.written).toEqual([{ a: 1 }, { a: 2, p: 1 }])
  expect(sources[0]?.committed).toEqual([])
  store.putPiece = putPiece
  await clock.advance(10_000)
  expect(sources[0]?.committed).toEqual([2])
  expect(r.status()).toMatchObject({
    checkpoint_saved_total: expect.any(Number),
    checkpoint_exceptions_total: 1,
    checkpoint_last_exception: 'the state could not be saved: no room on the disk',
  })
  expect(r.status()['checkpoint_saved_total']).toBeGreaterThan(0)
  expect(r.errorCount).toBe(1)
  expect(clock.pending).toBeLessThan(5)
})

test('a state from before a restart that lost the clock does not hold windows back: what was open ends, and time goes on', async () => {
  const store = new MemoryStore()
  const windows = spec('r', 'SELECT collect(a) AS l FROM demo GROUP BY TUMBLINGWINDOW(ss, 10)', QOS)
  const before = world(store)
  before.clock.set(30 * 86_400_000)
  const first = before.rule('r')
  await first.start(windows)
  before.sources[0]?.push([{ a: 1 }], 1)
  await settle()
  await first.stop()
  const after = world(store)
  await after.rule('r').start(windows)
  await settle()
  expect(after.sinks[0]?.written).toEqual([{ l: [1] }])
  after.sources[0]?.push([{ a: 2 }], 2)
  await after.clock.advance(10_000)
  expect(after.sinks[0]?.written).toEqual([{ l: [1] }, { l: [2] }])
})
