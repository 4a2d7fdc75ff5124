import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { AUTHOR_COMMANDS } from '../commands.ts'
import { withProgress } from '../progress.ts'
import { author } from './author.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'plutino-author-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => path.join(folder, name)

test('help lists every command, and each has help of its own', async () => {
  const { code, out } = await author('--help')
  expect(code).toBe(0)
  for (const { name, doc, options } of AUTHOR_COMMANDS) {
    expect(out).toContain(`  ${name} `)
    const help = await author(name, '--help')
    expect(help).toMatchObject({ code: 0, err: '', out: expect.stringContaining(doc) })
    for (const option of options) expect(help.out).toContain(`--${option.name}`)
  }
})

test.each([
  [['biuld'], 'error: unknown command "plugin biuld"\nhint: did you mean "plutino plugin build"?\n'],
  [['new'], 'error: expected 1 argument, got 0\nhint: plutino plugin new <folder>\n'],
  [['new', 'x'], 'error: --kind: expected source, sink, function, aggregate; it is not given\n'],
  [['new', 'x', '--kind', 'sinc'], 'error: --kind: expected source, sink, function, aggregate; got "sinc"\nhint: did you mean sink?\n'],
  [['new', 'x', '--kind', 'sink', '--lang', 'c'], 'error: --lang: expected as, rust, tinygo; got "c"\n'],
  [['build', 'a', 'b'], 'error: expected at most 1 argument, got 2\nhint: plutino plugin build [folder]\n'],
  [['build', '--fast'], "error: Unknown option '--fast'\nhint: plutino plugin build [folder]\n"],
  [['inspect', 'none.zip'], 'error: none.zip cannot be read: there is no such file\n'],
  [['install', '--server', 'localhost', 'x.zip'], 'error: --server: expected a URL such as http://127.0.0.1:9081, got "localhost"\n'],
  [['sign', 'x.zip'], 'error: --key: name the file of the secret key\nhint: `plutino plugin keygen` makes one\n'],
  [['dev', 'nowhere'], /^error: nowhere cannot be watched: .*no such file/],
])('plugin %j is a wrong command', async (argv, message) => {
  const { code, err } = await author(...argv)
  expect({ code, err }).toEqual({ code: 2, err: typeof message === 'string' ? message : expect.stringMatching(message) })
})

test.each([
  [['build', 'nowhere'], 'error: nowhere is no plugin: it has neither assembly/ (AssemblyScript) nor Cargo.toml (Rust) nor go.mod (Go)\n'],
  [['new', '/tmp', '--kind', 'sink'], 'error: /tmp exists already\n'],
  [['new', '1x', '--kind', 'sink'], 'error: "1x" cannot be the name of a plugin: letters, digits, _ and -, a letter first\n'],
])('plugin %j is refused', async (argv, message) => {
  expect(await author(...argv)).toEqual({ code: 1, out: '', err: message })
})

test('a file that is no zip is told from one', async () => {
  writeFileSync(at('no.zip'), 'hello')
  const hint = 'hint: pack the plugin with `plutino plugin pack`, or zip the .wasm file\n'
  for (const command of ['inspect', 'install']) {
    expect(await author(command, at('no.zip'))).toEqual({ code: 1, out: '', err: `error: the file is not a zip\n${hint}` })
  }
})

test('what takes long is said: once in a pipe, counting on a terminal', async () => {
  const clock = new FakeClock()
  const { promise, resolve } = Promise.withResolvers<string>()
  const [lines, shown] = [new Array<string>(), new Array<string>()]
  const terminal = { out: () => undefined, err: (text: string) => void lines.push(text) }
  const status = (text: string): void => void shown.push(text)
  const { signal } = new AbortController()
  const piped = withProgress('building', { clock, signal, terminal }, promise)
  const watched = withProgress('building', { clock, signal, terminal: { ...terminal, status } }, promise)
  await clock.advance(999)
  expect([lines, shown]).toEqual([[], []])
  await clock.advance(2001)
  resolve('done')
  expect(await Promise.all([piped, watched])).toEqual(['done', 'done'])
  expect(lines).toEqual(['building …'])
  expect(shown).toEqual(expect.arrayContaining(['building … 1 s', 'building … 2 s']))
  expect(shown.at(-1)).toBe('')
})
