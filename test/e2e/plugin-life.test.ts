import { readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packPlugin } from '../../plugin-sdk/assemblyscript/build/pack.ts'
import { unzip } from '../../src/wasm/install/unzip.ts'
import { sinkGuest } from '../guests/sink-guests.ts'
import { componentOf } from '../support/components.ts'
import { createRule } from '../support/rules.ts'
import { ROOT, ServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { zipOf } from '../support/zip.ts'

type Zip = Uint8Array<ArrayBuffer>

let server: ServerProcess
let versions: readonly [Zip, Zip]
let failing: Zip

beforeAll(async () => {
  server = await ServerProcess.start()
  const { zip } = await packPlugin(path.join(ROOT, 'plugins/echo'))
  const component = [...(await unzip(zip))].find(([name]) => name.endsWith('.wasm'))?.[1] ?? new Uint8Array()
  versions = [new Uint8Array(zipOf({ 'echo@1.0.0.wasm': component })), new Uint8Array(zipOf({ 'echo@2.0.0.wasm': component }))]
  failing = new Uint8Array(zipOf({ 'failing.wasm': await componentOf(sinkGuest({ collect: 'unreachable' })) }))
  const data = JSON.stringify(JSON.stringify({ data: [{ a: 1 }], interval: 5 }))
  await server.expect('POST', '/streams', { sql: `CREATE STREAM life () WITH (TYPE="simulator", EXTRA=${data})` })
})
afterAll(() => server.stop())

/** Threads and open files of the server's process, where the system tells. */
function handles(): readonly [threads: number, open: number] {
  if (process.platform !== 'linux') return [0, 0]
  return [readdirSync(`/proc/${server.pid}/task`).length, readdirSync(`/proc/${server.pid}/fd`).length]
}

const files = (): readonly string[] => readdirSync(server.folder, { recursive: true }).map(String).toSorted()

/** Two plugins with a rule each, one of which fails again and again; another version, the one before, and all gone. */
async function cycle(i: number): Promise<void> {
  await server.expect('POST', '/plugins/functions', versions[0])
  await server.expect('POST', '/plugins/sinks', failing)
  await createRule(server, `good${i}`, 'SELECT echo(a) AS a FROM life', { nop: {} })
  await createRule(server, `bad${i}`, 'SELECT a FROM life', { failing: {} })
  await until('a row', async () => Number((await server.status(`good${i}`))['sink_nop_0_0_records_out_total']) > 0)
  await until('a failure', async () => Number((await server.status(`bad${i}`))['sink_failing_0_0_exceptions_total']) > 0)
  await server.expect('PUT', '/plugins/functions/echo', versions[1])
  await server.refusal('PUT', '/plugins/functions/echo', failing)
  await server.expect('POST', '/plugins/functions/echo/rollback')
  for (const rule of [`good${i}`, `bad${i}`]) await server.expect('DELETE', `/rules/${rule}`)
  await server.expect('DELETE', '/plugins/functions/echo')
  await server.expect('DELETE', '/plugins/sinks/failing')
}

test('plugins that come, fail, change and go leave no thread, no open file and no file behind', async () => {
  for (let i = 0; i < 3; i++) await cycle(i)
  const [threads, open] = handles()
  const before = files()
  for (let i = 3; i < 11; i++) await cycle(i)
  // one connection of a client more or less, and a thread of the check that is about to end
  await until(`${threads} threads and ${open} open files`, () => {
    const [nowThreads, nowOpen] = handles()
    return nowThreads <= threads + 1 && nowOpen <= open + 4
  })
  expect(files()).toEqual(before)
  expect(JSON.parse(await server.expect('GET', '/plugins/functions'))).toEqual([])
  expect(JSON.parse(await server.expect('GET', '/rules'))).toEqual([])
})
