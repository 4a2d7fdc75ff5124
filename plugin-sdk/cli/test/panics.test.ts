import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { built } from '../../../test/support/plugin-zips.ts'
import { author } from './author.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'plutino-panic-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What to put into the template of functions so that a text ends the instance, and how the log then names the place. */
const LANGUAGES = [
  {
    lang: 'as',
    here: true,
    file: 'assembly/function.ts',
    before: '  return answer.texts(out);',
    code: '  if (texts[0] == "boom") throw new Error("it went boom");\n',
    place: (line: number) => new RegExp(`function\\.ts[:(]${line}\\b`),
  },
  {
    lang: 'rust',
    here: built,
    file: 'src/lib.rs',
    before: '    Ok(Value::Text(text.trim()',
    code: '    if text == "boom" { panic!("it went boom") }\n',
    place: (line: number) => new RegExp(`src/lib\\.rs:${line}\\b`),
  },
  {
    lang: 'tinygo',
    here: built,
    file: 'main.go',
    before: '\t\treturn strings.ReplaceAll',
    code: '\t\tif text == "boom" {\n\t\t\tpanic("it went boom")\n\t\t}\n',
    place: (line: number) => new RegExp(`main\\.go:${line}\\b`),
  },
]

describe.each(LANGUAGES)('what ends a plugin with --lang $lang', ({ lang, here, file, before, code, place }) => {
  test.skipIf(!here)(
    'stands in the log of the rule: message, file and line',
    async () => {
      const plugin = path.join(folder, lang)
      await author('new', plugin, '--kind', 'function', '--lang', lang)
      const source = path.join(plugin, file)
      const text = readFileSync(source, 'utf8')
      expect(text).toContain(before)
      const changed = text.replace(before, `${code}${before}`)
      writeFileSync(source, changed)
      const cases = [{ kind: 'function', name: 'slug', rows: [['boom']], expected: ['x'] }]
      writeFileSync(path.join(plugin, 'test/function.json'), JSON.stringify(cases))
      const { code: exit, err } = await author('test', plugin)
      expect(exit).toBe(1)
      expect(err).toContain('it went boom')
      const line = changed.split('\n').findIndex((one) => one.includes('it went boom')) + 1
      expect(err).toMatch(place(line))
    },
    300_000,
  )
})
