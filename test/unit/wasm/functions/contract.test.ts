import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Contribution } from '../../../../src/api/definition.ts'
import type { PluginHost } from '../../../../src/api/plugin.ts'
import { systemClock } from '../../../../src/base/clock.ts'
import type { Cell } from '../../../../src/data/value.ts'
import { functions } from '../../../../src/functions/index.ts'
import { type FunctionCase, functionContract } from '../../../contract/functions.ts'
import { functionOf, packageOf } from '../../../support/built-plugins.ts'
import { groupsOf } from '../../../support/plugin-functions.ts'
import { built, pluginOf } from '../../../support/plugin-zips.ts'
import { testHost } from '../../../support/plugins.ts'

const VALUES: readonly Cell[] = [
  1n,
  2.5,
  -0,
  'é𝄞',
  '',
  true,
  null,
  2n ** 62n,
  [1, ['a', null]],
  { a: { b: 2 } },
  Uint8Array.of(0, 255),
  new Date(5),
]
const ECHO: Omit<FunctionCase, 'find'> = { rows: VALUES.map((value) => [value]), results: VALUES }
const WORDS: Omit<FunctionCase, 'find'> = {
  rows: [
    ['a b c', ' '],
    ['d', ' '],
    [null, ' '],
    ['x,y', ','],
    ['', ' '],
    [' ', ' '],
  ],
  results: [3n, 4n, null, 6n, 7n, 9n],
  bad: { row: ['a', ''], message: /the separator must not be empty/ },
}
const COUNT: Omit<FunctionCase, 'find'> = { rows: [[1], ['x'], [null], [true]], results: [2n, 3n, 4n, 5n] }

functionContract('the built-in upper', {
  find: () => functionOf(functions, 'upper'),
  rows: [['a'], ['é'], ['']],
  results: ['A', 'É', ''],
})
functionContract('the built-in power', {
  find: () => functionOf(functions, 'power'),
  rows: [
    [2, 3],
    [4, 0.5],
  ],
  results: [8, 2],
  bad: { row: ['x', 2], message: /expected a number/ },
})
functionContract('the built-in count', { find: () => functionOf(functions, 'count'), rows: [[1], ['x'], [null]], results: [1n, 2n, 2n] })

let host: PluginHost
beforeAll(() => {
  host = testHost({ clock: systemClock })
})
afterAll(() => host.close())

/** The classic examples: the same answers in every language. */
const LANGUAGES: readonly { readonly language: string; readonly load: () => Promise<readonly Contribution[]> }[] = [
  {
    language: 'AssemblyScript',
    load: async () => {
      const folders = ['plugins/echo', 'plugins/accumulate-word-count', 'plugins/count-plus-one']
      const packages = await Promise.all(folders.map((folder) => packageOf(host, folder)))
      return packages.flatMap((one) => host.definitions(one))
    },
  },
  { language: 'Rust', load: () => pluginOf(host, 'classic-rust') },
  ...(built ? [{ language: 'Go', load: () => pluginOf(host, 'classic-go', 'classic') }] : []),
]

describe.each(LANGUAGES)('$language', ({ language, load }) => {
  let classic: readonly Contribution[]
  beforeAll(async () => {
    classic = await load()
  }, 120_000)

  functionContract(`echo in ${language}`, { find: () => functionOf(classic, 'echo'), ...ECHO })
  functionContract(`accumulateWordCount in ${language}`, { find: () => functionOf(classic, 'accumulateWordCount'), ...WORDS })
  functionContract(`countPlusOne in ${language}`, { find: () => functionOf(classic, 'countPlusOne'), ...COUNT })

  test('countPlusOne takes rows back, puts groups together, and goes on from what was saved', async () => {
    const group = await groupsOf(classic, 'countPlusOne')
    await group.add([0, 0, 1], [[1], [2], [3]])
    await group.remove?.([0], [[1]])
    expect(await group.finish([0, 1, 9])).toEqual([2n, 2n, 1n])
    await group.merge?.([0], [1])
    await group.restore([4], await group.save([0]))
    expect(await group.finish([0, 1, 4])).toEqual([3n, 1n, 3n])
    await group.drop([4])
    expect(await group.finish([4])).toEqual([1n])
  })
})
