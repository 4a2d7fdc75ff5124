import { boolean, choice, type ConfigOf, duration, integer, json, string } from '../../config/field.ts'

const certificate = 'used in place of the file'

/** What source and sink need to know to reach a broker. Names are eKuiper's, its spelling mistakes too. */
const CONNECTION_FIELDS = {
  server: string('Address of the broker', {
    default: 'tcp://127.0.0.1:1883',
    pattern: '^(tcp|mqtt|mqtts|ssl|tls|ws|wss)://',
    examples: ['tcp://127.0.0.1:1883', 'mqtts://broker.example.com:8883', 'ws://127.0.0.1:8083/mqtt'],
  }),
  protocolVersion: choice(
    'Version of MQTT',
    { '3.1': 'MQTT 3.1', '3.1.1': 'MQTT 3.1.1', '4': 'MQTT 3.1.1', '5': 'MQTT 5' },
    { default: '3.1.1' },
  ),
  clientid: string('Id of the client; random when it is not given. Two connections with one id throw each other out', { optional: true }),
  clientId: string('The same as clientid', { optional: true, advanced: true }),
  username: string('User name', { optional: true }),
  password: string('Password', { optional: true, secret: true }),
  certificationPath: string('File with the certificate of the client, in PEM', { optional: true, advanced: true }),
  privateKeyPath: string('File with the private key of the client, in PEM', { optional: true, advanced: true }),
  rootCaPath: string('File with the certificates that the broker is checked against, in PEM', { optional: true, advanced: true }),
  certficationRaw: string(`Certificate of the client, PEM in base64, ${certificate}`, { optional: true, advanced: true }),
  privateKeyRaw: string(`Private key of the client, PEM in base64, ${certificate}`, { optional: true, secret: true, advanced: true }),
  rootCARaw: string(`Certificates that the broker is checked against, PEM in base64, ${certificate}`, { optional: true, advanced: true }),
  tlsMinVersion: choice(
    'Oldest version of TLS',
    { 'tls1.0': 'TLS 1.0', 'tls1.1': 'TLS 1.1', 'tls1.2': 'TLS 1.2', 'tls1.3': 'TLS 1.3' },
    { default: 'tls1.2', advanced: true },
  ),
  insecureSkipVerify: boolean('Take any certificate of the broker: only for tests', { default: false, advanced: true }),
  enableClientSession: boolean('Have the broker keep the session, and what was not acknowledged in it, while we are away; needs clientid', {
    default: false,
  }),
  keepalive: duration('Longest silence before the connection is checked', { default: '60s', advanced: true }),
  connectionTimeout: duration('Longest wait for a connection', { default: '10s', advanced: true }),
  connectionSelector: string('Named connection whose properties are merged with these; ignored here', { optional: true, advanced: true }),
  renegotiationSupport: json('Ignored: TLS 1.3 has no renegotiation', { optional: true, advanced: true }),
  kubeedgeVersion: json('Ignored', { optional: true, advanced: true }),
  kubeedgeModelFile: json('Ignored', { optional: true, advanced: true }),
} as const

export type ConnectionConfig = ConfigOf<typeof CONNECTION_FIELDS>

export const SOURCE_FIELDS = {
  ...CONNECTION_FIELDS,
  datasource: string(
    'Topic filter, or several with commas between: + stands for one level, # for all that follow; $share/<group>/<filter> shares',
    {
      minLength: 1,
      examples: ['devices/+/messages', '$share/plutino/devices/#'],
    },
  ),
  qos: integer('Best quality of service of the subscription: 1 and 2 are acknowledged when the sinks have confirmed', {
    default: 1,
    min: 0,
    max: 2,
  }),
  maxMessageSize: integer('Largest message in bytes; larger ones are left out and reported', {
    default: 10 * 1024 * 1024,
    min: 1024,
    max: 268_435_455,
    advanced: true,
  }),
  nap: duration('Pause after a small read soon after another, so that the next one brings more: saves CPU at high rates; 0: none', {
    default: '1ms',
    advanced: true,
  }),
  bufferLength: integer('Ignored: what is read but not processed is bounded by the socket', { optional: true, advanced: true }),
  eofMessage: json('Ignored: a subscription has no end', { optional: true, advanced: true }),
} as const

export const SINK_FIELDS = {
  ...CONNECTION_FIELDS,
  topic: string('Topic to publish to', { minLength: 1, template: true, examples: ['alerts', 'devices/{{.id}}/state'] }),
  qos: integer('Quality of service: 0 at most once, 1 at least once, 2 exactly once', { default: 0, min: 0, max: 2 }),
  retained: boolean('The broker keeps the last message of the topic for new subscribers', { default: false }),
  properties: json('User properties of every message, texts by name (MQTT 5)', { optional: true, advanced: true }),
} as const

export type SourceConfig = ConfigOf<typeof SOURCE_FIELDS>
export type SinkConfig = ConfigOf<typeof SINK_FIELDS>
