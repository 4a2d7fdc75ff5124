import { componentEmbed, componentNew } from '@bytecodealliance/jco'
import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { systemClock } from '../../../../src/base/clock.ts'
import { COUNTING_SINK, databaseSink, sinkGuest } from '../../../guests/sink-guests.ts'
import { BUMP_ALLOCATOR, componentOf, PLUGIN_WIT } from '../../../support/components.ts'
import { testHost } from '../../../support/plugins.ts'

const host = testHost({ clock: systemClock })
afterAll(() => host.close())

type Files = Readonly<Record<string, string | Uint8Array>>

function zipOf(files: Files, mode = 0o100644): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name, { mode })
  zip.end()
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    zip.outputStream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)))
  })
}

/** A component without code for a world of some WIT. */
async function dummy(world: string, witSource = PLUGIN_WIT): Promise<Uint8Array> {
  return componentNew(await componentEmbed({ dummy: true, witSource, world }), [])
}

/** Replaces a name inside a zip by another of the same length: names that zip writers refuse. */
function renamed(zip: Buffer, from: string, to: string): Buffer {
  const out = Buffer.from(zip)
  for (let at = out.indexOf(from); at >= 0; at = out.indexOf(from, at + 1)) out.write(to, at)
  return out
}

async function refusal(zip: Uint8Array, name?: string): Promise<{ code: string; message: string; hint: string | undefined }> {
  return host.unpack(zip, name).then(
    () => Promise.reject(new Error('accepted')),
    (error: unknown) => error as { code: string; message: string; hint: string | undefined },
  )
}

/** The WIT without the imports that are not served yet. */
const WITHOUT_NETWORK = PLUGIN_WIT.replace('import http;', '').replace('import tcp;', '')

/** The WIT with another `open` of sinks. */
function withSinkOpen(line: string): string {
  const changed = WITHOUT_NETWORK.replace(/( *)open: func\(\) -> result<_, error>;/, line)
  expect(changed).not.toContain('open: func() -> result<_, error>;')
  return changed
}

describe('accepted packages', () => {
  test('a zip with only the component: name and version come from its file name, capabilities from its imports', async () => {
    const component = await componentOf(COUNTING_SINK)
    const { description, files, manifest } = await host.unpack(await zipOf({ 'Probe@v1.2.3.wasm': component }))
    expect(description).toEqual({
      name: 'probe',
      version: '1.2.3',
      signing: { signed: 'no' },
      kinds: ['sink'],
      capabilities: ['log', 'state'],
      wit: '1.0.0',
      size: component.length,
      sha256: createHash('sha256').update(component).digest('hex'),
    })
    expect([...files.keys()]).toEqual(['Probe@v1.2.3.wasm'])
    expect(manifest).toBeUndefined()
  })

  test('a zip with everything, and litter of archivers, which is left out', async () => {
    const manifest = { doc: 'Writes.', fields: { url: { kind: 'string', doc: 'Where to.', database: true } } }
    const zip = await zipOf({
      'mysql.wasm': await componentOf(databaseSink()),
      'mysql.json': JSON.stringify(manifest),
      'mysql.yaml': 'default: {}',
      'etc/a/b.txt': 'x',
      'README.md': 'Read me.',
      '__MACOSX/._mysql.wasm': 'x',
      '.DS_Store': 'x',
    })
    const found = await host.unpack(zip, 'mysql')
    expect(found.description).toMatchObject({ name: 'mysql', version: '1.0.0', capabilities: ['db'] })
    expect(found.manifest).toEqual(manifest)
    expect([...found.files.keys()]).toEqual(['mysql.wasm', 'mysql.json', 'mysql.yaml', 'etc/a/b.txt', 'README.md'])
    expect(host.definitions(found)).toMatchObject([
      { kind: 'sink', name: 'mysql', doc: 'Writes.', payload: 'bytes', fields: manifest.fields },
    ])
  })

  test('files that somebody copied are checked in the same way', async () => {
    const files = new Map([['probe.wasm', await componentOf(sinkGuest())]])
    expect((await host.check(files)).description).toMatchObject({ name: 'probe', capabilities: [] })
    await expect(host.check(new Map([['probe.so', Uint8Array.of(1)]]))).rejects.toMatchObject({ code: 'plugin_invalid' })
  })
})

