import { beforeAll, expect, test } from 'vitest'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { packPlugin, type PackedPlugin } from '../../../plugin-sdk/assemblyscript/build/pack.ts'
import { recorded, sourceSums } from '../../../plugin-sdk/assemblyscript/build/prebuilt.ts'
import { unzip } from '../../../plugin-sdk/assemblyscript/testing/unzip.ts'

const folder = path.join(import.meta.dirname, '..')
let rebuilt: PackedPlugin

beforeAll(async () => {
  rebuilt = await packPlugin(folder)
})

test('the committed zip is what the sources give: run `npm run plugins` when this fails', async () => {
  expect(await recorded(path.join(folder, 'prebuilt'))).toBe(await sourceSums(folder))
  const committed = await unzip(await readFile(path.join(folder, 'prebuilt', 'mysql.zip')))
  expect([...committed.keys()]).toStrictEqual(['mysql.json', 'mysql@v1.0.0.wasm'])
  for (const [name, content] of rebuilt.files) expect(Buffer.compare(committed.get(name) ?? new Uint8Array(), content), name).toBe(0)
})

test('the component imports what it needs and no more', () => {
  const modules = WebAssembly.Module.imports(new WebAssembly.Module(new Uint8Array(rebuilt.core))).map((each) => each.module)
  expect(new Set(modules)).toStrictEqual(new Set(['plutino:plugin/db@1.0.0', 'plutino:plugin/log@1.0.0']))
})
