import { beforeAll, expect, test } from 'vitest'
import path from 'node:path'
import { buildPlugin } from '../../../plugin-sdk/assemblyscript/build/build.ts'
import { MysqlPlugin, type Failure } from './fake-database.ts'

let core: Uint8Array

beforeAll(async () => {
  core = (await buildPlugin(path.join(import.meta.dirname, '..'))).core
})

const OK = { tag: 'ok', val: undefined }
const error = (kind: string, message: string, code?: string): unknown => ({ tag: 'err', val: { kind, message, code } })

/** A plugin that is configured and connected; the call of `open` is left out of its calls. */
function connected(config: Readonly<Record<string, unknown>> = {}): MysqlPlugin {
  const plugin = new MysqlPlugin(core)
  expect(plugin.configure({ url: 'main', table: 't', ...config })).toMatchObject({ tag: 'ok' })
  expect(plugin.open()).toStrictEqual(OK)
  plugin.calls.length = 0
  return plugin
}

test.each([
  [{}, 'property Url is required'],
  [{ url: '', table: 't' }, 'property Url is required'],
  [{ url: 5, table: 't' }, 'property Url is required'],
  [{ url: 'main' }, 'property Table is required'],
  [{ url: 'main', table: '' }, 'property Table is required'],
  [{ url: 'main', table: 'a..b' }, 'property Table is not the name of a table: a..b'],
  [{ url: 'main', table: 'a.b.c' }, 'property Table is not the name of a table: a.b.c'],
  [{ url: 'main', table: 't', rowkindField: 'op' }, 'keyField is required when rowkindField is set'],
  [{ url: 'main', table: 't', rowkindField: 'id', keyField: 'id' }, 'rowkindField and keyField cannot be the same column'],
  ['{"url"', 'the configuration is not JSON: expected ":" at character 7, got the end'],
])('the configuration %j is refused: %s', (config, message) => {
  expect(new MysqlPlugin(core).configure(config)).toStrictEqual(error('invalid', message))
})

test('rows are asked for, or messages when the configuration says so', () => {
  const plugin = new MysqlPlugin(core)
  expect(plugin.configure({ url: 'main', table: 't' })).toStrictEqual({ tag: 'ok', val: 'rows' })
  expect(plugin.configure({ dburl: 'main', table: 't', decodeMessages: true })).toStrictEqual({ tag: 'ok', val: 'encoded' })
})

test('the connection that is opened is the one that the rule names', () => {
  const plugin = new MysqlPlugin(core)
  plugin.configure({ url: 'url', table: 't' })
  plugin.open()
  expect(plugin.calls).toStrictEqual([['open', 'url']])
})

test('a batch is one statement with all its columns, and every type stays what it is', () => {
  const plugin = connected()
  const at = new Date(1_700_000_000_000)
  const row = [true, 9007199254740993n, 1.5, 'ü', Uint8Array.of(0, 255), null, at, { a: [1] }]
  expect(plugin.collect(['b', 'i', 'd', 's', 'x', 'n', 't', 'j'], [row, row])).toStrictEqual(OK)
  const sent = [true, 9007199254740993n, 1.5, 'ü', Uint8Array.of(0, 255), null, at, { json: '{"a":[1]}' }]
  expect(plugin.calls).toStrictEqual([
    ['exec-batch', 'INSERT INTO `t` (`b`, `i`, `d`, `s`, `x`, `n`, `t`, `j`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)', [sent, sent]],
  ])
})

test.each([
  ['t', '`t`'],
  ['plant.devices', '`plant`.`devices`'],
  ['`order`', '`order`'],
  ['t`; DROP TABLE x', '`t``; DROP TABLE x`'],
  ['überwachung', '`überwachung`'],
])('the table %s is quoted', (table, quoted) => {
  const plugin = connected({ table })
  plugin.collect(['a'], [[1]])
  expect(plugin.calls[0]?.[1]).toBe(`INSERT INTO ${quoted} (\`a\`) VALUES (?)`)
})

