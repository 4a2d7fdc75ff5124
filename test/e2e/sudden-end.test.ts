import { readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { sinkGuest } from '../guests/sink-guests.ts'
import { componentOf } from '../support/components.ts'
import { ServerProcess, temporaryFolder } from '../support/server-process.ts'
import { zipOf } from '../support/zip.ts'

const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

test('what was answered is there after SIGKILL, in the state it was in', async () => {
  const folder = ownFolder()
  const first = await ServerProcess.start({ folder })
  closing.push(() => first.kill())
  await first.expect('POST', '/plugins', await probe('1.0.0'))
  await first.expect('POST', '/streams', { sql: 'CREATE STREAM rows () WITH (TYPE="memory", DATASOURCE="rows", FORMAT="JSON")' })
  for (const id of ['runs', 'stands', 'gone'])
    await first.expect('POST', '/rules', { id, sql: 'SELECT * FROM rows', actions: [{ probe: {} }] })
  await first.expect('POST', '/rules/stands/stop')
  await first.expect('DELETE', '/rules/gone')
  await first.expect('PUT', '/rules/runs', { sql: 'SELECT a FROM rows', actions: [{ probe: {} }] })
  await first.kill()

  const second = await ServerProcess.start({ folder })
  closing.push(() => second.stop())
  expect((JSON.parse(await second.expect('GET', '/rules')) as { id: string }[]).map(({ id }) => id)).toEqual(['runs', 'stands'])
  expect((await second.status('runs'))['status']).toBe('running')
  expect((await second.status('stands'))['status']).toBe('stopped')
  expect(JSON.parse(await second.expect('GET', '/rules/runs'))).toMatchObject({ sql: 'SELECT a FROM rows' })
  await second.connected('runs')
})

test('SIGKILL during an installation leaves the old plugin or the new one, and nothing else', async () => {
  const folder = ownFolder()
  const versions = await Promise.all(['1.0.0', '1.0.1'].map(probe))
  for (let round = 0; round < 2; round++) {
    const server = await ServerProcess.start({ folder })
    closing.push(() => server.kill())
    if (round === 0) await server.expect('POST', '/plugins', versions[0])
    expect(JSON.parse(await server.expect('GET', '/plugins/sinks/probe'))).toMatchObject({ version: expect.stringMatching(/^1\.0\.[01]$/) })
    const changes = (async () => {
      for (let i = 1; ; i++) await server.request('PUT', '/plugins/sinks/probe', versions[i % 2])
    })().catch(() => {})
    // once for sure, and then into whatever goes on
    await server.expect('PUT', '/plugins/sinks/probe', versions[round % 2])
    await server.kill()
    await changes
  }
  const last = await ServerProcess.start({ folder })
  closing.push(() => last.stop())
  await last.expect('POST', '/streams', { sql: 'CREATE STREAM rows () WITH (TYPE="memory", DATASOURCE="rows", FORMAT="JSON")' })
  await last.expect('POST', '/rules', { id: 'runs', sql: 'SELECT * FROM rows', actions: [{ probe: {} }] })
  await last.connected('runs')
  expect(JSON.parse(await last.expect('GET', '/plugins/sinks'))).toEqual(['probe'])
  expect(readdirSync(path.join(folder, 'plugins/sinks')).filter((name) => name.includes('probe'))).toHaveLength(1)
})

function ownFolder(): string {
  const folder = temporaryFolder()
  closing.push(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })))
  return folder
}

async function probe(version: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(zipOf({ [`probe@v${version}.wasm`]: await componentOf(sinkGuest()) }))
}
