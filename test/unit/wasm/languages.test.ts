import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Contribution, SinkDefinition } from '../../../src/api/definition.ts'
import type { PluginHost } from '../../../src/api/plugin.ts'
import type { SourceBatch } from '../../../src/api/source.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { PlutinoError } from '../../../src/base/errors.ts'
import type { Cell } from '../../../src/data/value.ts'
import { prebuiltContract } from '../../contract/prebuilt.ts'
import { sinkContract } from '../../contract/sink.ts'
import { sourceContract } from '../../contract/source.ts'
import { functionOf, sourceOf } from '../../support/built-plugins.ts'
import { testContext } from '../../support/context.ts'
import { passTime } from '../../support/passing-time.ts'
import { built, probeOf } from '../../support/plugin-zips.ts'
import { rowsOf, testHost } from '../../support/plugins.ts'

/** Sources, sinks and functions of one guest for each language behave alike, and as built-ins do. */
const LANGUAGES = [
  { name: 'Rust', folder: 'rust', panics: /src[/\\]numbers\.rs:\d+/, crashes: /src[/\\]functions\.rs:\d+/ },
  // Its megabyte is not kept in the repository: it is tested where it has just been built.
  ...(built ? [{ name: 'Go', folder: 'tinygo', panics: /numbers\.go:\d+/, crashes: /functions\.go:\d+/ } as const] : []),
] as const

prebuiltContract(path.join(import.meta.dirname, '../../../plugin-sdk/rust/test/guests/probe'))

const textOf = ({ payloads }: SourceBatch, i: number): string =>
  payloads === undefined ? '' : payloads.bytes.toString('utf8', payloads.starts[i], payloads.ends[i])
const numberOf = (batch: SourceBatch, i: number): number => Number(JSON.parse(textOf(batch, i)).n)

function sinkOf(contributions: readonly Contribution[]): SinkDefinition {
  const found = contributions.find((one) => one.kind === 'sink')
  if (found?.kind !== 'sink') throw new Error('no sink')
  return found
}

describe.each(LANGUAGES)('a plugin in $name', ({ name, folder, panics, crashes }) => {
  let host: PluginHost
  let probe: readonly Contribution[]
  beforeAll(async () => {
    // time of tests runs faster than that of a guest
    host = testHost({ clock: systemClock, limits: { callMs: 1e9, waitMs: 1e9 } })
    probe = (await probeOf(host, folder)) ?? []
  }, 60_000)
  afterAll(() => host.close())

  sourceContract(`a source in ${name}`, async () => {
    const { ctx, stop } = passTime(testContext())
    return {
      source: sourceOf(probe).create({ total: 100 }),
      ctx,
      feed: () => {},
      numberOf,
      committed: () => {
        const stored = ctx.state.get('plugin/committed')
        return stored instanceof Uint8Array ? Number(Buffer.from(stored).readBigInt64LE(1)) : 0
      },
      cleanup: async () => stop(),
    }
  })

  sinkContract(`a sink in ${name}`, async () => {
    const ctx = testContext()
    return {
      sink: sinkOf(probe).create({}),
      ctx,
      received: () =>
        ctx.log
          .of('info')
          .flatMap((line) => /^received (.*)$/.exec(line)?.[1]?.split(',') ?? [])
          .filter((text) => text !== '')
          .map(Number),
      cleanup: async () => {},
    }
  })

  test('a source goes on behind what was committed', async () => {
    const { ctx, stop } = passTime(testContext())
    const source = sourceOf(probe).create({ total: 30 })
    await source.connect(ctx, '20')
    const batch = await source.read(5, ctx)
    expect(batch === undefined ? [] : [numberOf(batch, batch.from), batch.length - batch.from, batch.offset]).toEqual([20, 5, '25'])
    await source.close()
    await expect(sourceOf(probe).create({ total: -1 }).connect(ctx)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('total: expected 0 or more'),
    })
    await expect(source.connect(ctx, 'here')).rejects.toMatchObject({ message: expect.stringContaining('here is no offset') })
    stop()
  })

  test('the panic of a source is in the log with file and line; a new instance goes on behind the last message', async () => {
    const { ctx, stop } = passTime(testContext())
    const source = sourceOf(probe).create({ total: 30, panic: 1 })
    await source.connect(ctx)
    const first = await source.read(10, ctx)
    expect(first?.length).toBe(10)
    await expect(source.read(10, ctx)).rejects.toMatchObject({
      code: 'plugin_failed',
      message: expect.stringContaining('the guest was told to, at 10'),
    })
    expect(ctx.log.of('error').join('\n')).toMatch(panics)
    expect(ctx.log.of('error').join('\n')).toContain('the guest was told to, at 10')
    await source.connect(ctx)
    const next = await source.read(10, ctx)
    expect(next === undefined ? -1 : numberOf(next, next.from)).toBe(10)
    await source.close()
    stop()
  })

  test('the panic of a function is the error of its rows, is in the log with file and line, and the next batch is computed', async () => {
    const crash = functionOf(probe, 'crash')
    if (crash.kind !== 'batch') throw new Error('no batch function')
    const ctx = testContext(systemClock)
    const opened = await crash.openBatch({ place: 0, args: [{ expression: 'a' }] }, ctx)
    const errors = await opened.call([['a'], ['boom'], ['b']])
    expect(errors.every((one) => one instanceof PlutinoError && one.message.includes('the guest was told to: boom'))).toBe(true)
    expect(ctx.log.of('error').join('\n')).toMatch(crashes)
    expect(await opened.call([['c'], ['é']])).toEqual(['c', 'é'])
  })

  test('functions over whole columns', async () => {
    const call = async (fn: string, rows: readonly (readonly (number | string)[])[]): Promise<readonly unknown[]> => {
      const found = functionOf(probe, fn)
      if (found.kind !== 'batch') throw new Error('no batch function')
      const args = (rows[0] ?? []).map(() => ({ expression: 'a' }))
      return (await found.openBatch({ place: 0, args }, testContext(systemClock))).call(rows)
    }
    expect(
      await call('norm4', [
        [2, 2, 2, 2],
        [1, 1, 1, -1],
      ]),
    ).toEqual([4, 2])
    expect(await call('shout', [['höhe'], ['']])).toEqual(['HÖHE', ''])
  })
})

