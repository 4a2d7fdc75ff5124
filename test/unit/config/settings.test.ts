import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadSettings, type SettingSources } from '../../../src/config/settings.ts'
import { SETTING_FIELDS } from '../../../src/config/setting-fields.ts'
import { parseConfig } from '../../../src/config/parse.ts'

interface Given {
  readonly args?: readonly string[]
  readonly env?: Record<string, string>
  readonly file?: string
}

function sources({ args = [], env = {}, file }: Given): SettingSources {
  return { args, env, defaultFile: 'etc/plutino.yaml', readFile: (path) => (path === 'etc/plutino.yaml' ? file : undefined) }
}
const load = (given: Given) => loadSettings(sources(given))
function problem(given: Given): string {
  try {
    load(given)
  } catch (error) {
    return (error as Error).message
  }
  return 'none'
}

test('without anything every setting has its default, and the server listens on loopback', () => {
  const { settings, warnings, file } = load({})
  expect(settings.basic).toMatchObject({ restIp: '127.0.0.1', restPort: 9081, logLevel: 'info', dataFolder: 'data' })
  expect(settings).toMatchObject({
    demo: true,
    broker: { enabled: true, port: 1883 },
    rule: { qos: 0, lateTolerance: 1000, checkpointInterval: 300_000 },
  })
  expect(warnings).toEqual([])
  expect(file).toBeUndefined()
})

test('the file that ships says nothing but the defaults', () => {
  const text = readFileSync('etc/plutino.yaml', 'utf8')
  expect(load({ file: text }).settings).toEqual(load({}).settings)
})

