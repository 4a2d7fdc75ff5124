import { afterAll, beforeAll, expect, test } from 'vitest'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { componentWit } from '@bytecodealliance/jco'
import { buildPlugin } from '../build/build.ts'
import { packPlugin } from '../build/pack.ts'
import { BuildError } from '../build/project.ts'
import { runPlugin } from '../testing/host.ts'
import { unzip } from '../testing/unzip.ts'

let root: string
let count = 0

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'plutino-sdk-'))
})
afterAll(() => rm(root, { recursive: true }))

/** A folder with these files; the name of the plugin is `p`. */
async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  count += 1
  const at = path.join(root, String(count), 'p')
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(at, name)), { recursive: true })
    await writeFile(path.join(at, name), text)
  }
  return at
}

const MANIFEST = '{"version":"1.2.3"}'
const sink = (more = ''): string => `import { Batch, Form, PluginError, Result, RowBatch, ok } from "plutino";
export function configure(config: string): Result<Form, PluginError> { return ok<Form, PluginError>(Form.Rows); }
export function open(): PluginError | null { return null; }
export function collect(batch: Batch, properties: RowBatch | null): PluginError | null { ${more} return null; }
export function close(): void {}
`

async function failure(files: Readonly<Record<string, string>>): Promise<string> {
  const error: unknown = await buildPlugin(await folder(files)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof BuildError)) throw new Error(`a BuildError was expected, got ${String(error)}`)
  return error.message
}

test('a plugin is packed under its name and version, with manifest, configuration and etc, the same bytes each time', async () => {
  const files = { 'p.json': MANIFEST, 'p.yaml': 'default: {}\n', 'etc/a/b.txt': 'x', 'assembly/sink.ts': sink(), 'README.md': 'not packed' }
  const first = await packPlugin(await folder(files))
  const second = await packPlugin(await folder(files))
  expect(first).toMatchObject({ name: 'p', version: '1.2.3', kinds: ['sink'] })
  expect(Buffer.compare(first.zip, second.zip)).toBe(0)
  const unpacked = await unzip(first.zip)
  expect([...unpacked.keys()]).toStrictEqual(['etc/a/b.txt', 'p.json', 'p.yaml', 'p@v1.2.3.wasm'])
  expect(Buffer.from(unpacked.get('p.json') ?? []).toString()).toBe(MANIFEST)
  expect(Buffer.compare(unpacked.get('p@v1.2.3.wasm') ?? new Uint8Array(), first.component)).toBe(0)
})

test('name and version may stand in package.json', async () => {
  const built = await buildPlugin(await folder({ 'package.json': '{"name":"@me/other","version":"0.1.0"}', 'assembly/sink.ts': sink() }))
  expect(built).toMatchObject({ name: 'other', version: '0.1.0' })
})

test('a component imports only what the plugin calls, and traps still reach the log', async () => {
  const built = await buildPlugin(await folder({ 'p.json': MANIFEST, 'assembly/sink.ts': sink('assert(false, "never");') }))
  const wit = await componentWit(built.component)
  expect([...wit.matchAll(/(?:import|export) plutino:\S+/g)].map(String).toSorted()).toStrictEqual([
    'export plutino:plugin/sink@1.0.0;',
    'import plutino:plugin/log@1.0.0;',
    'import plutino:plugin/types@1.0.0;',
  ])
  const lines: unknown[] = []
  const plugin = runPlugin(built.core, { 'log.log': (level, message) => lines.push(level, message) })
  expect(() => plugin.call('sink.collect', { tag: 'encoded', val: [] }, undefined)).toThrow('unreachable')
  expect(lines).toStrictEqual(['error', 'never (assembly/sink.ts:4:90)'])
})

test('Math.random takes its seed from the host, and trace goes to the log', async () => {
  const built = await buildPlugin(
    await folder({ 'p.json': MANIFEST, 'assembly/sink.ts': sink('trace("numbers", 2, 1, 2.5); trace(Math.random() < 1 ? "r" : "x");') }),
  )
  const lines: unknown[] = []
  const plugin = runPlugin(built.core, { 'log.log': (level, message) => lines.push(level, message), 'random.next': () => 77n })
  plugin.call('sink.collect', { tag: 'encoded', val: [] }, undefined)
  expect(lines).toStrictEqual(['debug', 'numbers 1.0 2.5', 'debug', 'r'])
})

test('a guest that uses up its memory traps instead of hanging', async () => {
  const built = await buildPlugin(
    await folder({
      'p.json': MANIFEST,
      'assembly/sink.ts': sink('const a: StaticArray<u8>[] = []; while (true) a.push(new StaticArray<u8>(0x30000000));'),
    }),
  )
  const plugin = runPlugin(built.core, { 'log.log': () => undefined })
  expect(() => plugin.call('sink.collect', { tag: 'encoded', val: [] }, undefined)).toThrow(WebAssembly.RuntimeError)
})

test.each([
  ['a mistake has its file and line', { 'assembly/sink.ts': sink('let x: i32 = "a";') }, /in assembly\/sink\.ts\(4,/],
  [
    'a missing function is explained by what is expected',
    { 'assembly/sink.ts': sink().replace('export function close', 'function close') },
    /close.*has to export these functions exactly:\n {2}export function configure\(config: string\): Result<Form, PluginError>/s,
  ],
  [
    'console is not available, and there is something else',
    { 'assembly/sink.ts': sink('console.log("x");') },
    /not available to plugins: env\.console\.log; instead of console\.\* use Log\.info/,
  ],
  [
    'the date is not available, and there is something else',
    { 'assembly/sink.ts': sink('if (Date.now() > 0) return null;') },
    /env\.Date\.now; instead of Date\.\* use clock\.now/,
  ],
  [
    'an import from elsewhere is named',
    { 'assembly/sink.ts': sink('other();') + '@external("wasi_snapshot_preview1", "x") declare function other(): void;\n' },
    /not available to plugins: wasi_snapshot_preview1\.x/,
  ],
  ['a package that is not there', { 'assembly/sink.ts': 'import { x } from "nowhere";\n' + sink('x();') }, /nowhere/],
  ['no source', {}, /has none of assembly\/sink\.ts, source\.ts, function\.ts and aggregate\.ts/],
  ['no version', { 'p.json': '{}', 'assembly/sink.ts': sink() }, /no version: put "version": "1\.0\.0" into p\.json/],
  ['a version that is none', { 'p.json': '{"version":"v1"}' }, /the version "v1" is not of the form 1\.0\.0/],
  ['a name with a path', { 'p.json': '{"name":"../x","version":"1.0.0"}' }, /"\.\.\/x" cannot be the name of a plugin/],
  ['a broken manifest', { 'p.json': '{' }, /p\.json is not JSON/],
  ['a manifest that is no object', { 'p.json': '[]' }, /p\.json is not a JSON object/],
])('the author is told: %s', async (_, files, message) => {
  expect(await failure({ 'p.json': MANIFEST, ...files })).toMatch(message)
})

test('a folder that does not exist is named', async () => {
  await expect(buildPlugin('/nowhere')).rejects.toThrow('/nowhere is not a folder')
})