describe('refused zips', () => {
  test.each<[string, Files, RegExp, RegExp]>([
    [
      'a top folder',
      { 'mysql/mysql.wasm': 'x', 'mysql/mysql.json': '{}' },
      /the zip has a top folder `mysql\/`/,
      /put the files at the top level/,
    ],
    ['nothing', {}, /empty/, /at least <name>@v<version>\.wasm/],
    ['no component', { 'mysql.json': '{}' }, /contains no component/, /\.wasm at the top level/],
    ['two components', { 'a.wasm': 'x', 'b.wasm': 'x' }, /two components, a\.wasm and b\.wasm/, /a package for each/],
    ['an install script', { 'a.wasm': 'x', 'install.sh': 'x' }, /contains install\.sh/, /nothing is installed on the host/],
    ['native code', { 'mysql@v1.0.0.so': 'x' }, /is native code/, /run on every system/],
    ['another script', { 'a.wasm': 'x', 'run.py': 'x' }, /run\.py is a script/, /nothing of a package is run/],
    ['a file without a meaning', { 'a.wasm': 'x', 'b.json': '{}' }, /b\.json, which has no meaning/, /a\.json, a\.yaml/],
    ['a file in another folder', { 'a.wasm': 'x', 'lib/b.txt': 'x' }, /lib\/b\.txt is in a folder/, /only etc\//],
    ['a name that cannot be', { 'my plugin.wasm': 'x' }, /my plugin\.wasm is not a name/, /mysql@v1\.0\.0\.wasm/],
    ['a manifest that is not JSON', { 'a.wasm': 'x', 'a.json': '{' }, /a\.json is not JSON/, /optional/],
    [
      'a manifest with mistakes',
      { 'a.wasm': 'x', 'a.json': '{"fields":{"x":{"kind":"text"},"y":{"kind":"integer","database":true,"min":"1"}},"limit":{}}' },
      /unknown field "limit"; did you mean "limits"/,
      /correct it/,
    ],
    ['ELF', { 'a.wasm': '\x7fELF' }, /a Linux library/, /portable/],
    ['text', { 'a.wasm': 'some text' }, /is not WebAssembly/, /plutino plugin build/],
  ])('%s', async (_, files, message, hint) => {
    const error = await refusal(await zipOf(files))
    expect(error).toMatchObject({ code: 'plugin_invalid', message: expect.stringMatching(message), hint: expect.stringMatching(hint) })
  })

  test('fields of a manifest are checked one by one', async () => {
    const fields = {
      a: { kind: 'text' },
      b: { kind: 'integer', database: true, min: '1' },
      c: { kind: 'string', pattern: '(' },
      d: { kind: 'list' },
      e: { kind: 'integer', default: 'x' },
      f: 1,
      g: { kind: 'object', fields: { h: { kind: 'choice' } } },
    }
    const { message } = await refusal(await zipOf({ 'a.wasm': 'x', 'a.json': JSON.stringify({ fields }) }))
    for (const path of [
      'fields.a.kind',
      'fields.b.database',
      'fields.b.min',
      'fields.c.pattern',
      'fields.d.item',
      'fields.e.default',
      'fields.f',
      'fields.g.fields.h.options',
    ]) {
      expect(message).toContain(`${path}: `)
    }
  })

  test('a request that names another plugin', async () => {
    const error = await refusal(await zipOf({ 'mysql@v1.0.0.wasm': 'x' }), 'influx')
    expect(error).toMatchObject({
      message: 'the request names the plugin "influx", but the package contains mysql@v1.0.0.wasm',
      hint: 'ask for "mysql", or rename the file to influx@v1.0.0.wasm',
    })
  })

  test('what is not a zip, and zips that are cut off', async () => {
    expect(await refusal(Buffer.from('no zip'))).toMatchObject({ code: 'plugin_invalid', message: 'the file is not a zip' })
    const zip = await zipOf({ 'a.wasm': 'x'.repeat(1000), 'a.json': '{}' })
    for (let size = 2; size < zip.length; size += 7) expect(await refusal(zip.subarray(0, size))).toMatchObject({ code: 'plugin_invalid' })
  })

  test.each(['../../etc/x', '/tmp/abcdefg', 'C:/abcdefghi', 'a\\b\\cdefghi'])('the name %s', async (name) => {
    const placeholder = 'z'.repeat(name.length)
    const error = await refusal(renamed(await zipOf({ 'a.wasm': 'x', [placeholder]: 'x' }), placeholder, name))
    expect(error).toMatchObject({ code: 'plugin_invalid', message: expect.stringMatching(/a file outside of it/) })
  })

  test('a name twice, a symbolic link, and more files than anybody needs', async () => {
    expect(await refusal(renamed(await zipOf({ 'a.wasm': 'x', 'b.wasm': 'y' }), 'b.wasm', 'a.wasm'))).toMatchObject({
      message: 'the zip contains a.wasm twice',
    })
    expect(await refusal(await zipOf({ 'a.wasm': '/etc/passwd' }, 0o120777))).toMatchObject({ message: 'a.wasm is a symbolic link' })
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`etc/${i}`, 'x']))
    expect(await refusal(await zipOf(many))).toMatchObject({ message: 'the zip has more than 200 files' })
  })

  test.each([
    [[`etc/${'a'.repeat(300)}`], /whose name is too long/],
    [[`etc/${'ä'.repeat(120)}`], /whose name is too long/],
    [[`etc/${'a/'.repeat(50)}b`], /whose name is too long/],
    [['a.json', 'A.json'], /contains A\.json twice/],
    [['etc/a', 'etc/A'], /contains etc\/A twice/],
    [['etc/a', 'etc/a/b'], /contains etc\/a\/b beside etc\/a: one of them would be a file and a folder/],
    [['etc/a/b', 'etc/A'], /contains etc\/A beside etc\/a\/b/],
  ])('names that not every file system can keep: %j', async (names, message) => {
    const files = Object.fromEntries(names.map((name) => [name, '{}']))
    expect(await refusal(await zipOf({ 'a.wasm': 'x', ...files }))).toMatchObject({
      code: 'plugin_invalid',
      message: expect.stringMatching(message),
      hint: expect.any(String),
    })
  })

  test('a manifest that would keep the server busy or use up its stack', async () => {
    const deep = `{"fields":{"a":${'{"kind":"list","doc":"","item":'.repeat(20_000)}1${'}'.repeat(20_000)}}}`
    expect((await refusal(await zipOf({ 'a.wasm': 'x', 'a.json': deep }))).message).toContain('fields are nested more than 32 levels deep')
    const endless = { fields: { a: { kind: 'string', doc: '', pattern: '^(a+)+$', default: `${'a'.repeat(60)}!` } } }
    expect((await refusal(await zipOf({ 'a.wasm': 'x', 'a.json': JSON.stringify(endless) }))).message).toContain('fields.a.default')
    const long = { fields: { a: { kind: 'string', doc: '', pattern: 'a'.repeat(2000) } } }
    expect((await refusal(await zipOf({ 'a.wasm': 'x', 'a.json': JSON.stringify(long) }))).message).toContain('at most 1000 characters')
  })

  test('a bomb, whether it tells its size or lies about it', async () => {
    const zip = await zipOf({ 'a.wasm': Buffer.alloc(20_000_000) })
    expect((await refusal(zip)).message).toMatch(/unpacks to \d+ times its size/)
    expect((await refusal(await zipOf({ 'a.wasm': Buffer.alloc(70_000_000) }))).message).toMatch(
      /unpacks to 70000000 bytes; 67108864 are allowed/,
    )
    const size = Buffer.alloc(4)
    size.writeUInt32LE(20_000_000)
    const small = Buffer.alloc(4)
    small.writeUInt32LE(1000)
    const lying = Buffer.from(zip)
    for (let at = lying.indexOf(size); at >= 0; at = lying.indexOf(size, at + 1)) small.copy(lying, at)
    expect((await refusal(lying)).message).toMatch(/the zip is damaged/)
    expect(deflateRawSync(Buffer.alloc(20_000_000)).length).toBeLessThan(zip.length)
  })
})

