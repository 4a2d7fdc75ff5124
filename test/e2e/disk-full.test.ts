import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { adaptedSink } from '../guests/adapter-guests.ts'
import { declaredFunctions } from '../guests/declared.ts'
import { functionGuest } from '../guests/function-guests.ts'
import { componentOf } from '../support/components.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { createRule, createStream, installMysql } from '../support/rules.ts'
import { type Body, freePorts, plutino, ServerProcess, temporaryFolder } from '../support/server-process.ts'
import { limited, SMALL_DISKS, type SmallDisk, tiny } from '../support/small-disk.ts'
import { until } from '../support/until.ts'
import { zipOf } from '../support/zip.ts'

/*
 * The disk of the data folder is full while the server runs. Every request that has to store something is refused, says why and what to do, and
 * changes nothing; what runs goes on; when there is room the same request succeeds. The tests of the parts fail every single step.
 */

/** Gives the number for every row. */
const constant = (name: string, number: number): string =>
  declaredFunctions(
    functionGuest({
      more: '(func $answer (param i32) (i32.store (i32.const 72) (i32.const 1024)) (i32.store (i32.const 76) (local.get 0)))',
      exec: `(local.set 0 (i32.const 0))
        (block $out (loop $next
          (br_if $out (i32.ge_u (local.get 0) (local.get 2)))
          (f64.store (i32.add (i32.const 1024) (i32.mul (local.get 0) (i32.const 8))) (f64.const ${number}))
          (local.set 0 (i32.add (local.get 0) (i32.const 1)))
          (br $next)))
        (call $answer (local.get 2)) (i32.const 64)`,
    }),
    [name],
  )

async function functionZip(name: string, version: number): Promise<Uint8Array<ArrayBuffer>> {
  const file = `${name}@v${version}.0.0.wasm`
  return new Uint8Array(zipOf({ [file]: await componentOf(constant(name, version), 'function-plugin') }))
}

const stream = (name: string, topic = name): object => ({
  sql: `CREATE STREAM ${name} (seq BIGINT) WITH (DATASOURCE="${topic}", FORMAT="JSON")`,
})
const table = (name: string, topic = name): object => ({
  sql: `CREATE TABLE ${name} (seq BIGINT) WITH (DATASOURCE="${topic}", FORMAT="JSON", KIND="scan")`,
})
const rule = (id: string, column = 'seq'): object => ({ id, sql: `SELECT ${column} FROM kept`, actions: [{ nop: {} }] })

/** What stores something, in an order in which each succeeds. */
const REQUESTS: readonly (readonly [method: string, target: string, body: (() => Body | Promise<Body>) | undefined])[] = [
  ['POST', '/plugins', () => functionZip('more', 1)],
  ['PUT', '/plugins/functions/vers', () => functionZip('vers', 2)],
  ['POST', '/streams', () => stream('made')],
  ['PUT', '/streams/made', () => stream('made', 'other')],
  ['DELETE', '/streams/made', undefined],
  ['POST', '/tables', () => table('board')],
  ['DELETE', '/tables/board', undefined],
  ['POST', '/rules', () => rule('new')],
  ['PUT', '/rules/new', () => rule('new', 'seq + 1 AS seq')],
  ['POST', '/rules/new/stop', undefined],
  ['POST', '/rules/new/start', undefined],
  ['DELETE', '/rules/new', undefined],
  ['POST', '/plugins/functions/vers/rollback', undefined],
]

describe.each(SMALL_DISKS)('$code, while the server runs', (disk) => {
  if (!disk.possible) return test.skip('this machine cannot do it', () => {})
  return whileItRuns(disk)
})

