import { describe, expect, test } from 'vitest'
import type { CallContext, SqlFunction } from '../../src/api/function.ts'
import { PlutinoError, toPlutinoError } from '../../src/base/errors.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { Cell } from '../../src/data/value.ts'
import { testContext } from '../support/context.ts'

type Rows = readonly (readonly Cell[])[]

/** A function beside what it gives. */
export interface FunctionCase {
  readonly find: () => SqlFunction
  readonly rows: Rows
  /** The value of each row; of an aggregate: after each row, of one group. */
  readonly results: readonly Cell[]
  /** A row that has no result. */
  readonly bad?: { readonly row: readonly Cell[]; readonly message: RegExp }
}

const CALL: CallContext = { rule: 'rule1', clock: systemClock, startedAt: 0, timeZone: 'UTC' }

/** What statements may rely on, whatever a function is made of. */
export function functionContract(name: string, { find, rows, results, bad }: FunctionCase): void {
  describe(`${name}: the contract of a function`, () => {
    test('it says what it is', () => {
      const { name: own, doc, params, nulls } = find()
      expect(own).toBe(own.toLowerCase())
      expect(doc).not.toBe('')
      expect(params.every((param) => param.name !== '')).toBe(true)
      expect(['null', 'false', 'zero', 'call']).toContain(nulls)
    })

    test('a value for each row, in their order', async () => {
      expect(await valuesOf(find(), rows)).toEqual(results)
    })

    test('no rows, no values', async () => {
      expect(await valuesOf(find(), [])).toEqual([])
    })

    test('the rows of a batch give what they give in batches of one', async () => {
      const use = await open(find())
      const seen: Cell[] = []
      for (const row of rows) seen.push(...(await use([row])).map(shown))
      expect(seen).toEqual(results)
    })

    test('an error is that of its row alone', async () => {
      if (bad === undefined) return
      const values = await (await open(find()))([...rows, bad.row])
      expect(values.slice(0, -1).map(shown)).toEqual(results)
      expect(values.at(-1)).toMatchObject({ code: 'row_failed', message: expect.stringMatching(bad.message) })
    })
  })
}

type Use = (rows: Rows) => Promise<readonly (Cell | PlutinoError)[]>

async function valuesOf(f: SqlFunction, rows: Rows): Promise<readonly Cell[]> {
  return (await (await open(f))(rows)).map(shown)
}

function shown(value: Cell | PlutinoError): Cell {
  return value instanceof PlutinoError ? value.message : value
}

/** One place of a statement. */
async function open(f: SqlFunction): Promise<Use> {
  const count = f.params.length
  const place = { place: 0, args: Array.from({ length: count }, () => ({ expression: 'a' })) }
  const ctx = testContext(systemClock)
  if (f.kind === 'row') return async (rows) => rows.map((row) => attempt(() => f.call(CALL, ...row)))
  if (f.kind === 'batch') {
    const opened = await f.openBatch(place, ctx)
    return (rows) => opened.call(rows)
  }
  if (f.kind === 'groups') {
    const opened = await f.openGroups(place, ctx)
    return async (rows) => {
      const values: (Cell | PlutinoError)[] = []
      for (const row of rows) {
        const failed = await opened.add([0], [row])
        values.push(failed.get(0) ?? (await opened.finish([0]))[0])
      }
      return values
    }
  }
  if (f.kind !== 'aggregate') throw new Error(`${f.name} needs the rows around its own`)
  const state = f.init()
  return async (rows) =>
    rows.map((row) =>
      attempt(() => {
        f.add(state, row)
        return f.result(state)
      }),
    )
}

function attempt(step: () => Cell): Cell | PlutinoError {
  try {
    return step()
  } catch (error) {
    return toPlutinoError(error)
  }
}
