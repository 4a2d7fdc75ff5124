import { beforeAll, expect, test } from 'vitest'
import { fileURLToPath } from 'node:url'
import { buildPlugin, type BuiltPlugin } from '../build/build.ts'
import { runPlugin, type HostFunctions, type TestPlugin } from '../testing/host.ts'

let built: BuiltPlugin

beforeAll(async () => {
  built = await buildPlugin(fileURLToPath(new URL('guests/shapes', import.meta.url)))
})

const ok = (val: unknown): unknown => ({ tag: 'ok', val })
const value = (tag: string, val?: unknown): unknown => ({ tag, val })

/** Values of every kind that a guest must give back as it got them. */
const VALUES: readonly unknown[] = [
  value('null'),
  value('boolean', true),
  value('boolean', false),
  value('int', 9007199254740993n),
  value('int', -(2n ** 63n)),
  value('int', 2n ** 63n - 1n),
  value('float', 0.1),
  value('float', -0),
  value('float', Number.NaN),
  value('float', -Infinity),
  value('text', ''),
  value('text', 'a \u0000 ü € 𝄞'),
  value('text', '\uFEFFbyte order mark'),
  value('text', 'x'.repeat(200_000)),
  value('bytes', new Uint8Array()),
  value('bytes', Uint8Array.of(0, 255, 128)),
  value('timestamp', 1_700_000_000_123n),
  value('json', '{"__proto__":[1,{"a":null}]}'),
]

function withoutHost(): TestPlugin {
  return runPlugin(built.core, { 'log.log': () => undefined })
}

test('every kind of value comes back from a function as it went in', () => {
  const plugin = withoutHost()
  for (const each of VALUES) expect(plugin.call('function.exec', 0, [each])).toStrictEqual(ok(each))
  expect(
    plugin.call(
      'function.exec-batch',
      0,
      VALUES.map((each) => [each]),
    ),
  ).toStrictEqual(ok(VALUES))
})

test('a function describes itself, checks arguments and reports errors as text', () => {
  const plugin = withoutHost()
  expect(plugin.call('function.names')).toStrictEqual([
    { name: 'echo', kind: 'scalar', minArgs: 1, maxArgs: 1 },
    { name: 'total', kind: 'aggregate', minArgs: 1, maxArgs: undefined },
    { name: 'fail', kind: 'scalar', minArgs: 0, maxArgs: undefined },
  ])
  expect(plugin.call('function.validate', 0, [])).toStrictEqual({ tag: 'err', val: 'no argument' })
  expect(plugin.call('function.validate', 0, [value('expression', 'a + 1')])).toStrictEqual({ tag: 'err', val: 'expression a + 1' })
  expect(plugin.call('function.validate', 0, [value('constant', value('float', 1.5))])).toStrictEqual({ tag: 'err', val: 'constant 1.5' })
  expect(plugin.call('function.validate', 0, [value('constant', value('int', 1n))])).toStrictEqual(ok(undefined))
  expect(plugin.call('function.exec', 0, [])).toStrictEqual({ tag: 'err', val: 'one argument expected' })
})

test('an aggregate gets numbers as one array and other columns as values', () => {
  const plugin = withoutHost()
  expect(plugin.call('function.aggregate', 1, [value('floats', [1, 2.5, -0.5])])).toStrictEqual(ok(value('float', 3)))
  expect(plugin.call('function.aggregate', 1, [value('values', VALUES)])).toStrictEqual(ok(value('int', BigInt(VALUES.length))))
})

test('a source gives messages of both payloads with meta, time and offset', () => {
  const plugin = withoutHost()
  expect(plugin.call('source.configure', 'topic/ü', '{}')).toStrictEqual(ok(undefined))
  expect(plugin.call('source.open', '41')).toStrictEqual(ok(undefined))
  const meta = [
    ['topic', value('text', 'topic/ü')],
    ['wait', value('int', 7n)],
  ]
  expect(plugin.call('source.collect', 2, 7)).toStrictEqual(
    ok([
      { payload: value('json', '{"n":42}'), timestamp: 42_000n, meta, offset: '42' },
      { payload: value('raw', new TextEncoder().encode('{"n":43}')), timestamp: undefined, meta, offset: '43' },
    ]),
  )
  expect(plugin.call('source.open', undefined)).toStrictEqual(ok(undefined))
})

