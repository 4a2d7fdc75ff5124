import { afterAll, beforeAll, expect, test } from 'vitest'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { transpile } from '@bytecodealliance/jco'
import { buildPlugin } from '../build/build.ts'

type Callable = (...args: unknown[]) => unknown
type Exports = Readonly<Record<string, Readonly<Record<string, Callable>>>>
type Instantiate = (getCore: (name: string) => WebAssembly.Module, imports: unknown) => Exports

let folder: string
let instantiate: (imports: unknown) => Exports

beforeAll(async () => {
  const { component } = await buildPlugin(path.join(import.meta.dirname, 'guests/shapes'))
  const { files } = await transpile(component, { name: 'shapes', instantiation: 'sync', base64Cutoff: 0 })
  folder = await mkdtemp(path.join(tmpdir(), 'plutino-oracle-'))
  const cores = new Map<string, WebAssembly.Module>()
  const entries = files instanceof Map ? [...files] : Object.entries(files)
  for (const [name, content] of entries) {
    const bytes = new Uint8Array(content)
    if (name.endsWith('.wasm')) cores.set(path.basename(name), new WebAssembly.Module(bytes))
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
    await writeFile(path.join(folder, name), bytes)
  }
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}')
  const module: unknown = await import(pathToFileURL(path.join(folder, 'shapes.js')).href)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the form of what jco generates
  const make = (module as { instantiate: Instantiate }).instantiate
  instantiate = (imports) => make((name) => cores.get(name) ?? raise(name), imports)
}, 120_000)

afterAll(() => rm(folder, { recursive: true }))

const raise = (name: string): never => {
  throw new Error(`no module ${name}`)
}

/** The same guest as in shapes.test.ts, run by the component model's own implementation for JavaScript: an independent judge of our glue. */
function run(calls: unknown[]): Callable {
  class Connection {
    static open(source: string): Connection {
      calls.push(['open', source])
      if (source === 'closed') throw Object.assign(new Error('refused'), { payload: { kind: 'denied', message: 'refused', code: '28000' } })
      return new Connection()
    }
    begin(): void {}
    commit(): void {}
    rollback(): void {}
    exec(sql: string, row: unknown): unknown {
      calls.push([sql, row])
      return { affectedRows: 1n }
    }
    execBatch(sql: string, rows: unknown): unknown {
      calls.push([sql, rows])
      return { affectedRows: 2n, lastInsertId: 9n }
    }
    query(sql: string, params: unknown): unknown {
      calls.push([sql, params])
      return { columns: ['a'], rows: [[{ tag: 'json', val: '{}' }]] }
    }
  }
  class Socket {
    static connect(host: string, port: number): Socket {
      calls.push(['connect', host, port])
      return new Socket()
    }
    startTls(options: unknown): void {
      calls.push(['start-tls', options])
    }
    write(data: unknown, timeout: number): void {
      calls.push(['write', data, timeout])
    }
    read(max: number, timeout: number): unknown {
      calls.push(['read', max, timeout])
      return Uint8Array.of(9)
    }
    shutdown(): void {}
  }
  const put = (...args: unknown[]): void => void calls.push(args)
  const exports = instantiate({
    'plutino:plugin/log': { log: put },
    'plutino:plugin/state': { get: () => ({ tag: 'int', val: 3n }), put, delete: put, increment: () => 1n, keys: () => ['kept'] },
    'plutino:plugin/clock': { now: () => 1n, monotonic: () => 2n, sleep: (ms: number) => put('sleep', ms) },
    'plutino:plugin/random': { next: () => 3n, bytes: (n: number) => new Uint8Array(n) },
    'plutino:plugin/db': { Connection },
    'plutino:plugin/tcp': { Socket },
    'plutino:plugin/http': {
      send: (request: unknown) => (put('send', request), { status: 200, headers: [['x', 'y']], body: new Uint8Array() }),
    },
  })
  return (interface_, name, ...args) => exports[String(interface_)]?.[String(name)]?.(...args)
}

const VALUES: readonly unknown[] = [
  { tag: 'null' },
  { tag: 'boolean', val: true },
  { tag: 'int', val: -(2n ** 63n) },
  { tag: 'float', val: 1.5 },
  { tag: 'text', val: 'ü€𝄞' },
  { tag: 'bytes', val: Uint8Array.of(1, 2) },
  { tag: 'timestamp', val: 5n },
  { tag: 'json', val: '[1]' },
]