test('names of columns cannot leave their quotation', () => {
  const plugin = connected({ keyField: 'k`' })
  plugin.collect(['k`', 'a`) VALUES (1); --', '__proto__', 'order'], [[1, 2, 3, 4]])
  expect(plugin.calls[0]?.[1]).toBe(
    'INSERT INTO `t` (`k```, `a``) VALUES (1); --`, `__proto__`, `order`) VALUES (?, ?, ?, ?) ' +
      'ON DUPLICATE KEY UPDATE `a``) VALUES (1); --` = VALUES(`a``) VALUES (1); --`), `__proto__` = VALUES(`__proto__`), `order` = VALUES(`order`)',
  )
})

test.each([
  [{ keyField: 'id' }, '`a` = VALUES(`a`), `b` = VALUES(`b`)'],
  [{ keyFields: ['id', 'a'] }, '`b` = VALUES(`b`)'],
  [{ keyField: 'id', keyFields: ['id', 'b'] }, '`a` = VALUES(`a`)'],
  [{ keyFields: ['id', 'a', 'b'] }, '`id` = VALUES(`id`), `a` = VALUES(`a`), `b` = VALUES(`b`)'],
])('with the key %j a row replaces the one with the same key', (config, sets) => {
  const plugin = connected(config)
  plugin.collect(['id', 'a', 'b'], [[1, 2, 3]])
  expect(plugin.calls).toStrictEqual([
    ['exec-batch', `INSERT INTO \`t\` (\`id\`, \`a\`, \`b\`) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE ${sets}`, [[1n, 2n, 3n]]],
  ])
})

test('rows without the key column are refused before anything is written', () => {
  const plugin = connected({ keyField: 'id' })
  expect(plugin.collect(['a'], [[1]])).toStrictEqual(error('rejected', 'the row has no column id, which keyField names'))
  expect(plugin.calls).toStrictEqual([])
})

test('a row kind turns rows into inserts, upserts, updates and deletes, in their order and in one transaction', () => {
  const plugin = connected({ keyField: 'id', rowkindField: 'op' })
  const rows = [
    [1, 'insert', 10],
    [2, null, 20],
    [1, 'update', 11],
    [3, 'upsert', 30],
    [2, 'delete', null],
    [3, 'delete', null],
    [4, 'insert', 40],
  ]
  expect(plugin.collect(['id', 'op', 'v'], rows)).toStrictEqual(OK)
  expect(plugin.calls).toStrictEqual([
    ['begin'],
    [
      'exec-batch',
      'INSERT INTO `t` (`id`, `v`) VALUES (?, ?)',
      [
        [1n, 10n],
        [2n, 20n],
      ],
    ],
    ['exec-batch', 'UPDATE `t` SET `v` = ? WHERE `id` = ?', [[11n, 1n]]],
    ['exec-batch', 'INSERT INTO `t` (`id`, `v`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `v` = VALUES(`v`)', [[3n, 30n]]],
    ['exec-batch', 'DELETE FROM `t` WHERE `id` = ?', [[2n], [3n]]],
    ['exec-batch', 'INSERT INTO `t` (`id`, `v`) VALUES (?, ?)', [[4n, 40n]]],
    ['commit'],
  ])
})

test('a key of several columns finds its rows by all of them', () => {
  const plugin = connected({ keyFields: ['a', 'b'], rowkindField: 'op' })
  plugin.collect(['a', 'op', 'v', 'b'], [[1, 'update', 3, 2]])
  plugin.collect(['a', 'op', 'v', 'b'], [[1, 'delete', 3, 2]])
  expect(plugin.calls).toStrictEqual([
    ['exec-batch', 'UPDATE `t` SET `v` = ? WHERE `a` = ? AND `b` = ?', [[3n, 1n, 2n]]],
    ['exec-batch', 'DELETE FROM `t` WHERE `a` = ? AND `b` = ?', [[1n, 2n]]],
  ])
})

