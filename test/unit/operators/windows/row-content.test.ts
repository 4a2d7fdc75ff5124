import { expect, test } from 'vitest'
import { rowFailed } from '../../../../src/data/row-failed.ts'
import type { Joiner, WindowContent } from '../../../../src/operators/windows/content.ts'
import { WindowOutput } from '../../../../src/operators/windows/output.ts'
import { rowContent } from '../../../../src/operators/windows/row-content.ts'

const TIMES = { start: 1, end: 2, trigger: 3 }

function fired(holder: WindowContent): unknown {
  const output = new WindowOutput({ columns: [] })
  holder.fire(TIMES, output)
  return output.take().map(({ rows, results, errors }) => errors?.map(({ error }) => error.message) ?? { rows, results })
}

function content(parts: Partial<Parameters<typeof rowContent>[0]> = {}): WindowContent {
  return rowContent({ bounds: [], omitEmpty: false, ...parts })('panes')
}

test('gives its rows with the bounds in their slots', () => {
  const some = content({
    bounds: [
      { slot: 1, bound: 'end' },
      { slot: 2, bound: 'trigger' },
    ],
  })
  some.add([['a'], ['b'], ['c']], 1, 3, 0)
  expect(fired(some)).toEqual([
    {
      rows: [
        ['b', 2, 3],
        ['c', 2, 3],
      ],
      results: [0, 2],
    },
  ])
})

test('an empty result is one, unless it is not wanted', () => {
  expect(fired(content())).toEqual([{ rows: [], results: [0, 0] }])
  expect(fired(content({ omitEmpty: true }))).toEqual([])
})

test('panes leave whole, the oldest first, empty ones too', () => {
  const some = content()
  some.add([[1], [2]], 0, 2, 0)
  some.cut()
  some.cut()
  some.add([[3]], 0, 1, 0)
  const copy = content()
  copy.restore(some.snapshot())
  for (const one of [some, copy]) {
    one.dropPane()
    expect(fired(one)).toEqual([{ rows: [[3]], results: [0, 1] }])
    one.dropPane()
    expect(fired(one)).toEqual([{ rows: [[3]], results: [0, 1] }])
    one.clear()
    expect(one.empty).toBe(true)
  }
})

test('rows leave one by one, many thousands of them', () => {
  const some = content()
  for (let i = 0; i < 10_000; i++) {
    some.add([[i]], 0, 1, 0)
    if (i >= 2) some.evict(1)
  }
  expect(fired(some)).toEqual([{ rows: [[9_998], [9_999]], results: [0, 2] }])
})

test('a join gets the rows of each input in their slots; what it makes gets the bounds; nothing is no result', () => {
  const seen: unknown[] = []
  const joiner: Joiner = (sides, joined) => {
    seen.push(structuredClone(sides))
    const [left = [], right = []] = sides
    for (const a of left) for (const b of right) joined.push([a[0], b[1]])
  }
  const some = content({ bounds: [{ slot: 2, bound: 'start' }], join: { inputs: 2, joiner } })
  some.add([['l', undefined]], 0, 1, 0)
  expect(fired(some)).toEqual([])
  some.add([[undefined, 'r']], 0, 1, 1)
  const copy = content({ bounds: [{ slot: 2, bound: 'start' }], join: { inputs: 2, joiner } })
  copy.restore(some.snapshot())
  expect(fired(copy)).toEqual([{ rows: [['l', 'r', 1]], results: [0, 1] }])
  expect(seen).toEqual([
    [[['l', undefined]], []],
    [[['l', undefined]], [[undefined, 'r']]],
  ])
})

test('a condition of a join that fails is one error in place of the result', () => {
  const joiner: Joiner = () => {
    throw rowFailed('run Join error: no')
  }
  const some = content({ join: { inputs: 2, joiner } })
  some.add([['l']], 0, 1, 0)
  expect(fired(some)).toEqual([['run Join error: no']])
})
