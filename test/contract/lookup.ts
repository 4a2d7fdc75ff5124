import { afterEach, describe, expect, test } from 'vitest'
import type { LookupSource } from '../../src/api/lookup.ts'
import { PlutinoError } from '../../src/base/errors.ts'
import type { Cell, Struct } from '../../src/data/value.ts'
import { testContext } from '../support/context.ts'

/** One lookup table, keyed by `id`, beside the other side where its rows are. */
export interface LookupSetup {
  readonly table: LookupSource
  /** Called after `connect`. Rows have the columns id, name, size and more than one of them may share a name; a row takes the place of that with the same id. */
  readonly put: (rows: readonly { readonly id: number; readonly name: string; readonly size: number | null }[]) => Promise<void>
  cleanup(): Promise<void>
}

const ROWS = [
  { id: 1, name: 'one', size: 10 },
  { id: 2, name: "two's", size: null },
  { id: 3, name: 'one', size: 30 },
]

/** What the operator that joins with a lookup table may rely on, whatever the table. */
export function lookupContract(name: string, create: () => Promise<LookupSetup>): void {
  const open: LookupSetup[] = []
  const ctx = testContext()
  const setUp = async (connected = true): Promise<LookupSetup> => {
    const setup = await create()
    open.push(setup)
    if (connected) await setup.table.connect(ctx)
    return setup
  }
  const ask = async (table: LookupSource, keys: readonly string[], tuples: readonly (readonly Cell[])[], columns?: readonly string[]) =>
    (await table.lookup({ keys, tuples, ...(columns === undefined ? {} : { columns }) }, ctx)).map((rows) => rows.map(plain))

  afterEach(async () => {
    for (const setup of open.splice(0)) {
      await setup.table.close()
      await setup.cleanup()
    }
  })

  describe(`${name}: the contract of a lookup table`, () => {
    test('close does no harm before connect, and twice', async () => {
      const { table } = await setUp(false)
      await table.close()
      await table.connect(ctx)
      await table.close()
      await table.close()
    })

    test('a table that is not connected is unavailable, so that it is connected and asked again', async () => {
      const { table } = await setUp(false)
      const error: unknown = await table.lookup({ keys: ['id'], tuples: [[1]] }, ctx).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(PlutinoError)
      expect(error).toMatchObject({ code: 'unavailable' })
      await table.connect(ctx)
      expect(await ask(table, ['id'], [[1]])).toEqual([[]])
    })

    test('each key gets its rows, in the order of the keys; one that is not there gets none', async () => {
      const { table, put } = await setUp()
      await put(ROWS)
      expect(await ask(table, ['id'], [[3], [7], [1]])).toEqual([[ROWS[2]], [], [ROWS[0]]])
    })

    test('numbers of both kinds find the same row', async () => {
      const { table, put } = await setUp()
      await put(ROWS)
      expect(await ask(table, ['id'], [[2], [2n]])).toEqual([[ROWS[1]], [ROWS[1]]])
    })

    test('columns that are no key may be asked for, and several at once', async () => {
      const { table, put } = await setUp()
      await put(ROWS)
      expect(await ask(table, ['name'], [['one'], ["two's"], ['x" OR 1=1 --']])).toEqual([[ROWS[0], ROWS[2]], [ROWS[1]], []])
      expect(
        await ask(
          table,
          ['name', 'size'],
          [
            ['one', 30],
            ['one', 10],
            ['one', 11],
          ],
        ),
      ).toEqual([[ROWS[2]], [ROWS[0]], []])
    })

    test('the columns that are wanted are in the rows', async () => {
      const { table, put } = await setUp()
      await put(ROWS)
      const [[row] = []] = await ask(table, ['id'], [[2]], ['size', 'name'])
      expect(row).toMatchObject({ size: null, name: "two's" })
      expect(await ask(table, ['id'], [[2], [9]], []).then((answer) => answer.map(({ length }) => length))).toEqual([1, 0])
    })

    test('many keys at once', async () => {
      const { table, put } = await setUp()
      const rows = Array.from({ length: 150 }, (_, id) => ({ id, name: `n${id}`, size: id }))
      await put(rows)
      expect(
        await ask(
          table,
          ['id'],
          rows.map(({ id }) => [id]),
        ),
      ).toEqual(rows.map((row) => [row]))
    })

    test('what has changed is seen by the next question', async () => {
      const { table, put } = await setUp()
      await put(ROWS)
      expect(await ask(table, ['id'], [[1]])).toEqual([[ROWS[0]]])
      await put([{ id: 1, name: 'uno', size: 11 }])
      expect(await ask(table, ['id'], [[1]])).toEqual([[{ id: 1, name: 'uno', size: 11 }]])
    })
  })
}

/** Databases give bigints, records of rules floats. */
function plain(row: Struct): Struct {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]))
}
