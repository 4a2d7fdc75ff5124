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

const echoed = (values: unknown, failures: readonly unknown[] = []): unknown => ok({ values, failures })

test('every kind of value comes back from a function as it went in', () => {
  const plugin = withoutHost()
  const column = value('values', VALUES)
  expect(plugin.call('scalar.exec', 0, 0, VALUES.length, [column])).toStrictEqual(echoed(column))
})

test('columns of numbers and texts come as one array and go back as one', () => {
  const plugin = withoutHost()
  const floats = value('floats', [1.5, -0, Number.NaN, Infinity])
  expect(plugin.call('scalar.exec', 0, 0, 4, [floats])).toStrictEqual(
    echoed(
      value(
        'values',
        [1.5, -0, Number.NaN, Infinity].map((each) => value('float', each)),
      ),
    ),
  )
  expect(plugin.call('scalar.exec', 1, 0, 4, [floats])).toStrictEqual(echoed(value('floats', [3, -0, Number.NaN, Infinity])))
  expect(plugin.call('scalar.exec', 3, 0, 2, [value('ints', [2n ** 53n, -1n])])).toStrictEqual(echoed(value('ints', [2n ** 53n + 1n, 0n])))
  expect(plugin.call('scalar.exec', 4, 0, 2, [value('texts', ['a', 'ü€𝄞'])])).toStrictEqual(echoed(value('texts', ['A', 'Ü€𝄞'])))
})

test('a function describes itself, checks arguments and reports errors of single rows', () => {
  const plugin = withoutHost()
  expect(plugin.call('scalar.functions')).toMatchObject([
    {
      name: 'echo',
      doc: 'The value.',
      parameters: [{ name: 'value', accepts: 'any', optional: false, doc: 'Anything.' }],
      repeats: false,
      returns: 'any',
      nulls: 'call',
      effect: 'pure',
    },
    { name: 'twice', parameters: [{ accepts: 'float', optional: true }], returns: 'float', nulls: 'skip' },
    { name: 'fail', parameters: [], repeats: true, effect: 'volatile' },
    { name: 'next', returns: 'int' },
    { name: 'shout', returns: 'text', effect: 'stateful' },
  ])
  const prepare = (args: unknown): unknown => plugin.call('scalar.prepare', 0, 7, args)
  expect(prepare([])).toStrictEqual({ tag: 'err', val: 'no argument at place 7' })
  expect(prepare([value('expression', 'a + 1')])).toStrictEqual({ tag: 'err', val: 'expression a + 1' })
  expect(prepare([value('constant', value('float', 1.5))])).toStrictEqual({ tag: 'err', val: 'constant 1.5' })
  expect(prepare([value('constant', value('int', 1n))])).toStrictEqual(ok(undefined))
  const texts = ['a', 'no', 'json:{"a": 1}', 'json:{', 'b'].map((each) => value('text', each))
  expect(plugin.call('scalar.exec', 0, 0, 5, [value('values', texts)])).toStrictEqual(
    echoed(value('values', [texts[0], value('null'), value('json', '{"a":1}'), value('null'), texts[4]]), [
      { row: 1, message: 'no was said' },
      { row: 3, message: 'expected a string at character 2, got the end' },
    ]),
  )
  expect(plugin.call('scalar.exec', 0, 0, 1, [])).toMatchObject({ tag: 'err', val: { kind: 'internal', message: 'one argument expected' } })
})

test('an aggregate keeps groups apart, merges, saves, restores and forgets them', () => {
  const plugin = withoutHost()
  expect(plugin.call('aggregate.aggregates')).toMatchObject([{ signature: { name: 'spread' }, removes: false, merges: true }])
  const spread = (groups: readonly number[]): unknown => plugin.call('aggregate.finish', 0, 0, groups)
  const floats = value('floats', [1, 10, 4, -2])
  expect(plugin.call('aggregate.add', 0, 0, [0, 5, 0, 5], [floats])).toStrictEqual(ok([]))
  expect(spread([5, 0, 3])).toStrictEqual(echoed(value('values', [value('float', 12), value('float', 3), value('null')])))
  const saved = plugin.call('aggregate.save', 0, 0, [0, 5])
  expect(plugin.call('aggregate.merge', 0, 0, [0], [5])).toStrictEqual(ok(undefined))
  expect(spread([0, 5])).toStrictEqual(echoed(value('values', [value('float', 12), value('null')])))
  plugin.call('aggregate.drop', [0, 5, 4_000_000_000])
  expect(spread([0])).toStrictEqual(echoed(value('values', [value('null')])))
  const other = withoutHost()
  expect(other.call('aggregate.restore', 0, 0, [1, 2], Object(saved).val)).toStrictEqual(ok(undefined))
  expect(other.call('aggregate.finish', 0, 0, [1, 2])).toStrictEqual(echoed(value('values', [value('float', 3), value('float', 12)])))
  expect(other.call('aggregate.restore', 0, 0, [1], [Uint8Array.of(1)])).toMatchObject({ tag: 'err', val: { kind: 'invalid' } })
  expect(other.call('aggregate.remove', 0, 0, [1], [floats])).toMatchObject({ tag: 'err' })
})