test('every line that the file comments out is a known setting with its default', () => {
  const text = readFileSync('etc/plutino.yaml', 'utf8').replaceAll(/^(\s*)# (?=[a-zA-Z]+: \S)(?!.*: .* .*$)/gm, '$1')
  expect(load({ file: text }).settings).toEqual(load({}).settings)
})

test('the environment wins over the file, flags win over the environment', () => {
  const file = 'basic:\n  restPort: 1\n  logLevel: warn\n'
  const env = { PLUTINO__BASIC__RESTPORT: '2' }
  expect(load({ file }).settings.basic).toMatchObject({ restPort: 1, logLevel: 'warn' })
  expect(load({ file, env }).settings.basic).toMatchObject({ restPort: 2, logLevel: 'warn' })
  expect(load({ file, env, args: ['--port', '3'] }).settings.basic.restPort).toBe(3)
})

test('our prefix wins over that of eKuiper', () => {
  expect(load({ env: { PLUTINO__BASIC__RESTPORT: '5', KUIPER__BASIC__RESTPORT: '4' } }).settings.basic.restPort).toBe(5)
  expect(load({ env: { KUIPER__BASIC__RESTPORT: '4' } }).settings.basic.restPort).toBe(4)
})

test.each<[Given, object]>([
  [{ args: ['--host', '0.0.0.0'] }, { basic: { restIp: '0.0.0.0' } }],
  [{ args: ['--port=0'] }, { basic: { restPort: 0 } }],
  [{ args: ['--data', '/x'] }, { basic: { dataFolder: '/x' } }],
  [{ args: ['--broker', 'off'] }, { broker: { enabled: false } }],
  [{ args: ['--broker', '1884'] }, { broker: { enabled: true, port: 1884 } }],
  [{ args: ['--no-demo'] }, { demo: false }],
  [{ args: ['--demo'], file: 'demo: false' }, { demo: true }],
  [{ env: { PLUTINO__DEMO: 'false' } }, { demo: false }],
  [{ env: { PLUTINO__RULE__RESTARTSTRATEGY__ATTEMPTS: '3' } }, { rule: { restartStrategy: { attempts: 3, delay: 1000 } } }],
  [{ file: 'basic:\n  debug: true' }, { basic: { logLevel: 'debug' } }],
  [{ file: 'basic:\nrule:\n' }, { basic: { restPort: 9081 } }],
  [{ file: 'BASIC:\n  RestPort: 7' }, { basic: { restPort: 7 } }],
])('%j gives %j', (given, expected) => {
  expect(load(given).settings).toMatchObject(expected)
})

test.each<[Given, string]>([
  [{ file: 'basic:\n  restPrt: 1' }, 'etc/plutino.yaml: unknown setting basic.restPrt; did you mean basic.restPort?'],
  [
    { env: { PLUTINO__BASIC__RESTPROT: '1' } },
    'environment variable PLUTINO__BASIC__RESTPROT: unknown setting basic.RESTPROT; did you mean basic.restPort?',
  ],
  [{ args: ['--prot', '1'] }, 'unknown flag --prot; did you mean --port?'],
  [{ args: ['--zzzzzz'] }, 'unknown flag --zzzzzz; known are --host, --port, --data, --broker, --demo, --config, --no-demo'],
  [{ args: ['extra'] }, 'unexpected argument "extra"'],
  [{ args: ['--port'] }, 'flag --port: expected a value'],
  [{ args: ['--port', '99999'] }, 'flag --port: basic.restPort: expected a whole number from 0 to 65535, got "99999"'],
  [{ args: ['--broker', 'on'] }, 'flag --broker: broker.port: expected a whole number from 0 to 65535, got "on"'],
  [{ file: 'basic:\n  restPort: many' }, 'etc/plutino.yaml: basic.restPort: expected a whole number from 0 to 65535, got "many"'],
  [{ file: 'basic: 5' }, 'etc/plutino.yaml: basic: expected an object, got 5'],
  [{ file: '- a' }, 'etc/plutino.yaml: expected keys with values, got ["a"]'],
  [{ file: '__proto__:\n  a: 1' }, 'etc/plutino.yaml: unknown setting __proto__'],
  [{ file: 'toString: 1' }, 'etc/plutino.yaml: unknown setting toString'],
  [
    { env: { PLUTINO__BASIC__TIMEZONE: 'Mars/Base' } },
    'environment variable PLUTINO__BASIC__TIMEZONE: basic.timezone: unknown time zone "Mars/Base"; expected an IANA name such as "Europe/Berlin", "UTC" or "Local"',
  ],
  [
    { file: 'basic:\n  authentication: true' },
    'etc/plutino.yaml: basic.authentication: authentication is not supported yet; keep basic.restIp on loopback, or put a proxy that asks for credentials in front',
  ],
])('%j is refused: %s', (given, message) => {
  expect(problem(given)).toBe(message)
})

test('broken YAML is refused with line and column', () => {
  expect(problem({ file: 'basic:\n  restPort: [1' })).toMatch(/^etc\/plutino.yaml:2:\d+: not valid YAML: /)
})

test('all problems are reported at once', () => {
  expect(problem({ file: 'basic:\n  restPrt: 1\n  logLevel: loud', args: ['--prot'] }).split('\n')).toHaveLength(3)
})

test('settings of eKuiper without effect are taken with a warning; one that protects may be off', () => {
  const { warnings } = load({
    file: 'basic:\n  prometheus: true\n  authentication: false\nportable:\n  pythonBin: python3\nsink:\n  enableCache: false\n',
  })
  expect(warnings).toEqual([
    'etc/plutino.yaml: basic.prometheus has no effect',
    'etc/plutino.yaml: basic.authentication has no effect',
    'etc/plutino.yaml: portable.pythonBin has no effect',
    'etc/plutino.yaml: sink.enableCache has no effect',
  ])
})

test('--config names another file, which must be there', () => {
  const readFile = (path: string): string | undefined => (path === 'my.yaml' ? 'demo: false' : undefined)
  expect(loadSettings({ args: ['--config', 'my.yaml'], env: {}, defaultFile: 'x', readFile }).settings.demo).toBe(false)
  expect(() => loadSettings({ args: ['--config', 'no.yaml'], env: {}, defaultFile: 'x', readFile })).toThrow(
    'flag --config: there is no file no.yaml',
  )
})

test('the local time zone becomes the name of a zone', () => {
  expect(load({}).settings.basic.timezone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone)
})

test('the declaration itself is complete: an empty configuration is a good one', () => {
  expect(parseConfig(SETTING_FIELDS, {}).ok).toBe(true)
})
