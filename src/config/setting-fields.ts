import { PLUGIN_LIMIT_FIELDS } from './plugin-limits.ts'
import { boolean, type ConfigOf, type Fields, choice, duration, integer, list, number, object, string } from './field.ts'

const MIB = 1024 * 1024

/** Every setting of the server, declared here and nowhere else: file, environment, flags, checks and documentation follow from it. */
export const SETTING_FIELDS = {
  basic: object('The server.', {
    restIp: string(
      'Address of the REST API. Loopback by default: as long as the API asks for no credential, everyone who reaches it controls the server.',
      { default: '127.0.0.1', minLength: 1, examples: ['0.0.0.0'] },
    ),
    restPort: integer('Port of the REST API; 0: any free one.', { default: 9081, min: 0, max: 65_535 }),
    logLevel: choice(
      'What is written to the log.',
      { debug: 'everything', info: 'what starts, stops and changes', warn: 'what recovers by itself', error: 'what needs a person' },
      { default: 'info' },
    ),
    debug: boolean('The same as logLevel debug.', { default: false }),
    logFormat: choice(
      'How a log line looks.',
      { auto: 'readable on a terminal, JSON elsewhere', json: 'one JSON object a line', pretty: 'readable' },
      { default: 'auto' },
    ),
    timezone: string('Time zone of date functions: an IANA name, or `Local` for the zone of the system.', {
      default: 'Local',
      examples: ['UTC', 'Europe/Berlin'],
    }),
    dataFolder: string('Folder of everything that the server stores; relative to the working folder.', { default: 'data', minLength: 1 }),
    maxBodySize: integer('Largest body of a request in bytes; plugin zips have their own limit.', {
      default: 10 * MIB,
      min: 1024,
      advanced: true,
    }),
  }),
  broker: object('The MQTT broker inside the server.', {
    enabled: boolean('Start it, unless a broker answers on its port already.', { default: true }),
    host: string('Address that it listens on.', { default: '127.0.0.1', minLength: 1 }),
    port: integer('Port that it listens on; 0: any free one.', { default: 1883, min: 0, max: 65_535 }),
  }),
  source: object(
    'The port for data: event streams, WebSockets and pushed messages. It is opened when a stream, an action or a rule test needs it.',
    {
      httpServerIp: string('Address that it listens on. Loopback by default: whoever reaches it can read and send.', {
        default: '127.0.0.1',
        minLength: 1,
        examples: ['0.0.0.0'],
      }),
      httpServerPort: integer('Port that it listens on; 0: any free one.', { default: 10_081, min: 0, max: 65_535 }),
    },
  ),
  demo: boolean('Create the demo stream and rules when nothing has been created yet.', { default: true }),
  rule: object('Defaults of the options of rules.', {
    debug: boolean('Log the rule in detail.', { default: false, advanced: true }),
    isEventTime: boolean('Use the time in the rows instead of the time of arrival.', { default: false }),
    lateTolerance: duration('How late a row may come with event time.', { default: '1s' }),
    bufferLength: integer(
      'Rows that may wait for a sink before the rule stops reading; an action may say otherwise. Absent: 1024, or 4096 where writes are answered from elsewhere, as by databases.',
      { optional: true, min: 1 },
    ),
    sendMetaToSink: boolean('Add the metadata of the message to each row as `__meta`; not behind windows and joins.', { default: false }),
    sendNilField: boolean('Send columns that are null.', { default: false }),
    sendError: boolean('Send errors of rows to the sinks.', { default: false }),
    qos: integer('0: at most once, 1: at least once, 2: exactly once.', { default: 0, min: 0, max: 2 }),
    checkpointInterval: duration('How often the state of a rule with qos above 0 is saved.', { default: '300s' }),
    restartStrategy: object('What happens when a rule fails.', {
      attempts: integer('How often it is started again; 0: never.', { default: 0, min: 0 }),
      delay: duration('Pause before the first restart.', { default: 1000 }),
      multiplier: number('Factor from pause to pause.', { default: 2, min: 1 }),
      maxDelay: duration('Longest pause.', { default: 30_000 }),
      jitterFactor: number('Random share of a pause.', { default: 0.1, min: 0, max: 1 }),
    }),
    limits: object(
      'Limits of the plugins that a rule uses, where they are below those of the server and of the plugin.',
      PLUGIN_LIMIT_FIELDS,
      {
        advanced: true,
      },
    ),
  }),
  plugin: object('Limits of plugins.', {
    maxZipSize: integer('Largest zip in bytes.', { default: 100 * MIB, min: 1024 }),
    downloadTimeout: duration('How long the download of a zip may take.', { default: '60s' }),
    maxRedirects: integer('How many redirects a download may follow.', { default: 5, min: 0, max: 20 }),
    allowFile: boolean('Accept `file://` addresses.', { default: true }),
    scanInterval: duration('How often the plugin folders are looked through for files copied by hand.', { default: '2s' }),
    maxMemory: integer('Largest memory of one instance in bytes.', { default: 64 * MIB, min: 65_536 }),
    callTimeout: duration('How long one call of a plugin may take; what it waits for the host does not count.', { default: '10s' }),
    waitTimeout: duration('How long one call of a plugin to the host (a database, a request, a sleep) may take.', { default: '30s' }),
    totalWaitTimeout: duration('How long one call of a plugin may wait for the host in all.', { default: '120s' }),
    checkTimeout: duration('How long the check of a new plugin may take.', { default: '60s', advanced: true }),
    trustedKeys: list('Whose plugins are trusted: public ed25519 keys as PEM, or files that hold one.', string('A key or a file.'), {
      default: [],
      examples: [['/etc/plutino/plugins.pub.pem']],
    }),
    requireSignature: boolean('Refuse plugins that no trusted key has signed, also such as are installed already.', { default: false }),
    maxPayload: integer('Largest data of one call in bytes.', { default: 16 * MIB, min: 1024, advanced: true }),
    maxHostCalls: integer('Calls a second of one instance to the host that wait for something; what is more waits longer.', {
      default: 10_000,
      min: 1,
      advanced: true,
    }),
    maxState: integer('Largest state of one plugin in one rule in bytes.', { default: 16 * MIB, min: 0, advanced: true }),
    maxLogLines: integer('Lines a second that one instance may log.', { default: 100, min: 0, advanced: true }),
    maxInstances: integer('Instances in the whole server.', { default: 256, min: 1, advanced: true }),
    maxConnections: integer('Connections that one instance may have open.', { default: 8, min: 0, advanced: true }),
    keepVersions: integer('Versions of a plugin that are kept for a rollback, with the one that runs.', { default: 3, min: 1 }),
  }),
  database: object('Databases that plugins and lookup tables reach. An address may name its own connectTimeout and queryTimeout.', {
    maxConnections: integer('Connections to one database of a server, for all rules together.', { default: 4, min: 1 }),
    connectTimeout: duration('How long a connection may take until it is open.', { default: '10s' }),
    queryTimeout: duration('How long one statement may take, and the wait for a free connection.', { default: '30s' }),
    maxResultValues: integer('How many values one query may bring; what brings more is cut off and fails.', {
      default: 1_000_000,
      min: 1000,
    }),
    maxResultSize: integer('How many bytes one query may bring; what brings more is cut off and fails.', {
      default: 64 * MIB,
      min: 65_536,
    }),
  }),
} as const satisfies Fields

