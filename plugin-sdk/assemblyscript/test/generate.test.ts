import { expect, test } from 'vitest'
import { readdir, readFile } from 'node:fs/promises'
import { generate } from '../generate/generate.ts'

const folder = new URL('../assembly/generated/', import.meta.url)
const wit = (): Promise<string> => readFile(new URL('../../../wit/plugin.wit', import.meta.url), 'utf8')

test('the committed files are what the WIT gives: run plugin-sdk/assemblyscript/generate/main.ts when this fails', async () => {
  const files = generate(await wit())
  expect((await readdir(folder)).toSorted()).toStrictEqual([...files.keys()].toSorted())
  for (const [name, text] of files) expect(await readFile(new URL(name, folder), 'utf8'), name).toBe(text)
})

test('doc comments of the WIT stand above the classes', async () => {
  const files = generate(await wit())
  expect(files.get('types.ts')).toContain(
    '/** One SQL value. Arrays and objects travel as JSON text: WIT has no recursive types. */\n@final export class Value {',
  )
  expect(files.get('host.ts')).toContain(
    '  /** Adds to an int (0 when absent) and gives the new value; a trap when the key holds something else. */\n  static increment(key: string, by: i64): i64 {',
  )
})

test('every kind of plugin has its glue, with the names that the component model asks for', async () => {
  const files = generate(await wit())
  const exports: unknown = JSON.parse(files.get('exports.json') ?? '')
  expect(exports).toMatchObject({
    source: { names: { source_collect: 'plutino:plugin/source@1.0.0#collect' } },
    sink: {
      names: { sink_open_post: 'cabi_post_plutino:plugin/sink@1.0.0#open' },
      signatures: expect.arrayContaining(['collect(batch: Batch, properties: RowBatch | null): PluginError | null']),
    },
    function: { names: { scalar_exec: 'plutino:plugin/scalar@1.0.0#exec' } },
    aggregate: { names: { aggregate_add: 'plutino:plugin/aggregate@1.0.0#add' } },
    checkpoint: { names: { checkpoint_restore: 'plutino:plugin/checkpoint@1.0.0#restore' } },
  })
})

const world = 'world x-plugin { import a; export b; }'

test.each([
  [`package a:b; interface a {} interface b { f: func(x: tuple<u8, u8, u8>); } ${world}`, 'only tuples of two'],
  [`package a:b; interface a {} interface b { f: func(x: option<option<u8>>); } ${world}`, 'an option in an option'],
  [
    `package a:b; interface a { record r { x: u8 } } interface b { record r { y: u8 } } ${world}`,
    'two types of the WIT would get the class R',
  ],
  [`package a:b; interface a {} ${world}`, 'world x-plugin names the interface b'],
])('a WIT that has no form in AssemblyScript is refused: %s', (text, message) => {
  expect(() => generate(text)).toThrow(message)
})