test.each([
  [[[1, 'replace', 1]], 'column op has to be insert, upsert, update or delete'],
  [[[1, 5, 1]], 'column op has to be insert, upsert, update or delete'],
  [[[null, 'update', 1]], 'key column id is null'],
  [[[null, 'delete', 1]], 'key column id is null'],
])('the rows %j are refused: %s', (rows, message) => {
  const plugin = connected({ keyField: 'id', rowkindField: 'op' })
  expect(plugin.collect(['id', 'op', 'v'], [[1, 'insert', 1], ...rows])).toStrictEqual(error('rejected', message))
  expect(plugin.calls).toStrictEqual([])
})

test('rows without the column of the row kind are inserted', () => {
  const plugin = connected({ keyField: 'id', rowkindField: 'op' })
  plugin.collect(['id'], [[1]])
  expect(plugin.calls).toStrictEqual([['exec-batch', 'INSERT INTO `t` (`id`) VALUES (?)', [[1n]]]])
})

test('an update without other columns than the key does nothing', () => {
  const plugin = connected({ keyField: 'id', rowkindField: 'op' })
  expect(plugin.collect(['id', 'op'], [[1, 'update']])).toStrictEqual(OK)
  expect(plugin.calls).toStrictEqual([])
})

test('with skipNull inserts are gathered by the columns that they have', () => {
  const plugin = connected({ skipNull: true })
  plugin.collect(
    ['a', 'b'],
    [
      [1, null],
      [2, 2],
      [3, null],
      [null, 4],
    ],
  )
  expect(plugin.calls).toStrictEqual([
    ['begin'],
    ['exec-batch', 'INSERT INTO `t` (`a`) VALUES (?)', [[1n], [3n]]],
    ['exec-batch', 'INSERT INTO `t` (`a`, `b`) VALUES (?, ?)', [[2n, 2n]]],
    ['exec-batch', 'INSERT INTO `t` (`b`) VALUES (?)', [[4n]]],
    ['commit'],
  ])
})

test('with skipNull and a key the order of the rows is kept', () => {
  const plugin = connected({ skipNull: true, keyField: 'id' })
  plugin.collect(
    ['id', 'a', 'b'],
    [
      [1, 1, null],
      [1, null, 2],
      [1, 3, null],
    ],
  )
  const upsert = (column: string): string =>
    `INSERT INTO \`t\` (\`id\`, \`${column}\`) VALUES (?, ?) ON DUPLICATE KEY UPDATE \`${column}\` = VALUES(\`${column}\`)`
  expect(plugin.calls).toStrictEqual([
    ['begin'],
    ['exec-batch', upsert('a'), [[1n, 1n]]],
    ['exec-batch', upsert('b'), [[1n, 2n]]],
    ['exec-batch', upsert('a'), [[1n, 3n]]],
    ['commit'],
  ])
})

test('a row of nulls alone is refused with skipNull', () => {
  expect(connected({ skipNull: true }).collect(['a'], [[null]])).toStrictEqual(error('rejected', 'every column of the row is null'))
})

test('an empty batch reaches no database, and a row without columns is refused', () => {
  const plugin = connected()
  expect(plugin.collect(['a'], [])).toStrictEqual(OK)
  expect(plugin.collect([], [[]])).toStrictEqual(error('rejected', 'the row has no columns'))
  expect(plugin.calls).toStrictEqual([])
})

test('messages are objects or arrays of objects; rows with the same members share a statement', () => {
  const plugin = connected({ decodeMessages: true })
  const big = '{"id":9007199254740993,"f":1.5,"t":"\\u00fc","o":{"a":[1,null]},"n":null,"b":true}'
  expect(plugin.collectMessages(big, '[{"a":1},{"a":2}]', '{"b":1}', '[]')).toStrictEqual(OK)
  expect(plugin.calls).toStrictEqual([
    ['begin'],
    [
      'exec-batch',
      'INSERT INTO `t` (`id`, `f`, `t`, `o`, `n`, `b`) VALUES (?, ?, ?, ?, ?, ?)',
      [[9007199254740993n, 1.5, 'ü', { json: '{"a":[1,null]}' }, null, true]],
    ],
    ['exec-batch', 'INSERT INTO `t` (`a`) VALUES (?)', [[1n], [2n]]],
    ['exec-batch', 'INSERT INTO `t` (`b`) VALUES (?)', [[1n]]],
    ['commit'],
  ])
})

