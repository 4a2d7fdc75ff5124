import { readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { sinkGuest } from '../guests/sink-guests.ts'
import { componentOf } from '../support/components.ts'
import { ServerProcess, temporaryFolder } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { zipOf } from '../support/zip.ts'

/* What may happen to the installation of a plugin and to the rules that use it, through a running server. */

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function probe(version: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(zipOf({ [`probe@v${version}.wasm`]: await componentOf(sinkGuest()) }))
}

async function start(folder?: string): Promise<ServerProcess> {
  const server = await ServerProcess.start(folder === undefined ? {} : { folder })
  closing.push(() => server.stop())
  return server
}

async function useIt(server: ServerProcess): Promise<void> {
  await server.expect('POST', '/streams', { sql: 'CREATE STREAM rows () WITH (TYPE="memory", DATASOURCE="rows", FORMAT="JSON")' })
  await server.expect('POST', '/rules', { id: 'user', sql: 'SELECT * FROM rows', actions: [{ probe: {} }] })
  await server.connected('user')
}

const list = async (server: ServerProcess, what: string): Promise<unknown> => JSON.parse(await server.expect('GET', what))

test('of installs of one name at once one is done; the others say that it is there', async () => {
  const server = await start()
  const zips = await Promise.all(['1.0.0', '2.0.0', '3.0.0'].map(probe))
  const answers = await Promise.all(zips.map((zip) => server.request('POST', '/plugins', zip)))
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  for (const { status, text } of answers)
    if (status === 400) expect(JSON.parse(text)).toMatchObject({ code: 'already_exists', hint: 'PUT /plugins/sinks/probe replaces it' })
  expect(await list(server, '/plugins/sinks')).toEqual(['probe'])
  await useIt(server)
})

test('a rule whose plugin is deleted by force says so, and goes on when it is installed again', async () => {
  const server = await start()
  await server.expect('POST', '/plugins', await probe('1.0.0'))
  await useIt(server)
  expect(await server.refusal('DELETE', '/plugins/sinks/probe')).toMatchObject({
    message: expect.stringContaining('is used by rule user'),
    hint: expect.stringContaining('force=true'),
  })
  await server.expect('DELETE', '/plugins/sinks/probe?force=true')
  expect(await server.status('user')).toMatchObject({
    status: 'stopped by error',
    message: expect.stringMatching(/^the plugin probe was deleted: .*there is no sink of type "probe"/),
  })
  expect(await server.refusal('POST', '/rules/user/start')).toMatchObject({ message: expect.stringContaining('there is no sink of type') })
  await server.expect('POST', '/plugins', await probe('1.0.1'))
  await server.connected('user')
  expect(await server.status('user')).toMatchObject({ status: 'running', message: '' })
})

test('SIGKILL between installs and deletes leaves the plugin or nothing, and the next server installs it', async () => {
  const folder = temporaryFolder()
  closing.push(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })))
  const zip = await probe('1.0.0')
  for (const wanted of [1, 3]) {
    const server = await ServerProcess.start({ folder })
    closing.push(() => server.kill())
    let steps = 0
    const changes = (async () => {
      for (;;) {
        await server.request('POST', '/plugins', zip)
        steps++
        await server.request('DELETE', '/plugins/sinks/probe')
        steps++
      }
    })().catch(() => {})
    await until('some changes', () => steps >= wanted, 60_000)
    await server.kill()
    await changes
  }
  const last = await start(folder)
  const plugins = await list(last, '/plugins/sinks')
  expect(['[]', '["probe"]']).toContain(JSON.stringify(plugins))
  await last.request('POST', '/plugins', zip)
  expect(await list(last, '/plugins/sinks')).toEqual(['probe'])
  expect(readdirSync(path.join(folder, 'plugins/sinks'))).toEqual(['probe'])
  await useIt(last)
})
