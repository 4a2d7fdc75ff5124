import { expect, test } from 'vitest'
import { integer, list, string } from '../../../src/config/field.ts'
import { SourceConfigs } from '../../../src/config/source-config.ts'

const fields = {
  server: string('', { default: '' }),
  qos: integer('', { default: 0 }),
  password: string('', { secret: true, optional: true }),
  topics: list('', string(''), { optional: true }),
}
const FILE = 'default:\n  server: tcp://a\n  qos: 1\n  bufferLength: 7\nplant:\n  server: tcp://b\nempty:\n'

function configs(env: Record<string, string> = {}, file: string | undefined = FILE) {
  return new SourceConfigs('etc', env, (path) => (path === 'etc/mqtt_source.yaml' || path === 'etc/sources/other.yaml' ? file : undefined))
}

test('a later value wins: default, the section that CONF_KEY names, EXTRA', () => {
  expect(configs().resolve({ type: 'mqtt', fields })).toEqual({ server: 'tcp://a', qos: 1 })
  expect(configs().resolve({ type: 'MQTT', fields, confKey: 'plant' })).toEqual({ server: 'tcp://b', qos: 1 })
  expect(configs().resolve({ type: 'mqtt', fields, confKey: 'plant', extra: { qos: 2 } })).toEqual({ server: 'tcp://b', qos: 2 })
  expect(configs().resolve({ type: 'other', fields, confKey: 'empty' })).toMatchObject({ server: 'tcp://a' })
})

test('the environment wins over the file, in any case, and may add a section', () => {
  const env = {
    MQTT_SOURCE__DEFAULT__SERVER: 'tcp://env',
    MQTT_SOURCE__EDGE__QOS: '2',
    MQTT_SOURCE__EDGE__TOPICS: '[a, b]',
    OTHER: 'x',
    PATH: '/',
  }
  expect(configs(env).resolve({ type: 'mqtt', fields })).toEqual({ server: 'tcp://env', qos: 1 })
  expect(configs(env).resolve({ type: 'mqtt', fields, confKey: 'edge' })).toEqual({ server: 'tcp://env', qos: '2', topics: ['a', 'b'] })
})

test('a password that looks like a number stays text', () => {
  expect(configs({ MQTT_SOURCE__DEFAULT__PASSWORD: '007' }).resolve({ type: 'mqtt', fields })).toMatchObject({ password: '007' })
})

test('without a file there is an empty default', () => {
  expect(configs({}, undefined).resolve({ type: 'nothing', fields })).toEqual({})
})

test.each([
  [{ confKey: 'plnt' }, 'CONF_KEY "plnt": etc/mqtt_source.yaml has no such section'],
  [{ extra: { sever: 'x' } }, 'EXTRA: unknown property "sever"; did you mean "server"?'],
])('%j is refused: %s', (request, message) => {
  expect(() => configs().resolve({ type: 'mqtt', fields, ...request })).toThrow(message)
})

test('an unknown property in the file is refused with the place where it stands', () => {
  expect(() => configs({}, 'default:\n  servr: x').resolve({ type: 'mqtt', fields })).toThrow(
    'etc/mqtt_source.yaml: default: unknown property "servr"; did you mean "server"?',
  )
  expect(() => configs({}, 'default: 5').resolve({ type: 'mqtt', fields })).toThrow(
    'etc/mqtt_source.yaml: default: expected properties, got 5',
  )
})

test('a type that is a path reads no file', () => {
  expect(() => configs().resolve({ type: '../../etc/passwd', fields })).toThrow('is not the name of a source')
})

test('names of prototypes are sections and properties like others', () => {
  expect(() => configs().resolve({ type: 'mqtt', fields, confKey: 'toString' })).toThrow('no such section')
  expect(() => configs().resolve({ type: 'mqtt', fields, extra: JSON.parse('{"__proto__":{"qos":2}}') })).toThrow(
    'unknown property "__proto__"',
  )
})
