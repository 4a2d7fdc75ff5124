import { expect, test } from 'vitest'
import { NetworkGrant } from '../../../../src/wasm/imports/network-grant.ts'

const grant = new NetworkGrant([
  'https://api.example/v1/*',
  'http://*.lab.example:8080',
  'plc.example:502',
  '*:1883',
  'http://127.0.0.1:9000',
  '10.0.0.5:*',
])

test.each([
  ['https://api.example/v1/devices?x=1'],
  ['http://a.lab.example:8080/'],
  ['http://a.b.lab.example:8080/x'],
  ['http://127.0.0.1:9000/any'],
])('%s is granted', (url) => {
  expect(() => grant.checkUrl(new URL(url))).not.toThrow()
})

test.each([
  ['http://api.example/v1/devices'],
  ['https://api.example/v2'],
  ['https://api.example:8443/v1/x'],
  ['https://api.example.evil.example/v1/'],
  ['https://evil.example/?https://api.example/v1/'],
  ['http://lab.example:8080/'],
  ['http://plc.example:502/'],
  ['http://127.0.0.1:9001/'],
  ['http://[::1]:9000/'],
])('%s is denied', (url) => {
  expect(() => grant.checkUrl(new URL(url))).toThrow(/the plugin may not reach/)
})

test('TCP goes to granted hosts and ports alone', () => {
  for (const [host, port] of [
    ['plc.example', 502],
    ['PLC.example', 502],
    ['any.example', 1883],
    ['10.0.0.5', 7],
  ] as const)
    expect(() => grant.checkHost(host, port)).not.toThrow()
  for (const [host, port] of [
    ['plc.example', 503],
    ['api.example', 443],
    ['10.0.0.6', 502],
  ] as const)
    expect(() => grant.checkHost(host, port)).toThrow(
      `the plugin may not reach ${host}:${port}; it may reach plc.example:502, *:1883, 10.0.0.5:*`,
    )
})

test.each([
  ['127.0.0.1'],
  ['127.9.9.9'],
  ['localhost'],
  ['::1'],
  ['[::1]'],
  ['169.254.169.254'],
  ['0.0.0.0'],
  ['::ffff:127.0.0.1'],
  ['fe80::1'],
  ['fe80::1%eth0'],
  ['::1%lo'],
  ['::ffff:7f00:1'],
  ['::FFFF:7F00:0001'],
  ['0:0:0:0:0:0:0:1'],
  ['::127.0.0.1'],
  ['64:ff9b::127.0.0.1'],
  ['64:ff9b::a9fe:a9fe'],
  ['2002:7f00:1::'],
])('a pattern for any host does not reach %s', (host) => {
  expect(() => grant.checkHost(host, 1883)).toThrow(/an address of this machine, which is not granted/)
})

test('an address of this machine is reached when the rule names it', () => {
  const named = new NetworkGrant(['localhost:5020', '127.0.0.1:5021', '[::1]:5022'])
  for (const [host, port] of [
    ['localhost', 5020],
    ['127.0.0.1', 5021],
    ['::1', 5022],
  ] as const)
    expect(() => named.checkHost(host, port)).not.toThrow()
})

test('a name that leads to this machine is refused, whoever granted it', () => {
  expect(() => grant.checkAddress('plc.example', '127.0.0.1')).toThrow('plc.example is 127.0.0.1, an address of this machine')
  expect(() => grant.checkAddress('plc.example', '::ffff:169.254.169.254')).toThrow(/address of this machine/)
  expect(() => grant.checkAddress('plc.example', '192.0.2.7')).not.toThrow()
})

test('without a grant nothing is reached, and texts that are no places grant nothing', () => {
  expect(() => new NetworkGrant([]).checkHost('a.example', 1)).toThrow('it may reach nothing')
  expect(() => new NetworkGrant(['', 'a b:1', 'x', 'user@host:5', 'ftp://a.example', 'http://']).checkHost('a.example', 21)).toThrow(
    'it may reach nothing',
  )
})
