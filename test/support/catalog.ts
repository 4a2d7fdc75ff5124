import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { type Contribution, defineFunction, defineLookup, defineSink, defineSource } from '../../src/api/definition.ts'
import type { PluginHost, PluginKind, PluginLimitsShown, PluginPackage, PluginUse } from '../../src/api/plugin.ts'
import { Registry } from '../../src/api/registry.ts'
import type { Sink } from '../../src/api/sink.ts'
import type { Source } from '../../src/api/source.ts'
import { PlutinoError } from '../../src/base/errors.ts'
import { type Catalog, createCatalog } from '../../src/catalog/catalog.ts'
import type { OpenResults, ResultPort } from '../../src/catalog/rule-tests.ts'
import { codecs } from '../../src/codecs/index.ts'
import { integer, string } from '../../src/config/field.ts'
import { loadSettings } from '../../src/config/settings.ts'
import { SourceConfigs } from '../../src/config/source-config.ts'
import { functions } from '../../src/functions/index.ts'
import type { RowFate } from '../../src/runtime/explain-why/fates.ts'
import type { Rule, Topology } from '../../src/runtime/rule.ts'
import type { RuleSpec, RuleState, RuleStatus } from '../../src/runtime/spec.ts'
import type { KvStore } from '../../src/store/kv.ts'
import { MemoryStore } from '../../src/store/memory.ts'
import { RecordingLogger } from './context.ts'
import { HandSink, HandSource } from './engine-fakes.ts'
import { FakeClock } from './fake-clock.ts'

/** A rule that only remembers what it was told. */
class FakeRule implements Rule {
  readonly id: string
  state: RuleState = 'stopped'
  lastError = ''
  errorCount = 0
  spec: RuleSpec | undefined
  readonly calls: string[] = []
  forgotten = 0

  constructor(id: string) {
    this.id = id
  }

  async start(spec: RuleSpec): Promise<void> {
    this.calls.push('start')
    if (this.state === 'running') return
    this.spec = spec
    this.state = 'running'
  }

  async stop(message = 'canceled manually'): Promise<void> {
    this.calls.push(`stop: ${message}`)
    this.state = 'stopped'
  }

  forget(): void {
    this.forgotten++
  }

  status(): RuleStatus {
    return { status: this.state, message: '', lastStartTimestamp: 0, lastStopTimestamp: 0, nextStartTimestamp: 0 }
  }

  tableRows(): readonly [] {
    return []
  }

  topology(): Topology | undefined {
    return this.spec === undefined ? undefined : { sources: ['source_demo'], edges: { source_demo: ['op_2_project'] } }
  }
}

class FakeEngine {
  /** Streams of which nothing is kept any more. */
  readonly forgotten: string[] = []
  readonly rules = new Map<string, FakeRule>()
  /** What rules that are explained tell their rows to. */
  readonly tells = new Map<string, (fate: RowFate) => void>()

  rule(id: string, tell?: (fate: RowFate) => void): FakeRule {
    if (tell !== undefined) this.tells.set(id, tell)
    const rule = new FakeRule(id)
    this.rules.set(id, rule)
    return rule
  }

  forgetStream(name: string): void {
    this.forgotten.push(name)
  }
}

/** Knows which places are open. */
class FakeResults implements ResultPort {
  readonly paths = new Set<string>()
  readonly sent: (readonly [string, string])[] = []
  failure: Error | undefined

  async open(place: string): Promise<OpenResults> {
    if (this.failure !== undefined) throw this.failure
    this.paths.add(place)
    return { port: 10_081, send: (event, data) => void this.sent.push([event, data]), close: () => void this.paths.delete(place) }
  }
}

/** "Zips" are JSON texts such as `{"name":"mysql","version":"1.0.0","kinds":["sink"]}` after the letters PK. */
class FakePluginHost implements PluginHost {
  checks = 0
  closed = false

  async unpack(zip: Uint8Array, name?: string): Promise<PluginPackage> {
    const text = Buffer.from(zip).toString('utf8')
    if (!text.startsWith('PK')) throw new PlutinoError('plugin_invalid', 'the file is not a zip', { hint: 'zip it' })
    const found = parse(Buffer.from(text.slice(2)))
    if (name !== undefined && name !== found.name) throw new PlutinoError('plugin_invalid', `the request names the plugin "${name}"`)
    const file = `${found.name}@v${found.version}.wasm`
    return describe(
      new Map([
        [file, Buffer.from(text.slice(2))],
        ['etc/extra.txt', Buffer.from('x')],
      ]),
    )
  }

  async check(files: ReadonlyMap<string, Uint8Array>): Promise<PluginPackage> {
    this.checks++
    return describe(files)
  }

  definitions(plugin: PluginPackage): readonly Contribution[] {
    const { name, kinds } = plugin.description
    return kinds.map((kind): Contribution => {
      if (kind === 'sink') return fakeSink(name, plugin.description.version)
      if (kind === 'source') return fakeSource(name)
      const base = { name, category: 'plugin', doc: name, examples: [], params: [], returns: 'any', nulls: 'call', pure: false } as const
      return defineFunction({ ...base, kind: 'row', call: () => null })
    })
  }

  checkAllowed(plugin: PluginPackage): void {
    if (plugin.allow?.includes('db') === false) throw new PlutinoError('plugin_invalid', 'it needs db, which is not allowed')
  }

