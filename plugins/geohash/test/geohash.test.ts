import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Contribution } from '../../../src/api/definition.ts'
import type { PluginHost } from '../../../src/api/plugin.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { prebuiltContract } from '../../../test/contract/prebuilt.ts'
import { valuesOf } from '../../../test/support/plugin-functions.ts'
import { pluginOf } from '../../../test/support/plugin-zips.ts'
import { testHost } from '../../../test/support/plugins.ts'

let host: PluginHost
let plugin: readonly Contribution[]
beforeAll(async () => {
  host = testHost({ clock: systemClock })
  plugin = await pluginOf(host, 'geohash')
}, 60_000)
afterAll(() => host.close())

prebuiltContract(path.join(import.meta.dirname, '..'))

test('places and their hashes', async () => {
  const places = [
    [-25.382708, -49.265506],
    [48.858844, 2.294351],
    [0, 0],
  ]
  expect(await valuesOf(plugin, 'geohashEncode', places)).toEqual(['6gkzwgjzn820', 'u09tunqxqk8j', 's00000000000'])
  const [decoded] = await valuesOf(plugin, 'geohashDecode', [['6gkzwgjzn820']])
  expect(decoded).toEqual({ Longitude: expect.closeTo(-49.265506, 5), Latitude: expect.closeTo(-25.382708, 5) })
})

test('a number holds 64 bits, of which none is lost', async () => {
  expect(await valuesOf(plugin, 'geohashEncodeInt', [[48.858844, 2.294351]])).toEqual([-3453243510030561006n])
  const [decoded] = await valuesOf(plugin, 'geohashDecodeInt', [[-3453243510030561006n]])
  expect(decoded).toEqual({ Longitude: expect.closeTo(2.294351, 7), Latitude: expect.closeTo(48.858844, 7) })
})

test('the box of a hash holds its place, and neighbours touch it', async () => {
  const [box] = await valuesOf(plugin, 'geohashBoundingBox', [['u09tunqu']])
  expect(box).toEqual({ MinLat: 48.85826110839844, MaxLat: 48.85843276977539, MinLng: 2.2944259643554688, MaxLng: 2.294769287109375 })
  const [around] = await valuesOf(plugin, 'geohashNeighbors', [['u09tunquc5z1']])
  expect(around).toEqual([
    'u09tunquc5z4',
    'u09tunquc5z6',
    'u09tunquc5z3',
    'u09tunquc5z2',
    'u09tunquc5z0',
    'u09tunquc5yb',
    'u09tunquc5yc',
    'u09tunquc5yf',
  ])
  expect(
    await valuesOf(plugin, 'geohashNeighbor', [
      ['u09tunquc5z1', 'north'],
      ['u09tunquc5z1', 'SouthWest'],
    ]),
  ).toEqual(['u09tunquc5z4', 'u09tunquc5yb'])
})

test('around the world there is a neighbour too', async () => {
  expect(
    await valuesOf(plugin, 'geohashNeighbor', [
      ['x', 'East'],
      ['8', 'West'],
    ]),
  ).toEqual(['8', 'x'])
})

test.each([
  ['geohashEncode', [91, 0], 'latitude 91 is not between -90 and 90'],
  ['geohashEncode', [0, -180.5], 'longitude -180.5 is not between -180 and 180'],
  ['geohashEncode', [Number.NaN, 0], 'latitude NaN is not between -90 and 90'],
  ['geohashDecode', ['a'], "'a' does not occur in a geohash"],
  ['geohashDecode', [''], 'a geohash has 1 to 12 characters, got 0'],
  ['geohashDecode', ['0'.repeat(13)], 'a geohash has 1 to 12 characters, got 13'],
  ['geohashNeighbor', ['u0', 'Up'], 'expected one of North, NorthEast, East, SouthEast, South, SouthWest, West, NorthWest, got "Up"'],
] as const)('%s(%j) is an error of the row', async (name, args, message) => {
  const [value] = await valuesOf(plugin, name, [[...args]])
  expect(value).toContain(message)
})

test('null stays null', async () => {
  expect(await valuesOf(plugin, 'geohashEncode', [[null, 1]])).toEqual([null])
})
