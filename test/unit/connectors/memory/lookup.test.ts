import { expect, test } from 'vitest'
import { MemoryBus } from '../../../../src/connectors/memory/bus.ts'
import { memoryLookup } from '../../../../src/connectors/memory/lookup.ts'
import { memorySink } from '../../../../src/connectors/memory/sink.ts'
import type { Struct } from '../../../../src/data/value.ts'
import { lookupContract } from '../../../contract/lookup.ts'
import { testContext } from '../../../support/context.ts'

const ctx = testContext()

lookupContract('memory', async () => {
  const bus = new MemoryBus()
  return {
    table: memoryLookup(bus).create({ datasource: 'devices/+', key: 'id' }),
    put: (rows) => bus.publish('devices/all', rows),
    cleanup: async () => {},
  }
})

async function filled(...rows: readonly Struct[]): Promise<(id: number) => Promise<readonly Struct[] | undefined>> {
  const bus = new MemoryBus()
  const table = memoryLookup(bus).create({ datasource: 't', key: 'id' })
  await table.connect(ctx)
  const sink = memorySink(bus).create({ topic: 't', rowkindField: 'kind', keyField: 'key' })
  const names = ['kind', 'key', 'id', 'v']
  const schema = { columns: names.map((name) => ({ name })) }
  const batch = { schema, rows: rows.map((row) => names.map((name) => row[name])) }
  await sink.write({ rows: batch, encoded: () => ({ payloads: [] }) }, ctx)
  return async (id) => (await table.lookup({ keys: ['id'], tuples: [[id]] }, ctx))[0]
}

test('rowkindField says what a row does: insert, update, upsert, delete; insert when it says nothing', async () => {
  const find = await filled(
    { kind: 'insert', id: 1, v: 'a' },
    { kind: 'update', id: 1, v: 'b' },
    { kind: 'upsert', id: 2, v: 'c' },
    { id: 3, v: 'd' },
    { kind: 'insert', id: 4, v: 'e' },
    { kind: 'delete', id: 4 },
    { kind: 'delete', key: 2 },
    { kind: 'delete', id: 99 },
  )
  expect(await find(1)).toEqual([{ kind: 'update', id: 1, v: 'b' }])
  expect(await find(2)).toEqual([])
  expect(await find(3)).toEqual([{ id: 3, v: 'd' }])
  expect(await find(4)).toEqual([])
})

test('a row that says something else is refused, and nothing of its batch has happened', async () => {
  await expect(filled({ kind: 'insert', id: 1 }, { kind: 'drop', id: 1 })).rejects.toMatchObject({
    code: 'rejected',
    message: 'rowkindField kind: expected one of insert, update, upsert, delete, got string(drop)',
  })
})

test('records without the key, and a key with a strange name, do no harm', async () => {
  const bus = new MemoryBus()
  const table = memoryLookup(bus).create({ datasource: 't', key: '__proto__' })
  await table.connect(ctx)
  await bus.publish('t', [{ a: 1 }, JSON.parse('{"__proto__":1,"a":2}') as Struct])
  expect(await table.lookup({ keys: ['__proto__'], tuples: [[1], ['toString']] }, ctx)).toEqual([[JSON.parse('{"__proto__":1,"a":2}')], []])
})

test.each([
  [{ datasource: 't' }, 'key: is required'],
  [{ key: 'id' }, 'datasource: is required'],
  [{ datasource: 'a/#/b', key: 'id' }, 'datasource: expected a topic filter, got "a/#/b"'],
])('%j is refused', (config, message) => {
  expect(() => memoryLookup(new MemoryBus()).create(config)).toThrow(message)
})