/** What the SDK for Go gives is in pieces of memory that several values share. */
describe.skipIf(!built)('what a plugin in Go keeps beyond the call', () => {
  let host: PluginHost
  let probe: readonly Contribution[]
  beforeAll(async () => {
    host = testHost({ clock: systemClock, limits: { callMs: 1e9, waitMs: 1e9 } })
    probe = (await probeOf(host, 'tinygo')) ?? []
  }, 60_000)
  afterAll(() => host.close())

  const open = async (name: string): Promise<(column: readonly Cell[]) => Promise<readonly unknown[]>> => {
    const found = functionOf(probe, name)
    if (found.kind !== 'batch') throw new Error('no batch function')
    const opened = await found.openBatch({ place: 0, args: [{ expression: 'a' }] }, testContext(systemClock))
    return async (column) => opened.call(column.map((cell) => [cell]))
  }
  /** Empty, short and long ones. Some batches fit into the memory that the plugin begins with, which the next then gets; others do not. */
  const texts = (round: number): string[] =>
    Array.from({ length: round % 3 === 2 ? 3000 : 300 }, (_, i) => `${round}/${i} ü `.repeat(i % 7 === 0 ? i % 60 : i % 5))

  test('texts', async () => {
    const recite = await open('reciteTexts')
    const first = texts(0)
    for (let round = 0; round < 12; round++) expect((await recite(texts(round))).slice(0, 300)).toEqual(first)
  })

  test('values of every kind', async () => {
    const recite = await open('reciteValues')
    const values = (round: number): Cell[] =>
      texts(round).map(
        (text, i) =>
          [text, i * 1000 + round, i + 0.5 + round, i % 2 === round % 2, null, new Date(i + round), [text, round]][i % 7] ?? null,
      )
    const shown = values(0).map((value) => {
      if (typeof value === 'string') return `string ${value}`
      if (typeof value === 'number') return `${Number.isInteger(value) ? 'int64' : 'float64'} ${value}`
      if (typeof value === 'boolean') return `bool ${value}`
      if (value instanceof Date) return `abi.ValueTimestamp ${value.getTime()}`
      return value === null ? '<nil> <nil>' : `abi.ValueJson ${JSON.stringify(value)}`
    })
    for (let round = 0; round < 12; round++) expect((await recite(values(round))).slice(0, 300)).toEqual(shown)
  })

  test('rows, which grow by themselves', async () => {
    const ctx = testContext()
    const sink = sinkOf(probe).create({ keep: true })
    await sink.connect(ctx)
    await sink.write(rowsOf([1, 'a'], [2, 'b']), ctx)
    await sink.write(rowsOf([3, 'c'], [4, 'd'], [5, 'e']), ctx)
    await sink.close()
    expect(ctx.log.of('info').at(-1)).toContain('kept [[1 a end] [2 b end] [3 c end] [4 d end] [5 e end]]')
  })
})
