import { expect, test } from 'vitest'
import { defineFunction, type FunctionDefinition } from '../../../src/api/definition.ts'
import { PlutinoError } from '../../../src/base/errors.ts'
import type { Value } from '../../../src/data/value.ts'
import { MemoryStore } from '../../../src/store/memory.ts'
import { type HandSink, type HandSource, settle } from '../../support/engine-fakes.ts'
import { spec, world } from '../../support/engine-world.ts'

const INTERVAL = 10_000
const QOS = { options: { qos: 1, checkpointInterval: INTERVAL } }
const KEEPING = { keepsState: true }
/** A statement that keeps nothing. */
const PLAIN = spec('r', 'SELECT a FROM demo', QOS)

/** The node has this in its memory, which a checkpoint puts into its state. */
function remember(node: HandSource | HandSink | undefined, memory: () => Value): void {
  if (node === undefined) throw new Error('no node')
  node.checkpoint = async () => node.state?.set('memory', memory())
}

const refuse = (): Promise<void> => Promise.reject(new PlutinoError('plugin_failed', 'not now'))

test('what sources and sinks keep in memory goes into the checkpoint with the offset, and into the next life', async () => {
  const store = new MemoryStore()
  const before = world(store, KEEPING)
  await before.rule('r').start(PLAIN)
  await settle()
  const [source] = before.sources
  const [sink] = before.sinks
  remember(source, () => 'after 2')
  remember(sink, () => sink?.written.length ?? 0)
  source?.push([{ a: 1 }, { a: 2 }], 2)
  await before.clock.advance(100)
  expect(source?.committed).toEqual([2])
  source?.push([{ a: 3 }], 3)
  await settle()
  expect(sink?.written).toHaveLength(3)
  const after = world(store, KEEPING)
  await after.rule('r').start(PLAIN)
  await settle()
  expect(after.sources[0]?.from).toBe(2)
  expect(after.sources[0]?.state?.get('memory')).toBe('after 2')
  expect(after.sinks[0]?.state?.get('memory')).toBe(2)
})

test('a source stands between two batches while the state is taken, also one that waits for messages', async () => {
  const { sources, rule, clock } = world(new MemoryStore(), KEEPING)
  await rule('r').start(PLAIN)
  await settle()
  const [source] = sources
  const { promise, resolve } = Promise.withResolvers<void>()
  const seen: boolean[] = []
  if (source !== undefined)
    source.checkpoint = () => {
      seen.push(source.wanted)
      return promise
    }
  source?.push([{ a: 1 }], 1)
  await clock.advance(100)
  expect(seen).toEqual([false])
  expect(source?.wanted).toBe(false)
  resolve()
  await settle()
  expect(source?.committed).toEqual([1])
  expect(source?.wanted).toBe(true)
})

test('the memory of a sink is saved when it has written everything that came before, and no more', async () => {
  const { sources, sinks, rule, clock } = world(new MemoryStore(), KEEPING)
  await rule('r').start(
    spec('r', 'SELECT a, lag(a) AS p FROM demo', { ...QOS, options: { ...QOS.options, checkpointInterval: 1_000_000 } }),
  )
  await settle()
  const [source] = sources
  const [sink] = sinks
  if (sink === undefined) throw new Error('no sink')
  const { promise, resolve } = Promise.withResolvers<void>()
  sink.before = () => promise
  const saved: number[] = []
  sink.checkpoint = async () => void saved.push(sink.written.length)
  source?.push([{ a: 1 }], 1)
  await clock.advance(100)
  source?.push([{ a: 2 }], 2)
  await settle()
  expect(saved).toEqual([])
  resolve()
  await settle()
  expect(saved).toEqual([1])
  await clock.advance(1_000)
  expect(source?.committed.at(-1)).toBe(2)
  expect(saved.at(-1)).toBe(2)
})

