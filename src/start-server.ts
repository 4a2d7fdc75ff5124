import { readFileSync } from 'node:fs'
import path from 'node:path'
import { withDefaults } from './api/definition.ts'
import type { Contribution } from './api/definition.ts'
import { Registry } from './api/registry.ts'
import { systemClock } from './base/clock.ts'
import type { Logger } from './base/log.ts'
import { createLogger } from './base/log-pino.ts'
import { giveBackWhenIdle, heapCollector } from './base/idle-memory.ts'
import { type Catalog, createCatalog } from './catalog/catalog.ts'
import type { ResultPort } from './catalog/rule-tests.ts'
import { codecs } from './codecs/index.ts'
import type { Settings } from './config/setting-fields.ts'
import { loadSettings } from './config/settings.ts'
import { SourceConfigs } from './config/source-config.ts'
import { type EmbeddedBroker, startBroker } from './connectors/broker/broker.ts'
import { DataServer } from './connectors/data-server/data-server.ts'
import { type ConnectorParts, connectors } from './connectors/index.ts'
import { MemoryBus } from './connectors/memory/bus.ts'
import { createDatabases, type DatabasesDeps } from './connectors/sql/databases.ts'
import { demoHints, installDemo } from './demo.ts'
import { overview } from './overview.ts'
import { functions } from './functions/index.ts'
import { Engine } from './runtime/engine.ts'
import { createApp } from './server/app.ts'
import { listen } from './server/listen.ts'
import { lockFolder } from './store/folder-lock.ts'
import { openStore } from './store/sqlite.ts'
import { signingPolicy } from './wasm/install/signing-policy.ts'
import type { PluginLimits } from './wasm/instance/limits.ts'
import { createPluginHost } from './wasm/plugin-host.ts'

const ROOT = path.join(import.meta.dirname, '..')
const VERSION = '0.1.0'

/** A server that answers. */
export interface RunningServer {
  /** `http://127.0.0.1:9081`. */
  readonly url: string
  /** Stops rules, acknowledges, closes: what is in flight is safe or comes again. */
  close(): Promise<void>
}

