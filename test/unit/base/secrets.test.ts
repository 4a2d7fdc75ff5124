import { expect, test } from 'vitest'
import { isSecretName, maskAddresses, maskSecrets } from '../../../src/base/secrets.ts'

test.each([
  ['user:test@tcp(localhost:3307)/user', 'user:***@tcp(localhost:3307)/user'],
  ['user:p@ss:w@rd@tcp(localhost:3307)/user', 'user:***@tcp(localhost:3307)/user'],
  ['mysql://root:s3cret@db:3306/x', 'mysql://root:***@db:3306/x'],
  ['mysql://root:s3@cret@db:3306/x', 'mysql://root:***@db:3306/x'],
  ['cannot open mqtts://a:b@h:1 now', 'cannot open mqtts://a:***@h:1 now'],
  ['redis://:pw@h', 'redis://:***@h'],
  ['a@b.c', 'a@b.c'],
  ['http://host/path?to=a@b', 'http://host/path?to=a@b'],
  ['sqlite:demo.db', 'sqlite:demo.db'],
])('%s is shown as %s', (text, shown) => {
  expect(maskAddresses(text)).toBe(shown)
})

test('a long text without an address is masked in no time', () => {
  // the square of the length would not end within the time of a test
  for (const text of ['a'.repeat(1_000_000), '=a'.repeat(500_000), 'a:'.repeat(500_000), 'x://'.repeat(250_000)])
    expect(maskAddresses(`${text}@`).length).toBeGreaterThan(900_000)
})

test('members with telling names are hidden at every depth, and nothing else is', () => {
  const value = {
    password: 'x',
    list: [{ accessToken: 'y', empty: { passwd: '' } }],
    n: 1,
    url: 'a://u:p@h',
    passwordFile: true,
    nothing: null,
  }
  expect(maskSecrets(value)).toEqual({
    password: '***',
    list: [{ accessToken: '***', empty: { passwd: '' } }],
    n: 1,
    url: 'a://u:***@h',
    passwordFile: true,
    nothing: null,
  })
})

test('a member named __proto__ stays data', () => {
  const masked = maskSecrets(JSON.parse('{"__proto__":{"password":"x"}}'))
  expect(JSON.stringify(masked)).toBe('{"__proto__":{"password":"***"}}')
})

test.each([
  ['password', true],
  ['clientSecret', true],
  ['api_key', true],
  ['topic', false],
  ['key', false],
])('is %s the name of a secret: %s', (name, secret) => {
  expect(isSecretName(name)).toBe(secret)
})
