import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import path from 'node:path'
import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signatureFor } from '../../src/wasm/install/signature.ts'
import { sinkGuest } from '../guests/sink-guests.ts'
import { componentOf, PLUGIN_WIT } from '../support/components.ts'
import { ROOT, ServerProcess } from '../support/server-process.ts'
import { bomb, type ZipContent, zipOf } from '../support/zip.ts'

const GOOD = new Uint8Array(readFileSync(path.join(ROOT, 'plugins/mysql/prebuilt/mysql.zip')))
const OTHER_WIT = 'package other:thing@1.0.0; interface work { run: func() -> u32; } world worker { export work; }'

let server: ServerProcess
let component: Uint8Array
/** Of a web server that behaves in all the ways that a person does not expect. */
let web: Server
let address: string

beforeAll(async () => {
  component = await componentOf(sinkGuest())
  server = await ServerProcess.start({ env: { PLUTINO__PLUGIN__DOWNLOADTIMEOUT: '500ms', PLUTINO__PLUGIN__MAXZIPSIZE: '4000000' } })
  web = createServer(STRANGE)
  await new Promise<void>((resolve) => {
    web.listen(0, '127.0.0.1', resolve)
  })
  const bound = web.address()
  address = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`
})
afterAll(async () => {
  web.closeAllConnections()
  web.close()
  await server.stop()
})

const STRANGE: RequestListener = ({ url = '' }, response) => {
  if (url === '/endless.zip') {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, 'PK'))) {
        // until the buffer is full
      }
    }
    response.on('drain', more)
    more()
  } else if (url === '/slow.zip') response.write('PK')
  else if (url === '/huge.zip') response.writeHead(200, { 'content-length': 10_000_000 }).write('PK')
  else if (url === '/loop.zip') response.writeHead(302, { location: '/loop.zip' }).end()
  else if (url === '/away.zip') response.writeHead(302, { location: 'file:///etc/passwd.zip' }).end()
  else if (url === '/cloud.zip') response.writeHead(302, { location: 'http://169.254.169.254/x.zip' }).end()
  else if (url === '/short.zip')
    response.writeHead(200, { 'content-length': GOOD.length }).end(GOOD.subarray(0, 1000), () => response.destroy())
  else if (url === '/moved.zip') response.writeHead(302, { location: '/mysql.zip' }).end()
  else if (url === '/mysql.zip') response.end(GOOD)
  else if (url === '/page.zip') response.end('<!doctype html>')
  else if (url !== '/hangs.zip') response.writeHead(404).end('no')
}

/** Everything that the server keeps of plugins: in its answers, on the disk. */
async function kept(): Promise<unknown> {
  const root = path.join(server.folder, 'plugins')
  return {
    plugins: await server.expect('GET', '/plugins'),
    files: readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted(),
    beside: readdirSync(server.folder).filter((name) => !name.startsWith('plutino.db')),
    escaped: [server.folder, path.dirname(server.folder)].some((folder) => existsSync(path.join(folder, 'escaped.wasm'))),
  }
}

const text = (part: string): unknown => expect.stringContaining(part)

async function dummy(world: string, witSource: string): Promise<Uint8Array> {
  return componentNew(await componentEmbed({ dummy: true, witSource, world }), [])
}

type Files = () => ZipContent | Promise<ZipContent>

const ZIPS: readonly (readonly [what: string, files: Files, message: string, hint: string])[] = [
  ['a file outside of the zip', () => ({ '../escaped.wasm': component }), 'outside of it', 'without ..'],
  ['a file from the root', () => ({ '/tmp/escaped.wasm': component }), 'outside of it', 'relative'],
  [
    'a gigabyte in a megabyte',
    () => ({ 'probe.wasm': component, 'probe.json': bomb() }),
    'probe.json unpacks to 1073741824 bytes',
    'leave it out',
  ],
  ['a gigabyte that says it is a kilobyte', () => ({ 'probe.wasm': component, 'probe.json': bomb(1000) }), 'the zip is damaged', 'again'],
  ['a gigabyte that says it is a megabyte', () => ({ 'probe.wasm': bomb(2 ** 20) }), 'the zip is damaged', 'again'],
  [
    'two components',
    () => ({ 'a@v1.0.0.wasm': component, 'b@v1.0.0.wasm': component }),
    'two components, a@v1.0.0.wasm and b@v1.0.0.wasm',
    'each plugin',
  ],
  [
    'a core module',
    async () => ({ 'probe.wasm': await parse(sinkGuest()) }),
    'probe.wasm is a core WebAssembly module, not a component',
    '',
  ],
  ['a component of another world', async () => ({ 'probe.wasm': await dummy('worker', OTHER_WIT) }), 'other:thing', 'sink-plugin'],
  [
    'a component of another version of the WIT',
    async () => ({ 'probe.wasm': await dummy('sink-plugin', PLUGIN_WIT.replaceAll('@1.0.0', '@2.0.0')) }),
    'but this server has plutino:plugin@1.0.0',
    'build it against plutino:plugin@1.0.0, or update the server',
  ],
  ['a file that is no WebAssembly', () => ({ 'probe.wasm': 'hello' }), 'probe.wasm', ''],
  ['a component that is cut off', () => ({ 'probe.wasm': component.subarray(0, component.length / 2) }), 'probe.wasm', ''],
  [
    'install.sh',
    () => ({ 'probe.wasm': component, 'install.sh': '#!/bin/sh' }),
    'the package contains install.sh',
    'nothing is installed on the host',
  ],
  ['native code', () => ({ 'Probe@v1.0.0.so': '\x7fELF' }), 'Probe@v1.0.0.so is native code', 'WebAssembly components'],
  ['a top folder', () => ({ 'probe/probe.wasm': component, 'probe/probe.json': '{}' }), 'the zip has a top folder `probe/`', 'top level'],
  ['no component', () => ({ 'probe.json': '{}' }), 'the package contains no component', '<name>@v<version>.wasm'],
  ['nothing', () => ({}), 'the package is empty', ''],
  [
    'a manifest that is no JSON',
    () => ({ 'probe.wasm': component, 'probe.json': '{' }),
    'probe.json is not JSON',
    'a manifest is optional',
  ],
  ['a manifest with an unknown member', () => ({ 'probe.wasm': component, 'probe.json': '{"limit":{}}' }), 'did you mean "limits"?', ''],
  [
    'a manifest that contradicts the component',
    () => ({ 'probe.wasm': component, 'probe.json': '{"kind":"source"}' }),
    'probe.json says kind "source", but the component is a sink',
    'correct one of the two',
  ],
  [
    'a manifest of another version',
    () => ({ 'probe@v1.0.0.wasm': component, 'probe.json': '{"version":"2.0.0"}' }),
    'probe.json says version "2.0.0"',
    'correct one of the two',
  ],
  [
    'a manifest whose pattern never comes to an end',
    () => ({
      'probe.wasm': component,
      'probe.json': JSON.stringify({ fields: { a: { kind: 'string', doc: '', pattern: '^(a+)+$', default: `${'a'.repeat(60)}!` } } }),
    }),
    'fields.a.default',
    '',
  ],
  [
    'a package that was changed after it was signed',
    () => {
      const files = { 'probe.wasm': component, 'etc/a.txt': 'a' }
      const content = new Map(Object.entries(files).map(([name, bytes]) => [name, new Uint8Array(Buffer.from(bytes))]))
      const signature = signatureFor(content, generateKeyPairSync('ed25519').privateKey)
      return { ...files, 'etc/a.txt': 'b', signature }
    },
    'its signature does not count: the package was changed after it was signed',
    'get it again from whoever signed it',
  ],
  ['a manifest with a name of JavaScript', () => ({ 'probe.wasm': component, 'probe.json': '{"__proto__":{"a":1}}' }), '__proto__', ''],
]

describe('a zip that is refused', () => {
  test.each(ZIPS)('%s', async (_what, files, message, hint) => {
    const before = await kept()
    const refusal = await server.refusal('POST', '/plugins', new Uint8Array(zipOf(await files())))
    expect(refusal).toMatchObject({ status: 400, code: 'plugin_invalid', message: text('plugins create command error: ') })
    expect(refusal.message).toContain(message)
    expect(refusal.hint ?? '').toContain(hint)
    expect(await kept()).toEqual(before)
  })

  test.each([
    ['no zip at all', () => Buffer.from('PK, but no zip')],
    ['a zip that is cut off', () => GOOD.subarray(0, GOOD.length / 2)],
    ['a zip with a changed byte', () => GOOD.with(200, (GOOD[200] ?? 0) ^ 255)],
  ])('%s', async (_what, bytes) => {
    const before = await kept()
    expect(await server.refusal('POST', '/plugins', new Uint8Array(bytes()))).toMatchObject({
      code: 'plugin_invalid',
      message: text('damaged'),
      hint: text('again'),
    })
    expect(await kept()).toEqual(before)
  })

  test('under another name than the one in the request', async () => {
    const before = await kept()
    expect(await server.refusal('POST', '/plugins/sinks', { name: 'other', file: `${address}/mysql.zip` })).toMatchObject({
      message: text('the request names the plugin "other", but the package contains mysql@v1.0.0.wasm'),
      hint: text('ask for "mysql"'),
    })
    expect(await server.refusal('POST', '/plugins/sources', { name: 'mysql', file: `${address}/mysql.zip` })).toMatchObject({
      message: text('the package is no source plugin, but a sink plugin'),
      hint: text('/plugins/sinks'),
    })
    expect(await kept()).toEqual(before)
  })

  test('under the name of a built-in sink', async () => {
    const before = await kept()
    expect(await server.refusal('POST', '/plugins', new Uint8Array(zipOf({ 'mqtt@v1.0.0.wasm': component })))).toMatchObject({
      code: 'already_exists',
      message: text('invalid name mqtt: a sink of this name exists already'),
    })
    expect(await kept()).toEqual(before)
  })

  test('with another checksum than the one in the request', async () => {
    const sha256 = '0'.repeat(64)
    expect(await server.refusal('POST', '/plugins', { file: `${address}/mysql.zip`, sha256 })).toMatchObject({
      message: text(`expected ${sha256}`),
    })
  })
})

describe('an address that gives no zip', () => {
  test.each([
    ['/missing.zip', 'the server answered 404'],
    ['/hangs.zip', 'no complete answer within 500 ms'],
    ['/slow.zip', 'no complete answer within 500 ms'],
    ['/endless.zip', 'it is larger than 4000000 bytes'],
    ['/huge.zip', 'it is larger than 4000000 bytes'],
    ['/loop.zip', 'more than 5 redirects'],
    ['/away.zip', 'a redirect to file: is not followed'],
    ['/cloud.zip', 'addresses such as 169.254.169.254 are not asked'],
    ['/short.zip', 'fail to download file'],
    ['/page.zip', 'the file is not a zip'],
  ])('%s', async (file, message) => {
    const before = await kept()
    const refusal = await server.refusal('POST', '/plugins/sinks', { name: 'mysql', file: `${address}${file}` })
    expect(refusal).toMatchObject({ status: 400, code: 'plugin_invalid', message: text(message), hint: expect.any(String) })
    expect(await kept()).toEqual(before)
  })

  test.each([
    ['http://127.0.0.1:1/mysql.zip', 'fail to download file http://127.0.0.1:1/mysql.zip: '],
    ['http://name:password@127.0.0.1:1/mysql.zip', 'fail to download file http://name:***@127.0.0.1:1/mysql.zip: '],
    ['file:///nowhere/mysql.zip', 'fail to download file file:///nowhere/mysql.zip: '],
    ['file:///tmp', 'invalid uri file:///tmp'],
    ['mysql.zip', 'invalid uri mysql.zip'],
  ])('%s', async (file, message) => {
    expect(await server.refusal('POST', '/plugins/sinks', { name: 'mysql', file })).toMatchObject({
      code: 'plugin_invalid',
      message: text(message),
    })
  })
})

test('after all this a good zip installs, over a redirect, and a bad update leaves it as it is', async () => {
  expect(await server.expect('POST', '/plugins/sinks', { name: 'mysql', file: `${address}/moved.zip` })).toBe(
    'sinks plugin mysql is created',
  )
  const before = await kept()
  const bad = new Uint8Array(zipOf({ 'mysql@v2.0.0.wasm': 'hello' }))
  expect(await server.refusal('PUT', '/plugins/sinks/mysql', bad)).toMatchObject({ message: text('sinks plugins update command error: ') })
  expect(await kept()).toEqual(before)
  expect(JSON.parse(await server.expect('GET', '/plugins/sinks/mysql'))).toMatchObject({ name: 'mysql', version: '1.0.0' })
  expect(server.lines.filter((line) => /unexpectedly|unhandled|internal error/i.test(line))).toEqual([])
})
