import { describe, expect, test } from 'vitest'
import { PlutinoError } from '../../../../src/base/errors.ts'
import { NetworkGrant } from '../../../../src/wasm/imports/network-grant.ts'
import { checkAllowance, placesOf } from '../../../../src/wasm/install/allowance.ts'

function refusal(capabilities: readonly string[], allow?: readonly string[]): PlutinoError | undefined {
  const description = { name: 'plc', version: '2.0.0', kinds: ['source' as const], capabilities, wit: '1.0.0', size: 1, sha256: '' }
  try {
    checkAllowance({ description, component: new Uint8Array(), files: new Map(), ...(allow === undefined ? {} : { allow }) })
    return undefined
  } catch (error) {
    if (error instanceof PlutinoError) return error
    throw error
  }
}

describe('imports of a component', () => {
  test.each<[readonly string[], readonly string[] | undefined]>([
    [['db', 'http', 'tcp'], undefined],
    [['log', 'state', 'clock', 'random'], []],
    [['db', 'log'], ['db']],
    [['http'], ['http:https://api.example/*']],
    [['tcp'], ['tcp:plc.example:502', 'tcp:[fe80::1]:*']],
    [['tcp'], ['log', 'tcp']],
  ])('%j are allowed by %j', (capabilities, allow) => {
    expect(refusal(capabilities, allow)).toBeUndefined()
  })

  test('beyond what is allowed are named, with what to do', () => {
    expect(refusal(['log', 'db', 'tcp'], ['db'])).toMatchObject({
      code: 'plugin_invalid',
      message: 'version 2.0.0 of plugin plc needs tcp, but only db is allowed',
      hint: 'to allow it, send "allow": ["db","tcp"]',
    })
    expect(refusal(['http', 'tcp'], [])?.message).toBe('version 2.0.0 of plugin plc needs http and tcp, but nothing is allowed')
  })

  test.each(['files', 'DB', 'http:api.example', 'tcp:plc', 'tcp:plc:99:1', 'http:ftp://x/', ''])(
    '%j is nothing that can be allowed',
    (word) => {
      expect(refusal([], [word])).toMatchObject({ code: 'config_invalid', hint: expect.stringContaining('http:https://') })
    },
  )
})

describe('places', () => {
  const grant = (allow: readonly string[]): NetworkGrant =>
    new NetworkGrant(['https://rule.example/in'], { patterns: ['https://*', '*:502'], within: placesOf(allow) })
  const url = (text: string): URL => new URL(text)

  test('of the manifest are narrowed to what is allowed', () => {
    const narrowed = grant(['http:https://api.example/v1/*', 'tcp:plc.example:502'])
    narrowed.checkUrl(url('https://api.example/v1/a'))
    narrowed.checkHost('plc.example', 502)
    expect(() => narrowed.checkUrl(url('https://api.example/v2'))).toThrow('may not reach https://api.example')
    expect(() => narrowed.checkUrl(url('https://other.example/v1/a'))).toThrow('may not reach')
    expect(() => narrowed.checkHost('other.example', 502)).toThrow('may not reach')
  })

  test('that are allowed but not in the manifest are not granted', () => {
    expect(() => grant(['tcp:plc.example:503']).checkHost('plc.example', 503)).toThrow('may not reach')
  })

  test('that the rule names stay granted', () => {
    grant(['tcp']).checkUrl(url('https://rule.example/in'))
  })

  test('are not narrowed where a kind is allowed as a whole', () => {
    const whole = grant(['http', 'tcp'])
    whole.checkUrl(url('https://any.example/x'))
    whole.checkHost('any.example', 502)
  })
})
