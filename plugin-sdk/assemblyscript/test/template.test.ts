import { afterAll, beforeAll, expect, test } from 'vitest'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createPlugin } from '../build/create.ts'
import { packPlugin, type PackedPlugin } from '../build/pack.ts'
import { runPlugin } from '../testing/host.ts'
import { unzip } from '../testing/unzip.ts'

let root: string

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'plutino-template-'))
})
afterAll(() => rm(root, { recursive: true }))

async function packNew(kind: 'sink' | 'source' | 'function', name: string): Promise<PackedPlugin> {
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
  plugin.call('sink.collect', { tag: 'rows', val: { columns: ['a', 'b'], rows: [[{ tag: 'int', val: 1n }, { tag: 'null' }]] } })
  expect(lines).toStrictEqual(['p sink is ready', 'p a=1 b=null'])
})

test('the source template counts on from an offset', async () => {
  const packed = await packNew('source', 'counter')
  const plugin = runPlugin(packed.core, { 'log.log': () => undefined, 'clock.now': () => 5n })
  plugin.call('source.configure', 'topic', '{"step":2}')
  plugin.call('source.open', '10')
  expect(plugin.call('source.collect', 100, 1000)).toStrictEqual({
    tag: 'ok',
    val: [{ payload: { tag: 'json', val: '{"count":12}' }, timestamp: 5n, meta: [['topic', { tag: 'text', val: 'topic' }]], offset: '12' }],
  })
})

test('the function template has a scalar and an aggregate function', async () => {
  const packed = await packNew('function', 'texts')
  const plugin = runPlugin(packed.core, { 'log.log': () => undefined })
  expect(plugin.call('function.exec', 0, [{ tag: 'text', val: ' Hello World ' }])).toStrictEqual({
    tag: 'ok',
    val: { tag: 'text', val: 'hello-world' },
  })
  expect(plugin.call('function.aggregate', 1, [{ tag: 'floats', val: [3, 1, 2] }])).toStrictEqual({
    tag: 'ok',
    val: { tag: 'float', val: 2 },
  })
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