function whileItRuns(disk: SmallDisk): void {
  const folder = temporaryFolder()
  let server: ServerProcess
  let listener: MqttListener
  let version = 1
  let sent = 0
  let full = false
  const fill = (): void => {
    disk.fill(server)
    full = true
  }
  const free = (): void => {
    disk.free(server)
    full = false
  }

  beforeAll(async () => {
    server = await ServerProcess.start({ folder, within: disk.within(folder), broker: true })
    listener = await MqttListener.connect(server.brokerPort)
    await installMysql(server)
    await server.expect('POST', '/plugins', await functionZip('vers', 1))
    for (const name of ['calm', 'load', 'rows', 'kept']) await createStream(server, name, { topic: name, port: server.brokerPort })
    await createRule(server, 'calm', 'SELECT seq, vers(seq) AS v FROM calm', toTopic('calm_out'))
    await server.connected('calm')
  })
  afterEach(() => {
    if (full) free()
  })
  afterAll(async () => {
    await listener.close()
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  const toTopic = (topic: string): object => ({
    mqtt: { server: `tcp://127.0.0.1:${server.brokerPort}`, topic, qos: 1, sendSingle: true },
  })

  /** A rule that was there before gives its result, with the version of the plugin that counts. */
  async function expectCalm(): Promise<void> {
    const seq = ++sent
    await listener.publish('calm', { seq })
    const all = await listener.received('calm_out', sent)
    expect(JSON.parse(all.at(-1) ?? '')).toEqual({ seq, v: version })
  }

  /** Everything that users have made, as the server shows it, and the files of it. */
  async function kept(): Promise<unknown> {
    const read = async (target: string): Promise<unknown> => JSON.parse(await server.expect('GET', target)) as unknown
    const rules = (await read('/rules')) as readonly { readonly id: string }[]
    const plugins = (await read('/plugins')) as readonly { readonly name: string; readonly version: string; readonly versions: unknown }[]
    const streams = (await read('/streams')) as readonly string[]
    return {
      streams: await Promise.all(streams.map((name) => read(`/streams/${name}`))),
      tables: await read('/tabledetails'),
      rules: [rules, ...(await Promise.all(rules.map(({ id }) => read(`/rules/${id}`))))],
      plugins: plugins.map(({ name, version: current, versions }) => ({ name, current, versions })),
      files: readdirSync(disk.folder(server), { recursive: true, encoding: 'utf8' })
        .filter((name) => name !== 'filler')
        .toSorted(),
    }
  }

  test.each(REQUESTS)('%s %s is refused, changes nothing, and succeeds when there is room', async (method, target, make) => {
    const body = await make?.()
    const before = await kept()
    fill()
    const refusal = await server.refusal(method, target, body)
    expect(refusal).toMatchObject({
      status: 500,
      code: 'system',
      message: expect.stringMatching(new RegExp(`the data folder ${folder} has no room: |the plugin cannot be stored: ${disk.code}`)),
      hint: expect.stringMatching(/^free some space on its disk.* and try again; what was (stored|installed) before is unchanged$/),
    })
    expect(await kept()).toEqual(before)
    await expectCalm()
    free()
    await server.expect(method, target, body)
    expect(await kept()).not.toEqual(before)
    if (target.startsWith('/plugins/functions/vers')) version = method === 'PUT' ? 2 : 1
    await expectCalm()
  })

  test('a rule with state and qos 1 under load says that it cannot be saved; when there is room everything arrives, once', async () => {
    const total = 400
    const counted = (): readonly { seq: number; n: number }[] =>
      listener.of('counts').map((text) => JSON.parse(text) as { seq: number; n: number })
    await server.expect('POST', '/rules', {
      id: 'counted',
      sql: 'SELECT seq, acc_count(seq) AS n FROM load',
      actions: [toTopic('counts')],
      options: { qos: 1, checkpointInterval: '50ms' },
    })
    await server.connected('counted')
    await listener.publish('load', { seq: 0 })
    await listener.received('counts', 1)
    fill()
    const published = Promise.all(Array.from({ length: total - 1 }, (_, i) => listener.publish('load', { seq: i + 1 })))
    const says = /the state could not be saved: the data folder \S+ has no room/
    await until('the line', () => server.lines.some((line) => says.test(line)))
    await expectCalm()
    expect(await server.status('counted')).toMatchObject({ status: 'running' })
    free()
    await published
    await until(
      () => `${total} counts, there are ${counted().length}`,
      () => counted().length >= total,
      40_000,
    )
    expect(counted().map(({ seq, n }) => [seq, n])).toEqual(Array.from({ length: total }, (_, i) => [i, i + 1]))
    await server.expect('DELETE', '/rules/counted')
  })

  test('a sink that writes to a file there keeps its rows until there is room', async () => {
    // SQLite follows links by itself and would leave the folder: it works on a copy.
    const [place, copy] = [path.join(disk.folder(server), 'own.db'), path.join(temporaryFolder(), 'own.db')]
    const database = new DatabaseSync(copy)
    database.exec('CREATE TABLE seqs (seq INTEGER PRIMARY KEY, text TEXT)')
    database.close()
    copyFileSync(copy, place)
    const action = { mysql: { url: 'sqlite:own.db', table: 'seqs', keyField: 'seq' } }
    await createRule(server, 'stored', `SELECT seq, rpad('x', 20000) AS text FROM rows`, action)
    await server.connected('stored')
    fill()
    for (let seq = 0; seq < 20; seq++) await listener.publish('rows', { seq })
    let last: unknown
    await until(
      () =>
        `the exception, not ${String(last)} ${server.lines
          .filter((l) => l.includes('DBG') || l.includes('   at'))
          .slice(0, 40)
          .join('\n')}`,
      async () => {
        last = (await server.status('stored'))['sink_mysql_0_0_last_exception']
        return String(last).includes('the database has no room: ')
      },
    )
    await expectCalm()
    free()
    let status: Readonly<Record<string, unknown>> = {}
    await until(
      () => `all rows: ${JSON.stringify(status)}`,
      async () => {
        status = await server.status('stored')
        return status['sink_mysql_0_0_records_out_total'] === 20
      },
      30_000,
    )
    await server.expect('DELETE', '/rules/stored')
    copyFileSync(place, copy)
    const reader = new DatabaseSync(copy)
    expect(reader.prepare('SELECT count(*) AS n, min(length(text)) AS shortest FROM seqs').get()).toEqual({ n: 20, shortest: 20_001 })
    reader.close()
    rmSync(path.dirname(copy), { recursive: true })
  })

  test('the server ends in order while there is no room, and has met no mistake of its own', async () => {
    fill()
    await expectCalm()
    const { code, err } = await server.stop()
    full = false
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(server.lines.filter((line) => /unexpectedly|unhandled|internal error/i.test(line))).toEqual([])
  })
}

describe('no room from the start', () => {
  test('a server says so and ends', async () => {
    const folder = temporaryFolder()
    const [port = 0] = await freePorts(1)
    const args = ['server', '--port', String(port), '--broker', 'off', '--no-demo', '--data', folder]
    const { code, err } = await plutino(args, {}, limited(0))
    expect(code).toBe(1)
    expect(err).toMatch(new RegExp(`^error: the data folder ${folder} has no room: .*\nhint: free some space on its disk.*\n$`))
    rmSync(folder, { recursive: true })
  })

  test('what is there runs, also a plugin whose translation cannot be kept, and no half of it is left', async () => {
    const folder = temporaryFolder()
    const translated = path.join(folder, 'translated')
    const first = await ServerProcess.start({ folder })
    await first.expect('POST', '/plugins', new Uint8Array(zipOf({ 'adapted@v1.0.0.wasm': await adaptedSink({}) })))
    await first.expect('POST', '/streams', { sql: 'CREATE STREAM ticks () WITH (TYPE="simulator", FORMAT="JSON", DATASOURCE="")' })
    await createRule(first, 'adapted', 'SELECT * FROM ticks', { adapted: {} })
    await first.connected('adapted')
    await first.stop()
    const blocks = 120
    const sizes = readdirSync(translated).map((name) => statSync(path.join(translated, name)).size)
    expect(Math.max(...sizes)).toBeGreaterThan(blocks * 512)
    rmSync(translated, { recursive: true })

    const second = await ServerProcess.start({ folder, within: limited(blocks) })
    await until('a row', async () => Number((await second.status('adapted'))['sink_adapted_0_0_records_out_total']) > 0, 30_000)
    expect(readdirSync(translated)).toEqual([])
    expect(await second.stop()).toMatchObject({ code: 0, err: '' })
    rmSync(folder, { recursive: true })
  })

  // Some pages more each time, until the server starts: whatever it is that finds no room, it says so.
  test.skipIf(!SMALL_DISKS.some(({ code, possible }) => code === 'ENOSPC' && possible))('each time that it is something else', async () => {
    const folder = temporaryFolder()
    const said: string[] = []
    for (let pages = 1; ; pages += 3) {
      const server = await ServerProcess.start({ folder, within: tiny(folder, pages) }).catch((error: unknown) => String(error))
      if (typeof server !== 'string') {
        expect(await server.stop()).toMatchObject({ code: 0, err: '' })
        break
      }
      said.push(server)
    }
    expect(said.length).toBeGreaterThan(2)
    for (const text of said) expect(text).toMatch(/error: .* has no room: .*\nhint: free some space on its disk/)
    rmSync(folder, { recursive: true })
  })

  test('a log that finds no room does not hold up the server', async () => {
    const [folder, logs] = [temporaryFolder(), temporaryFolder()]
    const log = path.join(logs, 'server.log')
    writeFileSync(log, 'x'.repeat(200_000))
    const server = await ServerProcess.start({ folder, within: limited(390, log) })
    for (let i = 0; i < 5; i++) await server.expect('POST', '/streams', stream(`s${i}`))
    expect(JSON.parse(await server.expect('GET', '/streams'))).toHaveLength(5)
    expect(await server.stop()).toMatchObject({ code: 0, err: '' })
    expect(readFileSync(log, 'utf8')).toBe('x'.repeat(200_000))
    for (const one of [folder, logs]) rmSync(one, { recursive: true })
  })
})