const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each instanceof Uint8Array ? [...each] : each)),
  )

test('the component model reads and writes our values, lists, options and errors as we do', () => {
  const guest = run([])
  const column = { tag: 'values', val: VALUES }
  expect(plain(guest('scalar', 'exec', 0, 0, VALUES.length, [column]))).toStrictEqual(plain({ values: column, failures: [] }))
  expect(guest('scalar', 'exec', 1, 0, 2, [{ tag: 'floats', val: Float64Array.of(1, 2) }])).toMatchObject({
    values: { tag: 'floats', val: Float64Array.of(2, 4) },
  })
  expect(guest('scalar', 'functions')).toMatchObject([
    { name: 'echo', parameters: [{ accepts: 'any' }], nulls: 'call', effect: 'pure' },
    { name: 'twice', returns: 'float' },
    { name: 'fail' },
    { name: 'next' },
    { name: 'shout' },
  ])
  guest('aggregate', 'add', 0, 0, Uint32Array.of(1, 1), [{ tag: 'floats', val: Float64Array.of(1, 3) }])
  expect(guest('aggregate', 'finish', 0, 0, Uint32Array.of(1))).toMatchObject({
    values: { tag: 'values', val: [{ tag: 'float', val: 2 }] },
  })
  guest('source', 'configure', 't', '{}')
  guest('source', 'open', '1')
  expect(plain(guest('source', 'collect', 1, 4))).toMatchObject({
    batch: { tag: 'encoded', val: [[...new TextEncoder().encode('{"n":1}')]] },
    meta: { columns: ['topic', 'wait'] },
    offset: '2',
    end: false,
  })
  guest('checkpoint', 'restore', Uint8Array.of(5))
  expect(guest('checkpoint', 'snapshot')).toStrictEqual(Uint8Array.of(5))
})

test('the component model serves every import that our glue calls', () => {
  const calls: unknown[] = []
  const guest = run(calls)
  expect(guest('sink', 'configure', '{"url":"main"}')).toBe('rows')
  guest('sink', 'open')
  guest('sink', 'collect', { tag: 'rows', val: { columns: ['v'], rows: VALUES.map((each) => [each]) } })
  guest('sink', 'close')
  expect(plain(calls)).toStrictEqual(
    plain([
      ['debug', 'd'],
      ['info', 'i'],
      ['warn', 'w'],
      ['error', 'e'],
      ['open', 'main'],
      ['INSERT v', VALUES.map((each) => [each])],
      ['last', { tag: 'int', val: 9n }],
      ...VALUES.map((each) => ['ONE', [each]]),
      ['SELECT', [{ tag: 'text', val: 'x' }]],
      ['a', { tag: 'json', val: '{}' }],
      ['now', { tag: 'timestamp', val: 1n }],
      ['monotonic', { tag: 'int', val: 2n }],
      ['random', { tag: 'int', val: 3n }],
      ['bytes', { tag: 'bytes', val: new Uint8Array(4) }],
      ['rows'],
      ['kept again', { tag: 'int', val: 3n }],
      [
        'send',
        { method: 'POST', url: 'https://x/', headers: [['a', 'b']], body: new TextEncoder().encode('body'), timeoutMs: 10, redirects: 3 },
      ],
      ['http', { tag: 'int', val: 200n }],
      ['sleep', 7],
      ['keys', { tag: 'text', val: 'kept' }],
      ['connect', 'device', 502],
      ['start-tls', { serverName: 'name', ca: undefined, certificate: 'cert', key: 'key', protocols: ['a', 'b'] }],
      ['write', new TextEncoder().encode('question'), 5],
      ['read', 100, 6],
      ['tcp', { tag: 'bytes', val: Uint8Array.of(9) }],
      ['header', { tag: 'text', val: 'x=y' }],
    ]),
  )
})

test('an error of the host comes back out of the guest', () => {
  const guest = run([])
  guest('sink', 'configure', '{"url":"closed"}')
  expect(() => guest('sink', 'open')).toThrow(expect.objectContaining({ payload: { kind: 'denied', message: 'refused', code: '28000' } }))
})
