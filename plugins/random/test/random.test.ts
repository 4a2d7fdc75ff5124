import { beforeAll, expect, test } from 'vitest'
import path from 'node:path'
import { buildPlugin, type BuiltPlugin } from '../../../plugin-sdk/assemblyscript/build/build.ts'
import { runPlugin, type TestPlugin } from '../../../plugin-sdk/assemblyscript/testing/host.ts'

let built: BuiltPlugin
beforeAll(async () => {
  built = await buildPlugin(path.join(import.meta.dirname, '..'))
})

interface Answer {
  readonly tag: string
  readonly val: {
    readonly batch: {
      readonly tag: string
      readonly val: { readonly columns: readonly string[]; readonly rows: readonly (readonly { val: bigint }[])[] }
    }
    readonly end: boolean
  }
}

interface Made {
  readonly rows: readonly (readonly bigint[])[]
  readonly columns: readonly string[]
  readonly end: boolean
}

class Random {
  readonly slept: number[] = []
  readonly #plugin: TestPlugin
  #now = 1000n

  constructor(config: object) {
    this.#plugin = runPlugin(built.core, {
      'log.log': () => undefined,
      'clock.now': () => this.#now,
      'clock.sleep': (ms) => {
        this.slept.push(Number(ms))
        this.#now += BigInt(Number(ms))
        return undefined
      },
      'random.next': () => 42n,
    })
    expect(this.#plugin.call('source.configure', '', JSON.stringify(config))).toMatchObject({ tag: 'ok' })
    expect(this.#plugin.call('source.open', undefined)).toMatchObject({ tag: 'ok' })
  }

  collect(max = 10, wait = 5000): Made {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the form of the WIT's messages with rows
    const { val } = this.#plugin.call('source.collect', max, wait) as Answer
    if (val.batch.tag !== 'rows') return { rows: [], columns: [], end: val.end }
    const { columns, rows } = val.batch.val
    return { rows: rows.map((row) => row.map((cell) => cell.val)), columns, end: val.end }
  }
}

test('one row when it is due, the first at once', () => {
  const source = new Random({ interval: 100, pattern: { count: 50, other: -7 } })
  expect(source.collect()).toEqual({ rows: [[50n, -7n]], columns: ['count', 'other'], end: false })
  expect(source.slept).toEqual([])
  expect(source.collect(10, 30).rows).toEqual([])
  expect(source.collect().rows).toEqual([[50n, -7n]])
  expect(source.slept).toEqual([30, 70])
})

test('numbers lie between the pattern and the pattern plus the seed', () => {
  const { rows } = new Random({ interval: 0, seed: 10, pattern: { n: 5 } }).collect(1000)
  expect(rows).toHaveLength(1000)
  const seen = new Set(rows.flat().map(Number))
  expect([...seen].toSorted((a, b) => a - b)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
})

test('rows that were there before are left out, when that is wanted', () => {
  expect(new Random({ interval: 0, seed: 3, deduplicate: -1 }).collect(1000).rows).toHaveLength(3)
  expect(new Random({ interval: 0, seed: 1, deduplicate: 0 }).collect(1000).rows).toHaveLength(1000)
  const next = new Random({ interval: 0, seed: 3, deduplicate: 1 }).collect(1000).rows.flat()
  expect(next.length).toBeGreaterThan(100)
  expect(next.every((value, i) => value !== next[i - 1])).toBe(true)
})

test('it ends after as many rows as it is told', () => {
  const source = new Random({ interval: 0, count: 15 })
  expect(source.collect()).toMatchObject({ end: false, rows: { length: 10 } })
  expect(source.collect()).toMatchObject({ end: true, rows: { length: 5 } })
})

test('a configuration that makes no sense is refused', () => {
  const plugin = runPlugin(built.core, { 'log.log': () => undefined })
  expect(plugin.call('source.configure', '', '{"seed":0}')).toMatchObject({
    tag: 'err',
    val: { kind: 'invalid', message: 'seed: expected at least 1, got 0' },
  })
  expect(plugin.call('source.configure', '', '{')).toMatchObject({ tag: 'err', val: { kind: 'invalid' } })
})