test.each([
  ['{"a":', 'the message is not JSON: expected a JSON value at character 6, got the end'],
  ['5', 'the message is not a JSON object or an array of objects'],
  ['[{"a":1},5]', 'the message is not a JSON object or an array of objects'],
  ['{}', 'the row has no columns'],
])('the message %s is refused: %s', (message, text) => {
  const plugin = connected({ decodeMessages: true })
  expect(plugin.collectMessages('{"a":1}', message)).toStrictEqual(error('rejected', text))
  expect(plugin.calls).toStrictEqual([])
})

test.each([
  { kind: 'rejected', message: "Duplicate entry '1' for key 'PRIMARY'", code: '23000' },
  { kind: 'unavailable', message: 'connection lost' },
  { kind: 'timeout', message: 'too slow' },
  { kind: 'denied', message: 'not granted' },
] as const)('what the database says is handed on as it is: %j', (failure: Failure) => {
  const plugin = connected()
  plugin.failures.set('exec-batch', [failure])
  expect(plugin.collect(['a'], [[1]])).toStrictEqual(error(failure.kind, failure.message, failure.code))
  expect(plugin.collect(['a'], [[1]])).toStrictEqual(OK)
})

test.each([
  ['begin', [['begin']]],
  ['exec-batch', [['begin'], ['exec-batch'], ['rollback']]],
  ['commit', [['begin'], ['exec-batch'], ['exec-batch'], ['commit'], ['rollback']]],
])('when %s of a transaction fails nothing of the batch stays', (name, calls) => {
  const plugin = connected({ skipNull: true })
  plugin.failures.set(name, [{ kind: 'unavailable', message: 'connection lost' }])
  plugin.failures.set('rollback', [{ kind: 'internal', message: 'of no interest' }])
  expect(
    plugin.collect(
      ['a', 'b'],
      [
        [1, null],
        [null, 2],
      ],
    ),
  ).toStrictEqual(error('unavailable', 'connection lost'))
  expect(plugin.calls.map((call) => [call[0]])).toStrictEqual(calls)
})

test('opening again after a lost connection gives the old one back', () => {
  const plugin = connected()
  expect(plugin.open()).toStrictEqual(OK)
  expect(plugin.calls).toStrictEqual([['drop'], ['open', 'main']])
  expect(plugin.openConnections).toBe(1)
  plugin.close()
  plugin.close()
  expect(plugin.openConnections).toBe(0)
})

test('a connection that cannot be opened says why, and nothing is written without one', () => {
  const plugin = new MysqlPlugin(core)
  plugin.configure({ url: 'main', table: 't' })
  plugin.failures.set('open', [{ kind: 'denied', message: 'Access denied', code: '28000' }])
  expect(plugin.open()).toStrictEqual(error('denied', 'Access denied', '28000'))
  expect(plugin.collect(['a'], [[1]])).toStrictEqual(error('unavailable', 'the connection is not open'))
})

test('large batches leave no memory behind', () => {
  const plugin = connected()
  const rows = Array.from({ length: 1000 }, (_, i) => [i, `device ${i}`, i / 3])
  for (let i = 0; i < 5; i++) expect(plugin.collect(['id', 'name', 'v'], rows)).toStrictEqual(OK)
  const before = plugin.memoryBytes
  for (let i = 0; i < 20; i++) plugin.collect(['id', 'name', 'v'], rows)
  expect(plugin.memoryBytes).toBe(before)
})
