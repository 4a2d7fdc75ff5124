import { expect, test } from 'vitest'
import { PlutinoError } from '../../../src/base/errors.ts'
import { settle } from '../../support/engine-fakes.ts'
import { OPTIONS, spec, world } from '../../support/engine-world.ts'

test('a rule filters, projects and writes, and its status counts every node', async () => {
  const { sources, sinks, rule } = world()
  const r = rule('r')
  await r.start(spec('r', 'SELECT a * 2 AS b FROM demo WHERE a > 1'))
  sources[0]?.push([{ a: 1 }, { a: 2 }, { a: 3 }])
  await settle()
  expect(sinks[0]?.written).toEqual([{ b: 4 }, { b: 6 }])
  expect(r.status()).toMatchObject({
    status: 'running',
    message: '',
    source_demo_0_records_in_total: 3,
    op_2_filter_0_records_in_total: 3,
    op_2_filter_0_records_out_total: 2,
    op_3_project_0_records_in_total: 2,
    op_3_project_0_records_out_total: 2,
    op_keep_0_0_transform_0_records_in_total: 2,
    sink_keep_0_0_records_in_total: 2,
    sink_keep_0_0_connection_status: 1,
  })
  expect(r.topology()).toEqual({
    sources: ['source_demo'],
    edges: {
      source_demo: ['op_2_filter'],
      op_2_filter: ['op_3_project'],
      op_3_project: ['op_keep_0_0_transform'],
      op_keep_0_0_transform: ['op_keep_0_1_encode'],
      op_keep_0_1_encode: ['sink_keep_0'],
    },
  })
})

test('a bad row is counted at its node, and the next one is processed', async () => {
  const { sources, sinks, rule, log } = world()
  const r = rule('r')
  await r.start(spec('r', 'SELECT a % 0 AS x, a FROM demo WHERE a > 1'))
  await r.stop()
  const again = rule('r2')
  await again.start(spec('r2', 'SELECT 10 / cast(a, "bigint") AS x FROM demo WHERE length(b) >= 0'))
  sources[1]?.push([{ a: 0 }, { a: 5 }, { a: [1] }])
  await settle()
  expect(sinks[1]?.written).toEqual([{ x: 2 }])
  expect(again.errorCount).toBe(2)
  expect(again.status()).toMatchObject({ op_3_project_0_exceptions_total: 2, op_2_filter_0_exceptions_total: 0 })
  expect(again.lastError).toContain('cannot convert')
  expect(log.of('warn').some((line) => line.includes('divided by zero'))).toBe(true)
})

test('a stopped rule keeps its metrics and its message; starting again begins anew', async () => {
  const { sources, sinks, rule, clock } = world()
  const r = rule('r')
  const s = spec('r', 'SELECT a FROM demo')
  await r.start(s)
  sources[0]?.push([{ a: 1 }])
  await settle()
  await r.stop()
  expect(r.status()).toMatchObject({
    status: 'stopped',
    message: 'canceled manually',
    source_demo_0_records_in_total: 1,
    lastStopTimestamp: clock.now(),
  })
  expect(sources[0]?.closed).toBe(1)
  expect(sinks[0]?.closed).toBe(1)
  await r.start(s)
  expect(r.status()).toMatchObject({ status: 'running', message: '', source_demo_0_records_in_total: 0 })
})

test('what is in flight is written before a stop ends', async () => {
  const { sources, sinks, rule } = world()
  const r = rule('r')
  await r.start(spec('r', 'SELECT a FROM demo'))
  await settle()
  const held = Promise.withResolvers<void>()
  const sink = sinks[0]
  if (sink !== undefined) sink.before = () => held.promise
  sources[0]?.push([{ a: 1 }], 1)
  await settle()
  const stopped = r.stop()
  await settle()
  expect(sources[0]?.committed).toEqual([])
  held.resolve()
  await stopped
  expect(sink?.written).toEqual([{ a: 1 }])
  expect(sources[0]?.committed).toEqual([1])
})

test('a sink that hangs holds a stop no longer than the grace period, and its rows stay unacknowledged', async () => {
  const { clock, sources, sinks, rule } = world()
  const r = rule('r')
  await r.start(spec('r', 'SELECT a FROM demo'))
  await settle()
  const sink = sinks[0]
  if (sink !== undefined) sink.before = () => new Promise(() => {})
  sources[0]?.push([{ a: 1 }], 1)
  await settle()
  let ended = false
  const stopped = r.stop().then(() => (ended = true))
  await clock.advance(1_000)
  expect(ended).toBe(false)
  await clock.advance(1_000)
  await stopped
  expect(sources[0]?.committed).toEqual([])
})

