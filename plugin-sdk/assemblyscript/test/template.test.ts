import { afterAll, beforeAll, expect, test } from 'vitest'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createPlugin } from '../../build/create.ts'
import { packPlugin, type PackedPlugin } from '../build/pack.ts'
import { runPlugin } from '../testing/host.ts'
import { unzip } from '../testing/unzip.ts'

let root: string

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'plutino-template-'))
})
afterAll(() => rm(root, { recursive: true }))

async function packNew(kind: 'sink' | 'source' | 'function' | 'aggregate', name: string): Promise<PackedPlugin> {
  await createPlugin(kind, path.join(root, name))
  return packPlugin(path.join(root, name))
}

test('the sink template builds under its new name and writes rows to the log', async () => {
  const packed = await packNew('sink', 'my-sink')
  expect([...(await unzip(packed.zip)).keys()]).toStrictEqual(['my-sink.json', 'my-sink@v1.0.0.wasm'])
  const lines: unknown[] = []
  const plugin = runPlugin(packed.core, { 'log.log': (_, line) => lines.push(line), 'state.increment': (_, by) => by })
  expect(plugin.call('sink.configure', '{"prefix":"p"}')).toStrictEqual({ tag: 'ok', val: 'rows' })
  plugin.call('sink.open')
  plugin.call('sink.collect', { tag: 'rows', val: { columns: ['a', 'b'], rows: [[{ tag: 'int', val: 1n }, { tag: 'null' }]] } }, undefined)
  expect(lines).toStrictEqual(['p sink is ready', 'p a=1 b=null'])
})

test('the source template counts on from an offset, in its own time', async () => {
  const packed = await packNew('source', 'counter')
  const [slept, now] = [new Array<unknown>(), { ms: 5n }]
  const sleep = (ms: unknown): void => {
    slept.push(ms)
    now.ms += BigInt(String(ms))
  }
  const plugin = runPlugin(packed.core, {
    'log.log': () => undefined,
    'clock.now': () => now.ms,
    'clock.sleep': (ms) => {
      sleep(ms)
      return undefined
    },
  })
  plugin.call('source.configure', 'topic', '{"step":2,"interval":100}')
  plugin.call('source.open', '10')
  const collected = (text: string | undefined, offset: string | undefined): unknown => ({
    tag: 'ok',
    val: {
      batch: { tag: 'encoded', val: text === undefined ? [] : [new TextEncoder().encode(text)] },
      timestamps: [],
      meta: undefined,
      offset,
      end: false,
    },
  })
  expect(plugin.call('source.collect', 100, 1000)).toStrictEqual(collected('{"count":10}', '12'))
  expect(plugin.call('source.collect', 100, 30)).toStrictEqual(collected(undefined, undefined))
  expect(plugin.call('source.collect', 100, 1000)).toStrictEqual(collected('{"count":12}', '14'))
  expect(slept).toStrictEqual([30, 70])
})

const results = (values: unknown): unknown => ({ tag: 'ok', val: { values, failures: [] } })

test('the function template has functions of texts and of numbers', async () => {
  const packed = await packNew('function', 'texts')
  const plugin = runPlugin(packed.core, { 'log.log': () => undefined })
  expect(plugin.call('scalar.functions')).toMatchObject([{ name: 'slug' }, { name: 'distance' }])
  expect(plugin.call('scalar.exec', 0, 0, 1, [{ tag: 'texts', val: [' Hello World '] }])).toStrictEqual(
    results({ tag: 'texts', val: ['hello-world'] }),
  )
  const [x, y] = [
    { tag: 'floats', val: [3] },
    { tag: 'floats', val: [4] },
  ]
  expect(plugin.call('scalar.exec', 1, 0, 1, [x, y])).toStrictEqual(results({ tag: 'floats', val: [5] }))
})

test('the aggregate template keeps groups', async () => {
  const packed = await packNew('aggregate', 'numbers')
  const plugin = runPlugin(packed.core, { 'log.log': () => undefined })
  plugin.call('aggregate.add', 0, 0, [7, 7, 7], [{ tag: 'floats', val: [3, 1, 2] }])
  expect(plugin.call('aggregate.finish', 0, 0, [7])).toStrictEqual(results({ tag: 'values', val: [{ tag: 'float', val: 2 }] }))
})

test('a new plugin never overwrites a folder and needs a proper name', async () => {
  await expect(createPlugin('sink', root)).rejects.toThrow(/exists already|cannot be the name/)
  await expect(createPlugin('sink', path.join(root, '1x'))).rejects.toThrow('"1x" cannot be the name of a plugin')
})

test('editors find the SDK from the folder of the plugin', async () => {
  await createPlugin('sink', path.join(root, 'edited'))
  const text = await readFile(path.join(root, 'edited/assembly/tsconfig.json'), 'utf8')
  const found = path.resolve(root, 'edited/assembly', /"plutino": \["([^"]+)"\]/.exec(text)?.[1] ?? '')
  expect(await readFile(found, 'utf8')).toContain('export * from "./json"')
})