test('a source gives messages with times, metadata, an offset and an end', () => {
  const plugin = runPlugin(built.core, recorder().functions)
  expect(plugin.call('source.describe')).toStrictEqual({ form: 'encoded', resumes: true })
  expect(plugin.call('source.configure', 'topic/ü', '{}')).toStrictEqual(ok(undefined))
  expect(plugin.call('source.open', '42')).toStrictEqual(ok(undefined))
  const meta = [value('text', 'topic/ü'), value('int', 7n)]
  const collected = {
    batch: value('encoded', [new TextEncoder().encode('{"n":42}'), new TextEncoder().encode('{"n":43}')]),
    timestamps: [42_000n, 43_000n],
    meta: { columns: ['topic', 'wait'], rows: [meta, meta] },
    offset: '44',
    end: false,
  }
  expect(plugin.call('source.collect', 2, 7)).toStrictEqual(ok(collected))
  expect(plugin.call('source.collect', 56, 7)).toMatchObject({ val: { offset: '100', end: true } })
  expect(plugin.call('source.commit', '44')).toStrictEqual(ok(undefined))
  expect(plugin.call('source.open', undefined)).toStrictEqual(ok(undefined))
})

test('memory is saved as bytes and comes back', () => {
  const plugin = withoutHost()
  expect(plugin.call('checkpoint.snapshot')).toStrictEqual(ok(new Uint8Array()))
  expect(plugin.call('checkpoint.restore', Uint8Array.of(1, 255))).toStrictEqual(ok(undefined))
  expect(plugin.call('checkpoint.snapshot')).toStrictEqual(ok(Uint8Array.of(1, 255)))
  expect(plugin.call('checkpoint.restore', new Uint8Array())).toMatchObject({ tag: 'err', val: { kind: 'invalid' } })
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
    'state.keys': (prefix) => [...state.keys()].filter((key) => key.startsWith(String(prefix))),
    'state.increment': (key, by) => {
      state.set(String(key), value('int', 1n + BigInt(String(by))))
      return 1n + BigInt(String(by))
    },
    'clock.now': () => 1234n,
    'clock.monotonic': () => 2n ** 40n,
    'clock.sleep': (milliseconds) => calls.push(['sleep', milliseconds]),
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
    'socket.connect': (...args) => {
      calls.push(['connect', ...args])
      return ok({})
    },
    'socket.start-tls': note('start-tls', ok(undefined)),
    'socket.write': note('write', ok(undefined)),
    'socket.read': note('read', ok(Uint8Array.of(9))),
    'socket.shutdown': note('shutdown', ok(undefined)),
    'socket.drop': () => calls.push(['drop socket']),
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
  expect(plugin.call('sink.collect', batch, { columns: ['topic'], rows: VALUES.map(() => [value('text', 'out')]) })).toStrictEqual(
    ok(undefined),
  )
  expect(host.calls.slice(0, 3)).toStrictEqual([['open', 'main'], ['begin'], ['exec-batch', 'INSERT v,wörld', batch.val.rows]])
  expect(host.calls.slice(3, 3 + VALUES.length)).toStrictEqual(batch.val.rows.map((row) => ['exec', 'ONE', row]))
  expect(host.calls.slice(3 + VALUES.length)).toStrictEqual([['query', 'SELECT', [value('text', 'x')]], ['commit']])
  expect([...host.state]).toStrictEqual([
    ['kept', value('float', 2.5)],
    ['rows', value('int', 19n)],
    ['properties', value('text', 'topic=out')],
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
    keys: value('text', 'kept,kept again'),
    tcp: value('bytes', Uint8Array.of(9)),
  })
  const from = host.calls.findIndex((call) => Array.isArray(call) && call[0] === 'sleep')
  expect(host.calls.slice(from, from + 7)).toStrictEqual([
    ['sleep', 7],
    ['connect', 'device', 502, 1000],
    ['start-tls', { serverName: 'name', ca: undefined, certificate: 'cert', key: 'key', protocols: ['a', 'b'] }],
    ['write', new TextEncoder().encode('question'), 5],
    ['read', 100, 6],
    ['shutdown'],
    ['drop socket'],
  ])
  expect(host.calls.find((call) => Array.isArray(call) && call[0] === 'send')).toStrictEqual([
    'send',
    { method: 'POST', url: 'https://x/', headers: [['a', 'b']], body: new TextEncoder().encode('body'), timeoutMs: 10, redirects: 3 },
  ])
  expect(host.state.has('rows')).toBe(false)
})

test('a sink may ask for encoded messages', () => {
  const host = recorder()
  const plugin = runPlugin(built.core, host.functions)
  expect(plugin.call('sink.configure', '{"form":"encoded"}')).toStrictEqual(ok('encoded'))
  expect(plugin.call('sink.collect', { tag: 'encoded', val: [Uint8Array.of(1, 2), new Uint8Array(100_000)] }, undefined)).toStrictEqual(
    ok(undefined),
  )
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
  expect(() => plugin.call('scalar.exec', 2, 0, 3, [])).toThrow(WebAssembly.RuntimeError)
  expect(host.lines).toStrictEqual(['error fail was called: 3 (assembly/function.ts:24:19)'])
})

test('memory stays flat over many calls, small and large', () => {
  const plugin = withoutHost()
  const call = (): unknown => plugin.call('scalar.exec', 0, 0, VALUES.length, [value('values', VALUES)])
  for (let i = 0; i < 20; i++) call()
  const before = plugin.memory.buffer.byteLength
  for (let i = 0; i < 200; i++) call()
  const exec = plugin.exports['plutino:plugin/scalar@1.0.0#exec']
  const post = plugin.exports['cabi_post_plutino:plugin/scalar@1.0.0#exec']
  const realloc = plugin.exports['cabi_realloc']
  if (typeof exec !== 'function' || typeof post !== 'function' || typeof realloc !== 'function') throw new Error('exports are missing')
  for (let i = 0; i < 300_000; i++) {
    const at = Number(realloc(0, 0, 4, 12))
    new DataView(plugin.memory.buffer).setUint8(at, 0)
    new DataView(plugin.memory.buffer).setUint32(at + 8, 0, true)
    post(exec(1, 0, 0, at, 1))
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
