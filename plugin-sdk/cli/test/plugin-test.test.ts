import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { built } from '../../../test/support/plugin-zips.ts'
import { author, type Ran } from './author.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'plutino-test-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => path.join(folder, name)
const KINDS = ['source', 'sink', 'function', 'aggregate'] as const

describe.each([
  ['as', 'AssemblyScript', true],
  ['rust', 'Rust', built],
  ['tinygo', 'Go', built],
] as const)('new plugins with --lang %s', (lang, language, here) => {
  test.skipIf(!here).each(KINDS)(
    'kind %s builds and passes its test as it is',
    async (kind) => {
      const plugin = at(`${lang}-${kind}`)
      expect(await author('new', plugin, '--kind', kind, '--lang', lang)).toMatchObject({ code: 0, err: '' })
      const { code, out, err } = await author('test', plugin)
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toMatch(new RegExp(`^${lang}-${kind} 1\\.0\\.0 \\(${language}.*\\): (\\d) of \\1 cases? pass`, 'm'))
    },
    300_000,
  )
})

describe('cases that fail', () => {
  const plugin = at('broken')
  beforeAll(async () => {
    await author('new', plugin, '--kind', 'function')
    await author('new', at('none'), '--kind', 'function')
  })

  async function ofCase(content: unknown): Promise<Ran> {
    writeFileSync(path.join(plugin, 'test/function.json'), typeof content === 'string' ? content : JSON.stringify(content))
    return author('test', plugin)
  }

  test('show what was expected and what came, row by row', async () => {
    const rows = [['A b'], ['c'], ['d']]
    const { code, out, err } = await ofCase({ kind: 'function', name: 'slug', rows, expected: ['a-b', 'C'] })
    expect(code).toBe(1)
    expect(err).toBe('FAIL test/function.json: function slug\n     row 2: expected "C", got "c"\n     row 3: expected nothing, got "d"\n')
    expect(out).toContain('0 of 1 cases pass')
  }, 60_000)

  test.each([
    ['{', /^error: test\/function\.json: it is not JSON: /],
    [[1], /^error: test\/function\.json: expected an object, or a list of objects/],
    [{ kind: 'other' }, /kind: expected function, aggregate, source, sink/],
    [{ kind: 'function', rows: [], expected: [] }, /"name" is missing/],
    [{ kind: 'function', name: 'slug', row: [], rows: [], expected: [] }, /has no "row"; did you mean "rows"\?/],
    [{ kind: 'function', name: 'slag', rows: [['a']], expected: ['a'] }, /the plugin has no function "slag"; it has slug, distance/],
    [{ kind: 'function', name: 'slug', rows: ['a'], expected: ['a'] }, /rows: expected a list of lists/],
    [{ kind: 'aggregate', name: 'slug', rows: [], expected: 1 }, /slug is no aggregate: say "kind": "function"/],
    [{ kind: 'sink', rows: [], expected: {} }, /the plugin is no sink/],
  ])(
    '%j is not a case',
    async (content, message) => {
      expect(await ofCase(content)).toMatchObject({ code: 2, err: expect.stringMatching(message) })
    },
    60_000,
  )

  test('without cases there is nothing to pass', async () => {
    rmSync(path.join(at('none'), 'test'), { recursive: true })
    expect(await author('test', at('none'))).toMatchObject({ code: 2, err: expect.stringContaining('none has no cases in test/*.json') })
  }, 60_000)

  test('a mistake in the source is shown with its file and line', async () => {
    const file = path.join(at('none'), 'assembly/function.ts')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"slug"', 'slugg'))
    const { code, err } = await author('build', at('none'))
    expect(code).toBe(1)
    expect(err).toMatch(/^error: ERROR TS2304: Cannot find name 'slugg'/)
    expect(err).toContain('assembly/function.ts(6,15)')
  }, 60_000)
})