interface Recorder {
  readonly functions: HostFunctions
  readonly lines: string[]
  readonly calls: unknown[]
  readonly state: Map<string, unknown>
}

/** A host that notes what it is asked for; `answers` replaces single functions. */
function recorder(answers: HostFunctions = {}): Recorder {
  const lines: string[] = []
  const calls: unknown[] = []
  const state = new Map<string, unknown>([
    ['kept', value('float', 2.5)],
    ['rows', value('int', 1n)],
  ])
  const note =
    (name: string, answer: unknown) =>
    (_self: unknown, ...args: unknown[]): unknown => {
      calls.push([name, ...args])
      return answer
    }
  const functions: HostFunctions = {
    'log.log': (level, message) => lines.push(`${String(level)} ${String(message)}`),
    'state.get': (key) => state.get(String(key)),
    'state.put': (key, each) => state.set(String(key), each),
    'state.delete': (key) => state.delete(String(key)),
    'state.increment': (key, by) => {
      state.set(String(key), value('int', 1n + BigInt(String(by))))
      return 1n + BigInt(String(by))
    },
    'clock.now': () => 1234n,
    'clock.monotonic': () => 2n ** 40n,
    'random.next': () => 5n,
    'random.bytes': (n) => new Uint8Array(Number(n)).fill(7),
    'http.send': (request) => {
      calls.push(['send', request])
      return ok({ status: 404, headers: [['x', 'ü']], body: Uint8Array.of(1) })
    },
    'connection.open': (source) => {
      calls.push(['open', source])
      return ok({})
    },
    'connection.begin': note('begin', ok(undefined)),
    'connection.commit': note('commit', ok(undefined)),
    'connection.rollback': note('rollback', ok(undefined)),
    'connection.exec': note('exec', ok({ affectedRows: 1n, lastInsertId: undefined })),
    'connection.exec-batch': note('exec-batch', ok({ affectedRows: 18n, lastInsertId: -1n })),
    'connection.query': note('query', ok({ columns: ['a', 'b'], rows: [[value('null'), value('json', '[]')]] })),
    'connection.drop': () => calls.push(['drop']),
    ...answers,
  }
  return { functions, lines, calls, state }
}

test('a sink reaches every import of the host, with every kind of value', () => {
  const host = recorder()
  const plugin = runPlugin(built.core, host.functions)
  expect(plugin.call('sink.configure', '{"url":"main"}')).toStrictEqual(ok('rows'))
  expect(plugin.call('sink.open')).toStrictEqual(ok(undefined))
  expect(host.lines).toStrictEqual(['debug d', 'info i', 'warn w', 'error e'])
  const batch = { tag: 'rows', val: { columns: ['v', 'wörld'], rows: VALUES.map((each) => [each, value('int', 1n)]) } }
  expect(plugin.call('sink.collect', batch)).toStrictEqual(ok(undefined))
  expect(host.calls.slice(0, 3)).toStrictEqual([['open', 'main'], ['begin'], ['exec-batch', 'INSERT v,wörld', batch.val.rows]])
  expect(host.calls.slice(3, 3 + VALUES.length)).toStrictEqual(batch.val.rows.map((row) => ['exec', 'ONE', row]))
  expect(host.calls.slice(3 + VALUES.length)).toStrictEqual([['query', 'SELECT', [value('text', 'x')]], ['commit']])
  expect([...host.state]).toStrictEqual([
    ['kept', value('float', 2.5)],
    ['rows', value('int', 19n)],
    ['last', value('int', -1n)],
    ['a', value('null')],
    ['b', value('json', '[]')],
  ])
  plugin.call('sink.close')
  plugin.call('sink.close')
  expect(plugin.openHandles()).toBe(0)
  expect(host.calls.filter((call) => String(call) === 'drop')).toHaveLength(1)
  expect(Object.fromEntries(host.state)).toMatchObject({
    now: value('timestamp', 1234n),
    monotonic: value('int', 2n ** 40n),
    random: value('int', 5n),
    bytes: value('bytes', Uint8Array.of(7, 7, 7, 7)),
    'kept again': value('float', 2.5),
    http: value('int', 404n),
    header: value('text', 'x=ü'),
  })
  expect(host.calls.find((call) => Array.isArray(call) && call[0] === 'send')).toStrictEqual([
    'send',
    { method: 'POST', url: 'https://x/', headers: [['a', 'b']], body: new TextEncoder().encode('body'), timeoutMs: 10 },
  ])
  expect(host.state.has('rows')).toBe(false)
})

