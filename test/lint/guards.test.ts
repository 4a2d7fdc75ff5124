import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const ROOT = path.join(import.meta.dirname, '../..')

/** A project with our guards and these files only. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'plutino-guards-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['.gitignore', '.oxlintrc.json', '.oxfmtrc.json', 'tsconfig.json', 'test/lint/layers.js'])
    cpSync(path.join(ROOT, name), path.join(folder, name))
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module","knip":{"entry":["src/main.ts"],"project":["src/**/*.ts"]}}')
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  return folder
}

function run(tool: string, folder: string, ...args: readonly string[]): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(path.join(ROOT, 'node_modules/.bin', tool), args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 30_000,
  })
  return { code: status, text: stdout + stderr }
}

const NAME = 'export const name: string = "a"\n'

test.each([
  [
    'a lower layer that imports a higher one',
    { 'src/server/app.ts': NAME, 'src/base/leaf.ts': "import { name } from '../server/app.ts'\nexport const own: string = name\n" },
    'may not import',
  ],
  [
    'a type import counts too',
    {
      'src/api/sink.ts': 'export type Sink = string\n',
      'src/sql/lexer.ts': "import type { Sink } from '../api/sink.ts'\nexport type Token = Sink\n",
    },
    'may not import',
  ],
  [
    'peers do not know each other',
    { 'src/codecs/json.ts': NAME, 'src/connectors/mqtt.ts': "export { name } from '../codecs/json.ts'\n" },
    'may not import',
  ],
  [
    'a dynamic import counts too',
    { 'src/wasm/a.ts': NAME, 'src/runtime/b.ts': "export const load = (): Promise<unknown> => import('../wasm/a.ts')\n" },
    'may not import',
  ],
  [
    'a cycle',
    {
      'src/base/a.ts': "import { b } from './b.ts'\nexport const a: string = b\n",
      'src/base/b.ts': "import { a } from './a.ts'\nexport const b: string = a\n",
    },
    'no-cycle',
  ],
  ['any', { 'src/base/a.ts': 'export const a: any = 1\n' }, 'no-explicit-any'],
  [
    'a promise that nobody waits for',
    { 'src/base/a.ts': 'export function f(): void {\n  Promise.resolve(1)\n}\n' },
    'no-floating-promises',
  ],
  ['console', { 'src/base/a.ts': "console.log('x')\nexport {}\n" }, 'no-console'],
] as const)('lint refuses %s', (_name, files, rule) => {
  const { code, text } = run('oxlint', project(files), 'src')
  expect(text).toContain(rule)
  expect(code).not.toBe(0)
})

test('lint accepts imports that go down', () => {
  const files = {
    'src/base/leaf.ts': NAME,
    'src/api/sink.ts': "import { name } from '../base/leaf.ts'\n\nexport const own: string = name\n",
  }
  expect(run('oxlint', project(files), 'src')).toMatchObject({ code: 0 })
})

test('the type check refuses what TypeScript refuses, and syntax that cannot be erased', () => {
  expect(run('tsc', project({ 'src/a.ts': 'export const a: string = 1\n' })).code).not.toBe(0)
  expect(run('tsc', project({ 'src/a.ts': 'export enum A { B }\n' })).text).toContain('erasableSyntaxOnly')
})

test('the format check refuses another format', () => {
  expect(run('oxfmt', project({ 'src/a.ts': 'export const a = "x";\n' }), '--check', 'src').code).not.toBe(0)
})

test('the dead code check refuses an export and a file that nobody uses', () => {
  const { code, text } = run(
    'knip',
    project({
      'src/main.ts': "import { used } from './part.ts'\n\nused()\n",
      'src/part.ts': 'export const used = (): void => {}\nexport const unused = 1\n',
      'src/alone.ts': NAME,
    }),
  )
  expect(text).toContain('unused')
  expect(text).toContain('alone.ts')
  expect(code).not.toBe(0)
})