const SOURCE = `(module ${BUMP_ALLOCATOR}
  (func (export "plutino:plugin/source@1.0.0#configure") (param i32 i32 i32 i32) (result i32) unreachable)
  (func (export "plutino:plugin/source@1.0.0#open") (param i32 i32 i32) (result i32) unreachable)
  (func (export "plutino:plugin/source@1.0.0#collect") (param i32 i32) (result i32) unreachable)
  (func (export "plutino:plugin/source@1.0.0#describe") (result i32) unreachable)
  (func (export "plutino:plugin/source@1.0.0#commit") (param i32 i32) (result i32) unreachable)
  (func (export "plutino:plugin/source@1.0.0#close")))`

describe('refused components', () => {
  const other = (text: string): string => `package other:thing@1.0.0; ${text}`

  test.each<[string, () => Promise<Uint8Array>, RegExp, RegExp]>([
    [
      'a core module',
      () => componentEmbed({ dummy: true, witSource: PLUGIN_WIT, world: 'sink-plugin' }),
      /is a core WebAssembly module, not a component/,
      /plutino plugin build/,
    ],
    [
      'a component that is cut off',
      async () => (await componentOf(COUNTING_SINK)).subarray(0, 700),
      /is damaged: the section at byte \d+ is cut off/,
      /again/,
    ],
    [
      'a component with broken insides',
      async () => {
        const bytes = Uint8Array.from(await componentOf(COUNTING_SINK))
        return bytes.fill(0xff, bytes.length - 60, bytes.length - 40)
      },
      /damaged|not a valid component/,
      /again/,
    ],
    [
      'another world',
      () => dummy('w', other('world w { export run: func(); }')),
      /exports run, which is not part of plutino:plugin@1\.0\.0/,
      /one of the worlds/,
    ],
    ['no exports', () => dummy('imports', WITHOUT_NETWORK), /exports nothing, but a plugin exports/, /one of the worlds/],
    [
      'a later version of the WIT',
      () => dummy('sink-plugin', PLUGIN_WIT.replace('@1.0.0;', '@2.0.0;')),
      /plutino:plugin\/\w+@2\.0\.0, but this server has plutino:plugin@1\.0\.0/,
      /update the server/,
    ],
    [
      'an import of WASI',
      () => dummy('w', `package wasi:sockets@0.2.0; interface tcp { connect: func(); } world w { import tcp; export run: func(); }`),
      /needs wasi:sockets\/tcp@0\.2\.0, which plugins do not get/,
      /without WASI/,
    ],
    [
      'an unknown import',
      () => dummy('w', other('interface x { f: func(); } world w { import x; export run: func(); }')),
      /needs other:thing\/x@1\.0\.0, which is not part/,
      /worlds/,
    ],
    [
      'a changed signature',
      () => dummy('sink-plugin', withSinkOpen('  open: func(again: bool) -> result<_, error>;')),
      /built against another WIT: plutino:plugin\/sink@1\.0\.0: it has `export function open/,
      /plutino:plugin@1\.0\.0/,
    ],
    [
      'a missing function',
      () => dummy('sink-plugin', withSinkOpen('')),
      /built against another WIT: .*it lacks `export function open/,
      /build it against/,
    ],
    [
      'a source that cannot say what it is',
      () => componentOf(SOURCE, 'source-plugin'),
      /a\.wasm does not say what it is: plugin a\.wasm in source\.describe failed: it trapped/,
      /limits/,
    ],
    [
      'more memory than allowed',
      () => componentOf(sinkGuest().replace('(export "memory") 2)', '(export "memory") 2000)')),
      /needs 125 MiB of memory at its start, but 64 MiB are allowed/,
      /memory limit/,
    ],
  ])('%s', async (_, make, message, hint) => {
    const error = await refusal(await zipOf({ 'a.wasm': await make() }))
    expect(error).toMatchObject({ code: 'plugin_invalid', message: expect.stringMatching(message), hint: expect.stringMatching(hint) })
  })
})
