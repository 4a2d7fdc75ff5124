import { defineSink, type Contribution, type SourceDefinition } from '../../../src/api/definition.ts'
import type { PluginHost } from '../../../src/api/plugin.ts'
import { Registry } from '../../../src/api/registry.ts'
import type { Sink, SinkBatch } from '../../../src/api/sink.ts'
import { PlutinoError } from '../../../src/base/errors.ts'
import { createCatalog } from '../../../src/catalog/catalog.ts'
import { codecs } from '../../../src/codecs/index.ts'
import { parseExact } from '../../../src/data/exact-json.ts'
import { loadSettings } from '../../../src/config/settings.ts'
import { SourceConfigs } from '../../../src/config/source-config.ts'
import { createDatabases } from '../../../src/connectors/sql/databases.ts'
import { connectors } from '../../../src/connectors/index.ts'
import { DataServer } from '../../../src/connectors/data-server/data-server.ts'
import { MemoryBus } from '../../../src/connectors/memory/bus.ts'
import { mqttSource } from '../../../src/connectors/mqtt/source.ts'
import { isStruct, type Value } from '../../../src/data/value.ts'
import { functions } from '../../../src/functions/index.ts'
import { Engine } from '../../../src/runtime/engine.ts'
import { MemoryStore } from '../../../src/store/memory.ts'
import { RecordingLogger } from '../../support/context.ts'
import { FakeClock, settle } from '../../support/fake-clock.ts'
import type { Answer, BehaviourCase } from './case.ts'
import { FedSource, payloadBatch, recordBatch } from './fed-source.ts'

/** Milliseconds between rows, as the rule tests were recorded, and after the last. */
const ROW_INTERVAL = 4
const AFTERWARDS = 50
/** Turns of the event loop after which a source that is not asked for more never will be. */
const TURNS = 200

const { settings } = loadSettings({ args: [], env: {}, defaultFile: '', readFile: () => undefined })

/** Everything real but the clock, the sources and the sink. */
class World {
  readonly messages: Value[] = []
  readonly clock = new FakeClock()
  readonly #fed = new Map<string, FedSource>()
  readonly #decoded: boolean
  readonly #catalog

  constructor({ transport }: BehaviourCase) {
    this.#decoded = transport === 'rule'
    const { clock } = this
    const log = new RecordingLogger()
    const dataServer = new DataServer({ host: '127.0.0.1', port: 0, clock, log })
    const databases = createDatabases({ log, clock, folder: '' })
    const others = connectors({ bus: new MemoryBus(), dataServer, databases, filesFolder: '' }).filter(
      ({ kind, name }) => kind !== 'source' || name !== mqttSource.name,
    )
    const registry = new Registry([...others, this.#fedSource(), captureSink(this.messages), ...codecs, ...functions])
    const parts = { registry, clock, log, settings, store: new MemoryStore(), pluginHost: NO_PLUGINS, results: NO_RESULTS, dataFolder: '' }
    const engine = new Engine({ ...parts, timeZone: 'UTC' })
    const sources = new SourceConfigs('', {}, () => undefined)
    this.#catalog = createCatalog({ ...parts, engine, sources })
  }

  create({ streams, sql, options }: BehaviourCase): Promise<string> {
    for (const statement of streams) this.#catalog.streams.execute(statement)
    const rule = { id: 'RULE', sql, actions: [{ capture: { sendSingle: false } }], options: { sendError: true, ...options } }
    return this.#catalog.rules.create(JSON.stringify(rule))
  }

  /** Sends the rows, stream after stream. */
  async feed({ input }: BehaviourCase): Promise<void> {
    await settle()
    for (const [stream, rows] of Object.entries(input)) {
      const source = this.#fed.get(stream)
      if (source === undefined) throw new Error(`the rule does not read stream ${stream}`)
      if (this.#decoded) await this.#send(source, rows)
      else for (const row of rows) await this.#send(source, [row])
    }
    await this.clock.advance(AFTERWARDS)
  }

  async close(): Promise<void> {
    await this.#catalog.rules.close()
  }

  async #send(source: FedSource, rows: readonly Value[]): Promise<void> {
    await this.clock.advance(ROW_INTERVAL)
    const time = this.clock.now()
    source.push(this.#decoded ? payloadBatch(rows, time) : recordBatch(rows, time))
    for (let turn = 0; turn < TURNS; turn++) {
      await settle()
      if (source.wanted) return
      // A function may wait for the clock.
      await this.clock.advance(1)
    }
    throw new Error('the rows were not taken')
  }

  /** Stands in place of the source that a stream has by default, with the same fields and checks. The driver names the stream when it connects. */
  #fedSource(): SourceDefinition {
    const connected = (node: string, source: FedSource): unknown => this.#fed.set(node.replace(/^source_/, ''), source)
    return { ...mqttSource, payload: this.#decoded ? 'bytes' : 'values', create: () => new FedSource(connected) }
  }
}

/** Runs a case without a server, as the rule test or the rule of the recording did. */
export async function answerTo(testCase: BehaviourCase): Promise<Answer> {
  let world: World | undefined
  try {
    world = new World(testCase)
    try {
      await world.create(testCase)
    } catch (error) {
      if (error instanceof PlutinoError && error.code !== 'internal') return { error: { phase: 'create', text: error.message } }
      throw error
    }
    await world.feed(testCase)
    return answerOf(world.messages)
  } catch (error) {
    return { error: { phase: 'harness', text: error instanceof Error ? (error.stack ?? error.message) : String(error) } }
  } finally {
    await world?.close()
  }
}

function answerOf(output: readonly Value[]): Answer {
  const [only] = output
  const error = output.length === 1 && isStruct(only) ? only['$error'] : undefined
  return typeof error === 'string' ? { error: { phase: 'run', text: error } } : { output }
}

function captureSink(messages: Value[]): Contribution {
  const sink: Sink = {
    async connect() {},
    async write(batch: SinkBatch) {
      for (const payload of batch.encoded().payloads) messages.push(readMessage(String(payload)))
    },
    async close() {},
  }
  return defineSink({ name: 'capture', doc: 'Keeps the messages.', payload: 'bytes', fields: {}, create: () => sink })
}

/** Results are arrays of rows; an object with an error alone is the error of a row. */
function readMessage(text: string): Value {
  const message = parseExact(text)
  const error = isStruct(message) && Object.keys(message).length === 1 ? message['error'] : undefined
  return typeof error === 'string' ? { $error: error } : message
}

const refuse = (): never => {
  throw new Error('the cases use neither plugins nor rule tests')
}
const NO_PLUGINS: PluginHost = {
  unpack: refuse,
  check: refuse,
  checkAllowed: refuse,
  definitions: refuse,
  move: refuse,
  uses: () => [],
  limits: refuse,
  ruleLimits: () => {},
  close: async () => {},
}
const NO_RESULTS = { open: refuse }
