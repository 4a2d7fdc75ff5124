import { generateKeyPairSync } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { zip } from '../../../../plugin-sdk/assemblyscript/build/zip.ts'
import { systemClock } from '../../../../src/base/clock.ts'
import { silentLogger } from '../../../../src/base/log.ts'
import { loadSettings } from '../../../../src/config/settings.ts'
import { signingPolicy } from '../../../../src/wasm/install/signing-policy.ts'
import { contentHash, enforceSigning, fingerprint, readSigning, signatureFor } from '../../../../src/wasm/install/signature.ts'
import { createPluginHost } from '../../../../src/wasm/plugin-host.ts'
import { FakeDatabases } from '../../../support/plugins.ts'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const files = new Map([
  ['x@v1.0.0.wasm', bytes('abc')],
  ['etc/a.txt', bytes('')],
])
const [mine, other] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')]
const signed = new Map([...files, ['signature', signatureFor(files, mine.privateKey)]])
const strict = { trusted: [mine.publicKey], required: true }

test('the content hash is that of the lines of sha256sum, in the order of names, without the signature', () => {
  // printf '%s  etc/a.txt\n%s  x@v1.0.0.wasm\n' $(printf '' | sha256sum) $(printf abc | sha256sum) | sha256sum
  expect(contentHash(files)).toBe(contentHash(new Map([...signed].toReversed())))
  expect(contentHash(files)).toBe('3d9d319992494ff0a149d43ef2471b0f6ecab43dc30587ea1e215082e297a554')
})

test('a signature says who signed', () => {
  expect(readSigning(signed)).toEqual({ signed: 'yes', signedBy: fingerprint(mine.publicKey) })
  expect(fingerprint(mine.publicKey)).toMatch(/^SHA256:[\w+/]{43}$/)
  expect(readSigning(files)).toEqual({ signed: 'no' })
  expect(() => enforceSigning(signed, strict)).not.toThrow()
})

const changed: readonly (readonly [string, ReadonlyMap<string, Uint8Array>, string])[] = [
  ['another content', new Map([...signed, ['x@v1.0.0.wasm', bytes('abd')]]), 'the package was changed after it was signed'],
  ['a file more', new Map([...signed, ['etc/b.txt', bytes('')]]), 'the package was changed after it was signed'],
  ['a file less', new Map([...signed].filter(([name]) => name !== 'etc/a.txt')), 'the package was changed after it was signed'],
  ['another name', new Map([...signed].map(([name, content]) => [name.replace('a.txt', 'b.txt'), content])), 'changed after it was signed'],
  ['nonsense', new Map([...files, ['signature', bytes('yes')]]), 'the file is not a signature'],
  [
    'no key',
    new Map([...files, ['signature', bytes('plutino plugin signature 1\nkey AAAA\nsignature AAAA\n')]]),
    'names no public ed25519 key',
  ],
]

test.each(changed)('%s: it is refused', (_, content, why) => {
  expect(readSigning(content)).toEqual({ signed: 'no' })
  expect(() => enforceSigning(content, strict)).toThrow(`the package is refused: its signature does not count: `)
  // also where nobody demands one
  expect(() => enforceSigning(content, { trusted: [], required: false })).toThrow(why)
})

test('where signatures are demanded, none and one of a stranger are refused', () => {
  expect(() => enforceSigning(files, strict)).toThrow('the package is refused: it is not signed')
  const foreign = new Map([...files, ['signature', signatureFor(files, other.privateKey)]])
  expect(() => enforceSigning(foreign, strict)).toThrow(
    `it is signed by ${fingerprint(other.publicKey)}, which is none of the trusted keys`,
  )
})

describe('a host that demands signatures', () => {
  const host = createPluginHost({ databases: new FakeDatabases(), clock: systemClock, log: silentLogger, signing: strict })
  afterAll(() => host.close())

  test('refuses a package before it looks at the component', async () => {
    await expect(host.unpack(zip(files))).rejects.toMatchObject({
      code: 'plugin_invalid',
      message: 'the package is refused: it is not signed',
      hint: expect.stringContaining('plutino plugin sign'),
    })
  })

  test('does not run what was installed when nobody asked', () => {
    const description = { name: 'x', version: '1.0.0', kinds: [], capabilities: [], wit: '1.0.0', size: 3, sha256: '' }
    expect(() => host.definitions({ description, component: bytes('abc'), files })).toThrow('it is not signed')
  })
})

describe('settings', () => {
  const pem = mine.publicKey.export({ type: 'spki', format: 'pem' })
  const secret = mine.privateKey.export({ type: 'pkcs8', format: 'pem' })
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' })
  const readFile = (file: string): string | undefined => (file === 'key.pem' ? pem : undefined)

  test('keys are PEM, or files', () => {
    const { settings } = loadSettings({
      args: [],
      env: { PLUTINO__PLUGIN__TRUSTEDKEYS: '[key.pem]', PLUTINO__PLUGIN__REQUIRESIGNATURE: 'true' },
      defaultFile: 'none',
      readFile,
    })
    const { trusted, required } = signingPolicy(settings.plugin, readFile)
    expect([required, trusted.map(fingerprint)]).toEqual([true, [fingerprint(mine.publicKey)]])
    expect(signingPolicy({ trustedKeys: [pem], requireSignature: false }, readFile).trusted).toHaveLength(1)
  })

  test.each([
    [[], 'plugin.requireSignature demands signatures, but plugin.trustedKeys names no key'],
    [['none.pem'], 'plugin.trustedKeys[0]: the file none.pem cannot be read'],
    [[pem, secret], 'plugin.trustedKeys[1]: this is a secret key'],
    [[rsa], 'plugin.trustedKeys[0]: expected a public ed25519 key in PEM'],
    [['-----BEGIN NOTHING-----'], 'plugin.trustedKeys[0]: expected a public ed25519 key in PEM'],
  ])('a server does not start with the keys %#', (trustedKeys, message) => {
    expect(() => signingPolicy({ trustedKeys, requireSignature: true }, readFile)).toThrow(message)
  })
})