test.each(['source', 'sink'] as const)(
  'a %s that cannot save its memory fails the checkpoint: the rule goes on, and the one before counts',
  async (which) => {
    const store = new MemoryStore()
    const before = world(store, KEEPING)
    const rule = before.rule('r')
    await rule.start(PLAIN)
    await settle()
    const [source] = before.sources
    const [sink] = before.sinks
    source?.push([{ a: 1 }], 1)
    await before.clock.advance(100)
    expect(source?.committed).toEqual([1])
    const node = which === 'source' ? source : sink
    if (node === undefined) throw new Error('no node')
    node.checkpoint = refuse
    source?.push([{ a: 2 }], 2)
    await before.clock.advance(2_000)
    source?.push([{ a: 3 }], 3)
    await settle()
    expect(before.log.of('error')).toEqual([expect.stringMatching(/^the state could not be saved: not now/)])
    expect(rule.state).toBe('running')
    expect(sink?.written).toHaveLength(3)
    expect(source?.committed).toEqual([1])
    node.checkpoint = async () => {}
    await before.clock.advance(2 * INTERVAL)
    expect(source?.committed).toEqual([1, 3])
  },
)

test('a sink that cannot be reached fails the checkpoint at once, and holds nothing up', async () => {
  const { sources, sinks, rule, clock, log } = world(new MemoryStore(), KEEPING)
  await rule('r').start(PLAIN)
  await settle()
  const [source] = sources
  const [sink] = sinks
  if (sink === undefined) throw new Error('no sink')
  sink.before = () => {
    throw new PlutinoError('unavailable', 'gone')
  }
  source?.push([{ a: 1 }], 1)
  await clock.advance(200)
  expect(log.of('error').join('\n')).toMatch(/the state could not be saved: sink_keep_0 has not written/)
  expect(source?.wanted).toBe(true)
  sink.before = () => {}
  await clock.advance(60_000)
  expect(source?.committed).toEqual([1])
})

/** A function that counts its rows in memory. */
function counter(save: () => Promise<void> | undefined): FunctionDefinition {
  return defineFunction({
    name: 'counter',
    category: 'test',
    doc: 'How many rows there were.',
    examples: [],
    params: [{ name: 'value', type: 'any' }],
    returns: 'float',
    nulls: 'call',
    pure: false,
    keepsState: true,
    kind: 'batch',
    openBatch: async (_, { state }) => {
      let count = Number(state.get('count') ?? 0)
      return {
        call: async (rows) => rows.map(() => ++count),
        checkpoint: async () => {
          await save()
          state.set('count', count)
        },
      }
    },
  })
}

test('a function that keeps something in memory is saved too; where it cannot the rule goes on, and a restart goes back', async () => {
  const store = new MemoryStore()
  let fails = false
  const more = [counter(() => (fails ? refuse() : undefined))]
  const counted = spec('r', 'SELECT a, counter(a) AS n FROM demo', { ...QOS, functions: more })
  const before = world(store, { more })
  await before.rule('r').start(counted)
  await settle()
  before.sources[0]?.push([{ a: 1 }, { a: 2 }], 2)
  await before.clock.advance(100)
  expect(before.sources[0]?.committed).toEqual([2])
  fails = true
  before.sources[0]?.push([{ a: 3 }], 3)
  await before.clock.advance(2_000)
  expect(before.log.of('error')).toEqual([expect.stringMatching(/^the state could not be saved: not now/)])
  expect(before.sinks[0]?.written.at(-1)).toEqual({ a: 3, n: 3 })
  fails = false
  const after = world(store, { more })
  await after.rule('r').start(counted)
  await settle()
  expect(after.sources[0]?.from).toBe(2)
  after.sources[0]?.push([{ a: 3 }], 3)
  await settle()
  expect(after.sinks[0]?.written).toEqual([{ a: 3, n: 3 }])
})

test('with qos 0 the state of nodes outlives a stop, and is told of it; a new rule of the name begins without', async () => {
  const { sources, rule } = world(new MemoryStore(), KEEPING)
  const r = rule('r')
  const plain = spec('r', 'SELECT a FROM demo')
  await r.start(plain)
  await settle()
  remember(sources[0], () => 'kept')
  await r.stop()
  await r.start(plain)
  await settle()
  expect(sources[1]?.state?.get('memory')).toBe('kept')
  await r.stop()
  r.forget()
  await r.start(plain)
  await settle()
  expect(sources[2]?.state?.get('memory')).toBeUndefined()
})