  /** Nothing moves: all rules start anew. */
  move: PluginHost['move'] = async (from) => ({ restart: from, commit: () => Promise.resolve(), cancel: () => Promise.resolve() })

  uses(): readonly PluginUse[] {
    return []
  }

  limits(): PluginLimitsShown {
    return {
      memory: 1,
      callTimeout: 1,
      waitTimeout: 1,
      totalWaitTimeout: 1,
      hostCalls: 1,
      payload: 1,
      state: 1,
      logLines: 1,
      instances: 1,
      connections: 1,
    }
  }

  ruleLimits(): void {}

  async close(): Promise<void> {
    this.closed = true
  }
}

interface FakePlugin {
  readonly name: string
  readonly version: string
  readonly kinds: readonly PluginKind[]
}

/** Bytes that the fake host takes for a zip. */
export function fakeZip(plugin: Partial<FakePlugin> & { readonly name: string }): Buffer {
  return Buffer.from(`PK${fakeComponent(plugin).toString()}`)
}

/** Bytes that the fake host takes for a component. */
export function fakeComponent(plugin: Partial<FakePlugin> & { readonly name: string }): Buffer {
  return Buffer.from(JSON.stringify({ version: '1.0.0', kinds: ['sink'], ...plugin }))
}

function parse(component: Uint8Array): FakePlugin {
  try {
    return JSON.parse(Buffer.from(component).toString('utf8')) as FakePlugin
  } catch {
    throw new PlutinoError('plugin_invalid', 'it is no component')
  }
}

function describe(files: ReadonlyMap<string, Uint8Array>): PluginPackage {
  const component = [...files].find(([name]) => name.endsWith('.wasm'))?.[1] ?? new Uint8Array()
  const sha256 = createHash('sha256').update(component).digest('hex')
  return { description: { ...parse(component), capabilities: ['db'], wit: '1.0.0', size: component.length, sha256 }, component, files }
}

function fakeSource(name: string): Contribution {
  return defineSource<Record<string, never>>({
    name,
    doc: `The source ${name}.`,
    payload: 'bytes',
    delivery: 'at-most-once',
    fields: {
      datasource: string('Topic.', { default: '' }),
      server: string('Address.', { default: 'tcp://127.0.0.1:1883' }),
      qos: integer('Quality.', { default: 0, min: 0, max: 2 }),
      password: string('Password.', { optional: true, secret: true }),
    } as never,
    create: (): Source => new HandSource(),
  })
}

/** A type of lookup tables that can only be configured. */
function fakeLookup(name: string): Contribution {
  const fields = { datasource: string('Topic.', { default: '' }), key: string('Key.', { optional: true }) }
  return defineLookup({
    name,
    doc: `The lookup tables ${name}.`,
    fields,
    create: () => {
      throw new Error('not opened')
    },
  })
}

export function fakeSink(name: string, doc = `The sink ${name}.`): Contribution {
  return defineSink<Record<string, never>>({
    name,
    doc,
    payload: 'bytes',
    fields: {
      topic: string('Topic.', { optional: true, template: true }),
      url: string('Address.', { optional: true, database: true }),
      table: string('Table.', { optional: true }),
      pin: string('Known by its field only.', { optional: true, secret: true }),
      password: string('Password.', { optional: true, secret: true }),
      server: string('Address.', { optional: true }),
    } as never,
    create: (): Sink => new HandSink(),
  })
}

export interface CatalogWorld {
  readonly catalog: Catalog
  readonly registry: Registry
  readonly engine: FakeEngine
  readonly host: FakePluginHost
  readonly results: FakeResults
  readonly store: KvStore
  readonly clock: FakeClock
  readonly log: RecordingLogger
  readonly folder: string
}

export interface CatalogGiven {
  readonly store?: KvStore
  readonly folder?: string
  readonly env?: Record<string, string>
  readonly flags?: Record<string, string>
  readonly readFile?: (path: string) => string | undefined
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'plutino-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Everything real but connectors, engine and plugin host. */
export async function catalogWorld(given: CatalogGiven = {}): Promise<CatalogWorld> {
  const folder = given.folder ?? temporaryFolder()
  const readFile = given.readFile ?? (() => undefined)
  const { settings } = loadSettings({ args: [], env: given.flags ?? {}, defaultFile: '', readFile: () => undefined })
  const world = {
    registry: new Registry([
      fakeSource('mqtt'),
      fakeSource('simulator'),
      fakeLookup('mqtt'),
      fakeSink('log'),
      fakeSink('mqtt'),
      ...codecs,
      ...functions,
    ]),
    engine: new FakeEngine(),
    host: new FakePluginHost(),
    store: given.store ?? new MemoryStore(),
    clock: new FakeClock(),
    log: new RecordingLogger(),
    folder,
  }
  const results = new FakeResults()
  const sources = new SourceConfigs('etc', given.env ?? {}, readFile)
  const catalog = createCatalog({ ...world, pluginHost: world.host, sources, results, dataFolder: folder, settings })
  await catalog.restore()
  onTestFinished(() => catalog.close())
  return { ...world, results, catalog }
}

/** The error that a call throws. */
export async function failureOf(call: () => unknown): Promise<PlutinoError> {
  try {
    await call()
  } catch (error) {
    if (error instanceof PlutinoError) return error
    throw error
  }
  throw new Error('expected an error')
}
