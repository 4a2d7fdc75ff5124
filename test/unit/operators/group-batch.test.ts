import { expect, test } from 'vitest'
import type { GroupFunction } from '../../../src/api/function.ts'
import { rowFailed } from '../../../src/data/row-failed.ts'
import type { Cell } from '../../../src/data/value.ts'
import { rowsOfGroup } from '../../../src/functions/rows-of-group.ts'
import { GroupBatch } from '../../../src/operators/group-batch.ts'
import type { PlutinoError } from '../../../src/base/errors.ts'

/** Sums; refuses texts. */
function sums(): { groups: GroupFunction; known: Map<number, number> } {
  const known = new Map<number, number>()
  const groups: GroupFunction = {
    async add(numbers, rows) {
      const failures = new Map<number, PlutinoError>()
      rows.forEach(([value], i) => {
        const group = numbers[i] ?? 0
        if (typeof value === 'number') known.set(group, (known.get(group) ?? 0) + value)
        else failures.set(i, rowFailed('no number'))
      })
      return failures
    },
    finish: (numbers) => Promise.resolve(numbers.map((group) => known.get(group) ?? null)),
    async drop(numbers) {
      for (const group of numbers) known.delete(group)
    },
    save: () => Promise.resolve([]),
    restore: () => Promise.resolve(),
  }
  return { groups, known }
}

test('groups that are complete are added, given and forgotten; the error of a row is that of its group', async () => {
  const { groups, known } = sums()
  const batch = new GroupBatch(groups)
  const calls: readonly (readonly Cell[])[] = [[[[1], [2]]], [[]], [[[5], ['x']]], [[[7]]]]
  const values = await batch.call(calls)
  expect(values).toEqual([3, null, expect.objectContaining({ code: 'row_failed', message: 'no number' }), 7])
  expect(known.size).toBe(0)
  expect(await batch.call([[null]])).toEqual([null])
})

test('rows_of_group gives the arguments of all rows, and parts of a group can be put together', () => {
  const { function: f } = rowsOfGroup
  if (f.kind !== 'aggregate') throw new Error('no aggregate')
  const [first, second] = [f.init(), f.init()]
  f.add(first, [1, 'a'])
  f.add(second, [undefined, 2n])
  f.merge?.(first, second)
  expect(f.result(first)).toEqual([
    [1, 'a'],
    [null, 2n],
  ])
  expect(f.result(second)).toEqual([[null, 2n]])
})
