import { expect, test } from 'vitest'
import { PlutinoError } from '../../../src/base/errors.ts'
import { MemoryStore } from '../../../src/store/memory.ts'
import { type HandSource, settle } from '../../support/engine-fakes.ts'
import { spec, world } from '../../support/engine-world.ts'
import type { FakeClock } from '../../support/fake-clock.ts'

const KEEPING = { keepsState: true }
/** Seconds after which what was read is saved. */
const SAVED = 2
const plain = (id: string, qos = 1) => spec(id, 'SELECT a FROM demo', { shared: true, options: { qos } })

/** Starts rules on the shared stream, with what a server before has left in the store. */
async function started(store: MemoryStore, ids: readonly string[], qos = 1) {
  const engine = world(store, KEEPING)
  const rules = ids.map((id) => engine.rule(id))
  for (const [i, rule] of rules.entries()) await rule.start(plain(ids[i] ?? '', qos))
  await settle()
  const [source] = engine.sources
  if (source === undefined) throw new Error('no source')
  return { ...engine, source, rules }
}

/** Writing into the store takes some turns of the event loop. */
async function pass(clock: FakeClock, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    await clock.advance(1_000)
    await settle()
  }
}

/** The source has this in its memory. */
function remember(source: HandSource, memory: () => string): void {
  source.checkpoint = async () => source.state?.set('memory', memory())
}

test.each([0, 1])(
  'a shared stream goes on behind what its rules are done with, with the state of that moment, with qos %i',
  async (qos) => {
    const store = new MemoryStore()
    const { source, sinks, clock } = await started(store, ['r', 's'], qos)
    let memory = 'after 2'
    remember(source, () => memory)
    source.push([{ a: 1 }, { a: 2 }], 2)
    await pass(clock, SAVED)
    // One of the rules is not done with this.
    const { promise, resolve } = Promise.withResolvers<void>()
    const [first] = sinks
    if (first !== undefined) first.before = () => promise
    memory = 'after 3'
    source.push([{ a: 3 }], 3)
    await pass(clock, SAVED)
    memory = 'after 4'
    source.push([{ a: 4 }], 4)
    await pass(clock, SAVED)
    const early = await started(store, ['r', 's'], qos)
    expect(early.source.from).toBe(2)
    expect(early.source.state?.get('memory')).toBe('after 2')
    resolve()
    await pass(clock, 60)
    const late = await started(store, ['s'], qos)
    expect(late.source.from).toBe(4)
    expect(late.source.state?.get('memory')).toBe('after 4')
  },
)

test('a stop of all rules together saves what the source has reached, and reads no rows that a rule would miss', async () => {
  const store = new MemoryStore()
  const { source, sinks, rules, clock } = await started(store, ['r', 's'])
  const saving = Promise.withResolvers<void>()
  source.checkpoint = () => saving.promise
  source.push([{ a: 1 }], 1)
  await settle()
  const stopped = Promise.all(rules.map((rule) => rule.stop()))
  await settle()
  expect(source.wanted).toBe(false)
  source.push([{ a: 2 }], 2)
  saving.resolve()
  await clock.advance(100)
  await stopped
  expect(sinks.map(({ written }) => written)).toEqual([[{ a: 1 }], [{ a: 1 }]])
  expect((await started(store, ['r', 's'])).source.from).toBe(1)
})

test('a rule that leaves lets the source go on for the others', async () => {
  const { source, sinks, rules, clock } = await started(new MemoryStore(), ['r', 's'])
  await rules[0]?.stop()
  source.push([{ a: 1 }], 1)
  await clock.advance(100)
  expect(sinks.map(({ written }) => written.length)).toEqual([0, 1])
})

test('a source that cannot save its memory is read on, the one saved before counts, and it is tried again', async () => {
  const store = new MemoryStore()
  const { source, sinks, log, clock } = await started(store, ['r'])
  source.push([{ a: 1 }], 1)
  await pass(clock, SAVED)
  source.checkpoint = () => Promise.reject(new PlutinoError('plugin_failed', 'not now'))
  source.push([{ a: 2 }], 2)
  await pass(clock, 5 * SAVED)
  expect(log.of('error')).toEqual([expect.stringMatching(/^where the stream goes on could not be saved: not now/)])
  expect(sinks[0]?.written).toHaveLength(2)
  expect((await started(store, ['r'])).source.from).toBe(1)
  source.checkpoint = async () => {}
  await pass(clock, 10 * SAVED)
  expect((await started(store, ['r'])).source.from).toBe(2)
})

test('a state that takes long to save is saved more seldom', async () => {
  const { source, clock } = await started(new MemoryStore(), ['r'])
  let saves = 0
  source.checkpoint = async () => {
    saves++
    await clock.sleep(3_000)
  }
  for (let i = 1; i <= 60; i++) {
    source.push([{ a: i }], i)
    await pass(clock, 1)
  }
  expect(saves).toBe(2)
})

test('a source that does not come to rest does not hold up the end of its rule', async () => {
  const store = new MemoryStore()
  const { source, rules, clock } = await started(store, ['r'])
  source.push([{ a: 1 }], 1)
  await pass(clock, SAVED)
  source.checkpoint = () => new Promise(() => {})
  source.push([{ a: 2 }], 2)
  const stopped = rules[0]?.stop()
  await pass(clock, 5)
  await stopped
  expect(rules[0]?.state).toBe('stopped')
  expect((await started(store, ['r'])).source.from).toBe(1)
})

test('a stream that was dropped or defined otherwise begins anew', async () => {
  const store = new MemoryStore()
  const { source, clock, forgetStream } = await started(store, ['r'])
  source.push([{ a: 1 }], 1)
  await pass(clock, SAVED)
  expect((await started(store, ['r'])).source.from).toBe(1)
  const changed = plain('r')
  const other = world(store, KEEPING)
  await other.rule('r').start({ ...changed, streams: changed.streams.map((stream) => ({ ...stream, config: { datasource: 'other' } })) })
  await settle()
  expect(other.sources[0]?.from).toBeUndefined()
  source.push([{ a: 2 }], 2)
  await pass(clock, 5 * SAVED)
  expect((await started(store, ['r'])).source.from).toBe(2)
  forgetStream('demo')
  expect((await started(store, ['r'])).source.from).toBeUndefined()
})