test('the end of the input ends the rule as done, with everything written', async () => {
  const { sources, sinks, rule } = world()
  const r = rule('r')
  await r.start(spec('r', 'SELECT a FROM demo'))
  sources[0]?.push([{ a: 1 }])
  sources[0]?.end()
  await settle()
  await settle()
  expect(r.status()).toMatchObject({ status: 'stopped', message: 'done' })
  expect(sinks[0]?.written).toEqual([{ a: 1 }])
})

test('an error that no retry can help stops the rule with its text; the restart strategy starts it again', async () => {
  const { clock, sources, rule, log } = world()
  const r = rule('r')
  await r.start(spec('r', 'SELECT a FROM demo', { options: { restartStrategy: { ...OPTIONS.restartStrategy, attempts: 1 } } }))
  await settle()
  sources[0]?.fail(new PlutinoError('config_invalid', 'the folder does not exist'))
  await settle()
  await settle()
  expect(r.status()).toMatchObject({ status: 'stopped by error', message: 'the folder does not exist' })
  expect(log.of('error')).toEqual(['rule stopped by error: the folder does not exist'])
  await clock.advance(1_000)
  expect(r.state).toBe('running')
  sources[1]?.fail(new PlutinoError('config_invalid', 'still'))
  await settle()
  await clock.advance(60_000)
  expect(r.state).toBe('stopped by error')
  expect(sources).toHaveLength(2)
})

test('an action of an unknown kind stops the rule by error, nothing else', async () => {
  const { rule } = world()
  const r = rule('r')
  await r.start(spec('r', 'SELECT a FROM demo', { actions: [{ type: 'kept', config: {} }] }))
  await settle()
  expect(r.status()).toMatchObject({ status: 'stopped by error', message: expect.stringContaining('there is no sink of type "kept"') })
})

test('several actions get the same rows; one that fails does not hold the others back before its buffer is full', async () => {
  const { sources, sinks, rule } = world()
  const r = rule('r')
  await r.start(
    spec('r', 'SELECT a FROM demo', {
      actions: [
        { type: 'keep', config: { sendSingle: true } },
        { type: 'keep', config: { fields: ['a'] } },
      ],
    }),
  )
  await settle()
  const bad = sinks[1]
  if (bad !== undefined) {
    bad.before = () => {
      throw new PlutinoError('unavailable', 'gone')
    }
  }
  sources[0]?.push([{ a: 1 }])
  sources[0]?.push([{ a: 2 }])
  await settle()
  expect(sinks[0]?.written).toEqual([{ a: 1 }, { a: 2 }])
  expect(r.status()).toMatchObject({
    sink_keep_1_0_connection_status: -1,
    sink_keep_1_0_last_exception: 'gone',
    sink_keep_0_0_exceptions_total: 0,
  })
})

test('two rules on a shared stream have one source, which ends with the last of them', async () => {
  const { sources, sinks, rule } = world()
  const first = rule('first')
  const second = rule('second')
  await first.start(spec('first', 'SELECT a FROM demo', { shared: true }))
  await second.start(spec('second', 'SELECT b, a FROM demo WHERE b > 1', { shared: true }))
  expect(sources).toHaveLength(1)
  sources[0]?.push([{ a: 1, b: 2 }])
  await settle()
  expect([sinks[0]?.written, sinks[1]?.written]).toEqual([[{ a: 1 }], [{ b: 2, a: 1 }]])
  expect(second.status()).toMatchObject({ source_demo_0_records_in_total: 1 })
  await first.stop()
  expect(sources[0]?.closed).toBe(0)
  sources[0]?.push([{ a: 3, b: 4 }])
  await settle()
  expect(sinks[1]?.written).toEqual([
    { b: 2, a: 1 },
    { b: 4, a: 3 },
  ])
  await second.stop()
  expect(sources[0]?.closed).toBe(1)
})

test.each([{ actions: [{ type: 'keep', config: { bufferLength: 2 } }] }, { options: { bufferLength: 2 } }])(
  'a failing rule on a shared stream holds back neither the other nor the acknowledgement: %j',
  async (few) => {
    const { sources, sinks, rule } = world()
    await rule('good').start(spec('good', 'SELECT a FROM demo', { shared: true }))
    await rule('bad').start(spec('bad', 'SELECT a FROM demo', { shared: true, ...few }))
    await settle()
    const bad = sinks[1]
    if (bad !== undefined) {
      bad.before = () => {
        throw new PlutinoError('unavailable', 'gone')
      }
    }
    for (let i = 1; i <= 10; i++) {
      sources[0]?.push([{ a: i }], i)
      await settle()
    }
    expect(sinks[0]?.written).toHaveLength(10)
    expect(sources[0]?.committed.length).toBeGreaterThan(6)
  },
)

test('start on running and stop on stopped do nothing', async () => {
  const { sources, rule } = world()
  const r = rule('r')
  await r.stop()
  const s = spec('r', 'SELECT a FROM demo')
  await Promise.all([r.start(s), r.start(s)])
  expect(sources).toHaveLength(1)
})