export type Settings = ConfigOf<typeof SETTING_FIELDS>
export type RuleSettings = Settings['rule']
export type PluginSettings = Settings['plugin']

/** Command line flag -> setting. Flags of boolean settings have a `--no-` form. */
export const FLAGS: Readonly<Record<string, string>> = {
  host: 'basic.restIp',
  port: 'basic.restPort',
  data: 'basic.dataFolder',
  broker: 'broker.port',
  demo: 'demo',
}

/** Settings of eKuiper's kuiper.yaml that have no effect here: a file or an environment made for it is taken, with a warning. */
export const IGNORED_SETTINGS: readonly string[] = [
  'basic.consoleLog',
  'basic.fileLog',
  'basic.logDisableTimestamp',
  'basic.syslog',
  'basic.rotateTime',
  'basic.maxAge',
  'basic.rotateSize',
  'basic.rotateCount',
  'basic.ip',
  'basic.port',
  'basic.prometheus',
  'basic.prometheusPort',
  'basic.pprof',
  'basic.pprofIp',
  'basic.pprofPort',
  'basic.pluginHosts',
  'basic.ignoreCase',
  'basic.sql',
  'basic.rulePatrolInterval',
  'basic.enableOpenZiti',
  'basic.gracefulShutdownTimeout',
  'basic.connection',
  'basic.ResourceProfileConfig',
  'basic.metricsDumpConfig',
  'basic.enableRestAuditLog',
  'basic.enablePrivateNet',
  'basic.allowExternalFileAccess',
  'rule.concurrency',
  'sink',
  'store',
  'portable',
  'openTelemetry',
]

/** Settings of eKuiper that protect something: to ignore them would leave open what their author wanted closed. */
export const REFUSED_SETTINGS: Readonly<Record<string, string>> = {
  'basic.authentication':
    'authentication is not supported yet; keep basic.restIp on loopback, or put a proxy that asks for credentials in front',
  'basic.restTls': 'TLS is not supported yet; put a proxy that speaks TLS in front',
  'source.httpServerTls': 'TLS is not supported yet; put a proxy that speaks TLS in front',
  'basic.aesKey': 'encryption of stored values is not supported yet',
  security: 'encryption is not supported yet',
}