test('a sink may ask for encoded messages', () => {
  const host = recorder()
  const plugin = runPlugin(built.core, host.functions)
  expect(plugin.call('sink.configure', '{"form":"encoded"}')).toStrictEqual(ok('encoded'))
  expect(plugin.call('sink.collect', { tag: 'encoded', val: [Uint8Array.of(1, 2), new Uint8Array(100_000)] })).toStrictEqual(ok(undefined))
  expect(host.state.get('bytes')).toStrictEqual(value('int', 100_002n))
})

test('errors carry kind, message and code both ways', () => {
  const kinds = ['invalid', 'unavailable', 'rejected', 'denied', 'timeout', 'internal']
  for (const [index, kind] of kinds.entries()) {
    const error = { tag: 'err', val: { kind, message: 'as asked: ü €', code: '42' } }
    const plugin = runPlugin(built.core, recorder({ 'connection.open': () => error }).functions)
    expect(plugin.call('sink.configure', `{"fail":${index}}`)).toStrictEqual(error)
    plugin.call('sink.configure', '{}')
    expect(plugin.call('sink.open')).toStrictEqual(error)
  }
  expect(withoutHost().call('sink.configure', '{')).toMatchObject({
    tag: 'err',
    val: { kind: 'invalid', message: 'expected a string at character 2, got the end', code: undefined },
  })
})

test('a throw reaches the log with message, file and line before the guest traps', () => {
  const host = recorder()
  const plugin = runPlugin(built.core, host.functions)
  expect(() => plugin.call('function.exec', 2, [])).toThrow(WebAssembly.RuntimeError)
  expect(host.lines).toStrictEqual(['error fail was called: 0 (assembly/function.ts:16:19)'])
})

test('memory stays flat over many calls, small and large', () => {
  const plugin = withoutHost()
  const large = VALUES.map((each) => [each])
  for (let i = 0; i < 20; i++) plugin.call('function.exec-batch', 0, large)
  const before = plugin.memory.buffer.byteLength
  for (let i = 0; i < 200; i++) plugin.call('function.exec-batch', 0, large)
  const exec = plugin.exports['plutino:plugin/function@1.0.0#exec']
  const post = plugin.exports['cabi_post_plutino:plugin/function@1.0.0#exec']
  const realloc = plugin.exports['cabi_realloc']
  if (typeof exec !== 'function' || typeof post !== 'function' || typeof realloc !== 'function') throw new Error('exports are missing')
  for (let i = 0; i < 300_000; i++) {
    const at: unknown = realloc(0, 0, 8, 16)
    new DataView(plugin.memory.buffer).setUint8(Number(at), 0)
    post(exec(0, at, 1))
  }
  expect(plugin.memory.buffer.byteLength).toBe(before)
})

test('the arena grows the last block in place, moves others, and gives back what a call took', () => {
  const plugin = withoutHost()
  const realloc = plugin.exports['cabi_realloc']
  if (typeof realloc !== 'function') throw new Error('no cabi_realloc')
  const first = Number(realloc(0, 0, 1, 10))
  expect(Number(realloc(first, 10, 1, 20))).toBe(first)
  expect(Number(realloc(0, 0, 8, 8)) % 8).toBe(0)
  new Uint8Array(plugin.memory.buffer)[first] = 77
  const moved = Number(realloc(first, 20, 1, 30))
  expect(moved).not.toBe(first)
  expect(new Uint8Array(plugin.memory.buffer)[moved]).toBe(77)
  const big = Number(realloc(0, 0, 16, 5_000_000))
  expect(big % 16).toBe(0)
  expect(plugin.memory.buffer.byteLength).toBeGreaterThan(big + 5_000_000)
  expect(() => Number(realloc(0, 0, 1, -1))).toThrow(WebAssembly.RuntimeError)
})
