import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { zip } from '../../assemblyscript/build/zip.ts'
import { author } from './author.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'plutino-sign-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => path.join(folder, name)
const GEOHASH = path.join(import.meta.dirname, '../../../plugins/geohash/prebuilt/geohash.zip')

test('keys are made, a zip is signed, verified and shown as signed', async () => {
  const made = await author('keygen', at('key'))
  const fingerprint = /the key is (\S+)/.exec(made.out)?.[1] ?? 'none'
  expect(statSync(at('key.pem')).mode & 0o777).toBe(0o600)
  writeFileSync(at('geohash.zip'), readFileSync(GEOHASH))
  expect(await author('inspect', at('geohash.zip'))).toMatchObject({ code: 0, out: expect.stringMatching(/^ {2}signed {8}no$/m) })
  const unsigned = await author('verify', at('geohash.zip'), '--key', at('key.pub.pem'))
  expect(unsigned).toMatchObject({ code: 1, err: `error: ${at('geohash.zip')}: it is not signed\n` })
  expect(await author('sign', at('geohash.zip'), '--key', at('key.pem'))).toMatchObject({ code: 0 })
  const verified = await author('verify', at('geohash.zip'), '--key', at('key.pub.pem'))
  expect(verified).toEqual({ code: 0, err: '', out: `${at('geohash.zip')} is as ${fingerprint} signed it\n` })
  const { out } = await author('inspect', at('geohash.zip'))
  expect(out).toContain(`signed        yes, by ${fingerprint}`)
  expect(out).toContain('geohashEncode(latitude: float, longitude: float) -> string')
  const described = JSON.parse((await author('inspect', '--json', at('geohash.zip'))).out)
  expect(described).toMatchObject({ name: 'geohash', kinds: ['function'], signing: { signed: 'yes', signedBy: fingerprint } })
}, 60_000)

test('keys are never overwritten, and of the right kind', async () => {
  await author('keygen', at('two'))
  expect(await author('keygen', at('two'))).toMatchObject({ code: 2, err: `error: ${at('two.pem')} exists already\n` })
  writeFileSync(at('x.zip'), zip(new Map([['x.wasm', new Uint8Array([1])]])))
  const wrong = await author('sign', at('x.zip'), '--key', at('two.pub.pem'))
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('two.pub.pem is not a secret ed25519 key in PEM') })
  const none = await author('verify', at('x.zip'), '--key', at('x.zip'))
  expect(none).toMatchObject({ code: 2, err: expect.stringContaining('x.zip is not a public ed25519 key in PEM') })
})

test('what is no package is not signed', async () => {
  await author('keygen', at('three'))
  writeFileSync(at('bad.zip'), zip(new Map([['readme.txt', new Uint8Array([1])]])))
  const { code, err } = await author('sign', at('bad.zip'), '--key', at('three.pem'))
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('the package contains no component') })
})
