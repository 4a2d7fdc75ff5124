import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Databases } from '../../../src/api/database.ts'
import type { SinkDefinition } from '../../../src/api/definition.ts'
import type { PluginHost } from '../../../src/api/plugin.ts'
import type { Sink } from '../../../src/api/sink.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/log.ts'
import type { Json } from '../../../src/config/field.ts'
import { createDatabases } from '../../../src/connectors/sql/databases.ts'
import type { Cell } from '../../../src/data/value.ts'
import { createPluginHost } from '../../../src/wasm/plugin-host.ts'
import { testContext } from '../../../test/support/context.ts'

let folder: string
let databases: Databases
let host: PluginHost
let definition: SinkDefinition
let database: DatabaseSync
const sinks: Sink[] = []

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'plutino-mysql-'))
  databases = createDatabases({ log: silentLogger, clock: systemClock, folder })
  host = createPluginHost({ databases, clock: systemClock, log: silentLogger })
  const plugin = await host.unpack(readFileSync(path.join(import.meta.dirname, '../prebuilt/mysql.zip')), 'mysql')
  const [found] = host.definitions(plugin)
  if (found?.kind !== 'sink') throw new Error('no sink')
  definition = found
})

beforeEach(() => {
  database = new DatabaseSync(path.join(folder, 'test.db'))
  database.exec('DROP TABLE IF EXISTS t; CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT \'nobody\', v, "order", key)')
})

afterEach(async () => {
  await Promise.all(sinks.splice(0).map((sink) => sink.close()))
  database.close()
})

afterAll(async () => {
  await host.close()
  await databases.close()
  rmSync(folder, { recursive: true })
})

/** The plugin as a server runs it, connected to a SQLite file. */
async function connected(config: { readonly [name: string]: Json } = {}): Promise<Sink> {
  const sink = definition.create({ url: 'sqlite:test.db', table: 't', ...config })
  sinks.push(sink)
  await sink.connect(testContext(systemClock))
  return sink
}

function write(sink: Sink, columns: readonly string[], ...rows: readonly (readonly Cell[])[]): Promise<void> {
  const batch = { rows: { schema: { columns: columns.map((name) => ({ name })) }, rows }, encoded: () => ({ payloads: [] }) }
  return sink.write(batch, testContext(systemClock))
}

function stored(columns = 'id, name, v'): unknown[] {
  const statement = database.prepare(`SELECT ${columns} FROM t ORDER BY id`)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  return statement.all()
}

test('rows arrive with their types, under columns with any name', async () => {
  const sink = await connected()
  await write(
    sink,
    ['id', 'name', 'v', 'order', 'key'],
    [9007199254740993n, 'ü', 1.5, true, null],
    [2, 'b', Uint8Array.of(0, 255), { a: [1] }, 'k'],
  )
  expect(stored('id, name, v, "order", key')).toStrictEqual([
    [2n, 'b', Uint8Array.of(0, 255), '{"a":[1]}', 'k'],
    [9007199254740993n, 'ü', 1.5, 1n, null],
  ])
})

test('with a key a row replaces the one that is there, also inside one batch', async () => {
  const sink = await connected({ keyField: 'id' })
  await write(sink, ['id', 'name', 'v'], [1, 'a', 1], [2, 'b', 2], [1, 'again', 3])
  await write(sink, ['id', 'name'], [2, 'new'])
  expect(stored()).toStrictEqual([
    [1n, 'again', 3n],
    [2n, 'new', 2n],
  ])
})

test('a batch with several row kinds is carried out in its order', async () => {
  const sink = await connected({ keyField: 'id', rowkindField: 'op' })
  await write(
    sink,
    ['op', 'id', 'name', 'v'],
    ['insert', 1, 'a', 1],
    ['insert', 2, 'b', 2],
    ['update', 1, 'c', 3],
    ['delete', 2, 'b', null],
    ['upsert', 3, 'd', 4],
  )
  expect(stored()).toStrictEqual([
    [1n, 'c', 3n],
    [3n, 'd', 4n],
  ])
})

test('a refused row takes its whole batch back, across all statements, and the next batch is written', async () => {
  const sink = await connected({ keyField: 'id', rowkindField: 'op' })
  await write(sink, ['op', 'id', 'name'], ['insert', 1, 'a'])
  await expect(write(sink, ['op', 'id', 'name'], ['update', 1, 'changed'], ['insert', 1, 'double'])).rejects.toMatchObject({
    code: 'rejected',
  })
  expect(stored('id, name')).toStrictEqual([[1n, 'a']])
  await write(sink, ['op', 'id', 'name'], ['update', 1, 'changed'])
  expect(stored('id, name')).toStrictEqual([[1n, 'changed']])
})

test('with skipNull the defaults of the table apply', async () => {
  const sink = await connected({ skipNull: true })
  await write(sink, ['id', 'name', 'v'], [1, null, 1], [2, 'b', null])
  expect(stored()).toStrictEqual([
    [1n, 'nobody', 1n],
    [2n, 'b', null],
  ])
})

test('messages are written as their template made them', async () => {
  const sink = await connected({ decodeMessages: true })
  const payloads = ['{"id":9007199254740993,"name":"a","v":{"x":[1]}}', '[{"id":2,"name":"b"},{"id":3,"v":1.5}]']
  await sink.write({ rows: { schema: { columns: [] }, rows: [] }, encoded: () => ({ payloads }) }, testContext(systemClock))
  expect(stored()).toStrictEqual([
    [2n, 'b', null],
    [3n, 'nobody', 1.5],
    [9007199254740993n, 'a', '{"x":[1]}'],
  ])
})

test.each([
  [{ table: 'nowhere' }, ['id'], [1]],
  [{}, ['id', 'nothing'], [1, 2]],
  [{}, ['id', 'name'], [1, null]],
])('what the database refuses is reported as rejected: %j %j %j', async (config, columns, row) => {
  const sink = await connected(config)
  await expect(write(sink, columns, row)).rejects.toMatchObject({ code: 'rejected' })
  expect(stored()).toStrictEqual([])
})

test.each([
  [{ table: 't' }, 'property Url is required'],
  [{ url: 'sqlite:test.db' }, 'property Table is required'],
])('the configuration %j is refused: %s', async (config, message) => {
  const sink = definition.create(config)
  sinks.push(sink)
  await expect(sink.connect(testContext(systemClock))).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining(message),
  })
})
