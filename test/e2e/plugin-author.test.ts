import { spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { plutino, ROOT, ServerProcess, temporaryFolder } from '../support/server-process.ts'
import { until } from '../support/until.ts'

const folder = temporaryFolder()
const plugin = path.join(folder, 'words')
const source = path.join(plugin, 'assembly/function.ts')
let server: ServerProcess

beforeAll(async () => {
  server = await ServerProcess.start()
  await plutino(['plugin', 'new', plugin, '--kind', 'function'])
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

function change(from: string, to: string): void {
  writeFileSync(source, readFileSync(source, 'utf8').replaceAll(from, to))
}

test('dev builds, installs, tells mistakes, and swaps what was changed', async () => {
  let said = ''
  const dev = spawn(process.execPath, [path.join(ROOT, 'src/plutino.js'), 'plugin', 'dev', plugin, '--server', server.url])
  for (const stream of [dev.stdout, dev.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  try {
    await until('the first installation', () => said.includes('functions plugin words is created'), 60_000)
    change('"slug"', '"slag"')
    await until('the second version', () => said.includes('functions plugin words is updated'), 60_000)
    expect(JSON.parse(await server.expect('GET', '/plugins/functions/words'))).toMatchObject({
      functions: ['slag', 'distance'],
      signed: 'no',
    })
    change('"slag"', 'slag')
    await until('the mistake', () => said.includes("Cannot find name 'slag'"), 60_000)
    change('slag,', '"slog",')
    await until('the third version', () => said.split('is updated').length === 3, 60_000)
    expect(JSON.parse(await server.expect('GET', '/plugins/udfs'))).toContain('slog')
    expect(said).toMatch(/^assembly\/function\.ts changed$/m)
    const ended = new Promise((resolve) => {
      dev.once('exit', resolve)
    })
    dev.kill('SIGINT')
    expect(await ended).toBe(0)
  } finally {
    dev.kill('SIGKILL')
  }
}, 300_000)

test('what the server refuses is told with its cause and its cure', async () => {
  const zip = path.join(folder, 'geohash.zip')
  writeFileSync(zip, readFileSync(path.join(ROOT, 'plugins/geohash/prebuilt/geohash.zip')))
  const args = ['plugin', 'install', zip, '--server']
  expect(await plutino([...args, server.url])).toMatchObject({ code: 0, out: 'functions plugin geohash is created\n' })
  expect(await plutino([...args, server.url])).toMatchObject({ code: 0, out: 'functions plugin geohash is updated\n' })
  const away = await plutino([...args, 'http://127.0.0.1:1'])
  expect(away).toMatchObject({ code: 3, err: expect.stringMatching(/no answer from http:\/\/127\.0\.0\.1:1: .*\nhint: start the server/) })
})

test('a server that demands signatures takes what is signed, and nothing else', async () => {
  const key = path.join(folder, 'key')
  const zip = path.join(folder, 'signed.zip')
  writeFileSync(zip, readFileSync(path.join(ROOT, 'plugins/geohash/prebuilt/geohash.zip')))
  await plutino(['plugin', 'keygen', key])
  const env = { PLUTINO__PLUGIN__TRUSTEDKEYS: `[${key}.pub.pem]`, PLUTINO__PLUGIN__REQUIRESIGNATURE: 'true' }
  const strict = await ServerProcess.start({ env })
  try {
    const install = ['plugin', 'install', zip, '--server', strict.url]
    const refused = await plutino(install)
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('the package is refused: it is not signed') })
    expect(refused.err).toContain('hint: sign it with `plutino plugin sign`')
    await plutino(['plugin', 'sign', zip, '--key', `${key}.pem`])
    expect(await plutino(install)).toMatchObject({ code: 0 })
    expect(JSON.parse(await strict.expect('GET', '/plugins/functions/geohash'))).toMatchObject({
      signed: 'yes',
      signedBy: expect.stringMatching(/^SHA256:/),
    })
  } finally {
    await strict.stop()
  }
})

test('the server does not load the tools of authors', async () => {
  expect(await plutino(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('plutino plugin --help') })
})
