import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agrees, show } from '../../../plugin-sdk/cli/fixtures/compare.ts'
import type { Contribution } from '../../../src/api/definition.ts'
import type { PluginHost } from '../../../src/api/plugin.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { parseExact } from '../../../src/data/exact-json.ts'
import type { Value } from '../../../src/data/value.ts'
import { parseStatement } from '../../../src/sql/parser.ts'
import { groupsOf, valuesOf } from '../../support/plugin-functions.ts'
import { built, pluginOf } from '../../support/plugin-zips.ts'
import { testHost } from '../../support/plugins.ts'
import { readBlocks } from '../../support/readme.ts'

const PLUGINS = path.join(import.meta.dirname, '../../../plugins')
const NAMES = readdirSync(PLUGINS)
const blocksOf = (name: string, language: string): readonly string[] =>
  readBlocks(readFileSync(path.join(PLUGINS, name, 'README.md'), 'utf8'))
    .filter((block) => block.language === language)
    .map(({ text }) => text)

test.each(NAMES)('%s has a README that shows statements, and points to what is there', (name) => {
  const text = readFileSync(path.join(PLUGINS, name, 'README.md'), 'utf8')
  const places = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, place = '']) => place)
  expect(places.filter((place) => !existsSync(path.join(PLUGINS, name, place)))).toEqual([])
  for (const command of text.matchAll(/plutino plugin build (\S+?)`/g)) expect(command[1]).toBe(`plugins/${name}`)
})

test.each(['geohash', 'checksum', 'anomaly', 'modbus', 'classic-rust', 'classic-go'])('the statements of %s can be read', (name) => {
  const statements = blocksOf(name, 'sql')
  expect(statements).not.toEqual([])
  for (const statement of statements) expect(() => parseStatement(statement)).not.toThrow()
})

/** `name(1, "a") = 2`, `name over [1], [2] = 3`. */
const LINE = /^(\w+)(?:\((.*)\)| over (.*)) = (.*)$/

describe.each([
  ['geohash', 'geohash', true],
  ['checksum', 'checksum', true],
  ['anomaly', 'anomaly', true],
  ['classic-rust', 'classic-rust', true],
  ['classic-go', 'classic', built],
] as const)('the README of %s', (folder, zip, here) => {
  let host: PluginHost
  let plugin: readonly Contribution[]
  beforeAll(async () => {
    host = testHost({ clock: systemClock })
    if (here) plugin = await pluginOf(host, folder, zip)
  }, 60_000)
  afterAll(() => host.close())

  test.skipIf(!here).each(blocksOf(folder, 'text').flatMap((text) => text.split('\n')))('%s', async (line) => {
    const [, name = '', args, rows, result = ''] = LINE.exec(line) ?? []
    const expected = parseExact(result)
    const got = args === undefined ? await groupValue(name, rows ?? '') : (await valuesOf(plugin, name, [listOf(args)]))[0]
    expect(agrees(expected, got as Value, 1e-9) ? show(expected) : show(got as Value)).toBe(show(expected))
  })

  async function groupValue(name: string, rows: string): Promise<unknown> {
    const list = listOf(rows) as readonly (readonly Value[])[]
    const groups = await groupsOf(plugin, name)
    await groups.add(
      list.map(() => 0),
      list,
    )
    return (await groups.finish([0]))[0]
  }
})

function listOf(text: string): readonly Value[] {
  return parseExact(`[${text}]`) as readonly Value[]
}