/** Starts everything in the order settings, store, registry, catalog, REST. Throws when the server cannot run. `stop`: somebody asks over REST for its end. */
export async function startServer(args: readonly string[], stop: () => void): Promise<RunningServer> {
  const { settings, warnings, file } = loadSettings({ args, env: process.env, defaultFile: path.join(ROOT, 'etc/plutino.yaml'), readFile })
  const signing = signingPolicy(settings.plugin, readFile)
  const pretty = settings.basic.logFormat === 'pretty' || (settings.basic.logFormat === 'auto' && process.stdout.isTTY)
  const log = createLogger({ level: settings.basic.logLevel, pretty, color: process.stdout.isTTY })
  log.info('settings read', { file: file ?? 'none' })
  for (const warning of warnings) log.warn(warning)
  const dataFolder = dataFolderOf(settings, args)
  const store = openStore(path.join(dataFolder, 'plutino.db'))
  const unlock = lockFolder(dataFolder)
  const broker = await openBroker(settings, log)
  const clock = systemClock
  const { httpServerIp, httpServerPort } = settings.source
  const dataServer = new DataServer({ host: httpServerIp, port: httpServerPort, clock, log })
  const databases = createDatabases({ ...databaseLimits(settings.database), log, clock, folder: dataFolder })
  const registry = new Registry(
    builtIns(settings, broker, { bus: new MemoryBus(), dataServer, databases, filesFolder: path.join(dataFolder, 'files') }),
  )
  const pluginHost = createPluginHost({
    databases,
    clock,
    log,
    signing,
    limits: pluginLimits(settings.plugin),
    translations: path.join(dataFolder, 'translated'),
  })
  const engine = new Engine({ registry, clock, log, store, timeZone: settings.basic.timezone })
  const sources = new SourceConfigs(path.join(ROOT, 'etc'), process.env, readFile)
  const results = resultPort(dataServer)
  const catalog = createCatalog({ store, registry, engine, pluginHost, sources, results, clock, log, dataFolder, settings })
  const { promise: ready, resolve: open } = Promise.withResolvers<void>()
  const { restIp: host, restPort: port } = settings.basic
  const app = createApp({ catalog, registry, clock, log, version: VERSION, settings, ready, stop })
  // The port first: a second server must not touch the rules of the first. Requests wait until everything is restored.
  const rest = await listen(app, { host, port })
  const url = `http://${host}:${rest.port}`
  await catalog.restore()
  open()
  const stopGivingBack = giveBackWhenIdle({ clock, cpuMs, heapBytes: () => process.memoryUsage().heapUsed, collect: heapCollector() })
  await offerDemo({ settings, catalog, broker, dataFolder, log })
  log.info(`Plutino ${VERSION} answers on ${url}`)
  const { logFormat, logLevel } = settings.basic
  if (logFormat !== 'json' && (logLevel === 'info' || logLevel === 'debug')) tell({ settings, catalog, broker, dataFolder, url })
  return {
    url,
    async close() {
      log.info('stopping')
      stopGivingBack()
      await rest.close()
      await catalog.close()
      await dataServer.close()
      await pluginHost.close()
      await databases.close()
      await broker?.close()
      store.close()
      unlock()
      log.info('stopped')
    },
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function pluginLimits(given: Settings['plugin']): PluginLimits {
  return {
    memoryBytes: given.maxMemory,
    callMs: given.callTimeout,
    waitMs: given.waitTimeout,
    waitTotalMs: given.totalWaitTimeout,
    hostCalls: given.maxHostCalls,
    payloadBytes: given.maxPayload,
    stateBytes: given.maxState,
    logLines: given.maxLogLines,
    instances: given.maxInstances,
    connections: given.maxConnections,
    checkMs: given.checkTimeout,
  }
}

function databaseLimits(given: Settings['database']): Omit<DatabasesDeps, 'log' | 'clock' | 'folder'> {
  const { maxResultValues, maxResultSize, ...own } = given
  return { ...own, result: { values: maxResultValues, bytes: maxResultSize } }
}

/** Results of a rule test that wait for somebody to read them. */
const KEPT_RESULTS = 10_000

function resultPort(dataServer: DataServer): ResultPort {
  return {
    async open(place) {
      const port = await dataServer.open()
      const lease = await dataServer.events(place, KEPT_RESULTS)
      // Nobody waits for a reader that is behind: whoever explains a rule does not hold it up.
      const send = (event: string, data: string): void => void lease.shared.send(event, data)
      return { port, send, close: () => lease.release() }
    },
  }
}

function readFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** The demo has a folder of its own, so that a server without it is empty; a folder that somebody names is used as it is. */
function dataFolderOf(settings: Settings, args: readonly string[]): string {
  const named = args.some((arg) => arg === '--data' || arg.startsWith('--data=')) || settings.basic.dataFolder !== 'data'
  return path.resolve(settings.basic.dataFolder, ...(named ? [] : [settings.demo ? 'demo' : 'server']))
}

async function openBroker(settings: Settings, log: Logger): Promise<EmbeddedBroker | undefined> {
  const { enabled, host, port } = settings.broker
  if (!enabled) return undefined
  const broker = await startBroker({ host, port, clock: systemClock })
  if (broker.own) log.info(`MQTT broker listens on ${host}:${broker.port}`)
  else log.info(`port ${port} is taken by another MQTT broker: that one is used`)
  return broker
}

/** Connectors, formats and functions; MQTT's address is the embedded broker's unless a stream or an action names another. */
function builtIns(settings: Settings, broker: EmbeddedBroker | undefined, parts: ConnectorParts): readonly Contribution[] {
  const server = broker === undefined ? undefined : `tcp://${settings.broker.host}:${broker.port}`
  const near = (contribution: Contribution): Contribution =>
    server !== undefined && contribution.name === 'mqtt' && (contribution.kind === 'source' || contribution.kind === 'sink')
      ? withDefaults(contribution, { server })
      : contribution
  return [...connectors(parts).map(near), ...codecs, ...functions]
}

interface DemoParts {
  readonly settings: Settings
  readonly catalog: Catalog
  readonly broker: EmbeddedBroker | undefined
  readonly dataFolder: string
  readonly log: Logger
}

async function offerDemo({ settings, catalog, broker, dataFolder, log }: DemoParts): Promise<void> {
  if (!settings.demo || broker === undefined || !catalog.isEmpty()) return
  const ruleset = path.join(ROOT, 'etc/demo.json')
  const plugin = path.join(ROOT, 'plugins/mysql/prebuilt/mysql.zip')
  await installDemo(catalog, { ruleset, plugin, dataFolder }).catch((error: unknown) => {
    log.error('the demo cannot be created', { error })
  })
}

/** What runs and, with the demo, what to try next. */
function tell({ settings, catalog, broker, dataFolder, url }: Omit<DemoParts, 'log'> & { readonly url: string }): void {
  const address = broker === undefined ? undefined : `${settings.broker.host}:${broker.port}`
  const lines = [...overview(catalog, { version: VERSION, url, broker: address })]
  if (settings.demo && address !== undefined) {
    const near = path.relative(process.cwd(), path.join(dataFolder, 'demo.db'))
    const table = near.startsWith('..') ? path.join(dataFolder, 'demo.db') : near
    lines.push(...demoHints({ rest: url, broker: `mqtt://${address}`, table }))
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}
