import { expect, test } from 'vitest'
import type { Json } from '../../../../src/config/field.ts'
import { checkManifestAgrees } from '../../../../src/wasm/install/contradictions.ts'

const FUNCTION = {
  name: 'geoHash',
  doc: '',
  interface: 'scalar',
  index: 0,
  params: [],
  returns: 'text',
  nulls: 'null',
  effect: 'pure',
} as const

function check(manifest: Json | undefined, componentFile = 'geo@v1.2.0.wasm'): void {
  const files = { name: 'geo', version: '1.2.0', componentFile, component: new Uint8Array(), manifestFile: 'geo.json' }
  const said = manifest === undefined ? {} : { manifest }
  checkManifestAgrees({ ...files, ...said }, { kinds: ['function', 'sink'], functions: [{ ...FUNCTION, returns: 'string' }] })
}

test.each<[string, Json, string]>([
  ['name', { name: 'other' }, 'geo.json says name "other", but the component is geo@v1.2.0.wasm'],
  ['version', { version: '1.3.0' }, 'geo.json says version "1.3.0", but the component is geo@v1.2.0.wasm'],
  ['kind', { kind: 'source' }, 'geo.json says kind "source", but the component is a function and a sink'],
  ['function', { functions: { geohash: 'fine', other: 'not there' } }, 'geo.json says function "other", but the component has geoHash'],
  ['function of a list', { functions: [{ name: 'other' }] }, 'geo.json says function "other", but the component has geoHash'],
])('a manifest that contradicts the component in its %s is refused', (_, manifest, message) => {
  expect(() => check(manifest)).toThrow(message)
})

test('a manifest that agrees, or says nothing, is taken', () => {
  check({ name: 'Geo', version: 'v1.2.0', kind: 'sink', functions: ['GEOHASH'] })
  check({})
  check(undefined)
  check({ version: '9.9.9' }, 'geo.wasm')
})
