import { expect, test } from 'vitest'
import type { Cell } from '../../../src/data/value.ts'
import { answer } from './call.ts'

const NOT_AN_ARRAY = '! expected an array, got float64(1)'

test.each<[name: string, args: Cell[], expected: Cell]>([
  ['array_contains', [[1, 2], 2n], true],
  ['array_contains', [[9007199254740993n], 9007199254740993n], true],
  ['array_contains', [[9007199254740993n], 9007199254740992], false],
  ['array_contains', [[[1]], [1n]], true],
  ['array_contains', [null, 1], false],
  ['array_contains', [1, 1], NOT_AN_ARRAY],
  ['array_contains_any', [[1], null], '! expected an array, got null'],
  [
    'array_union',
    [
      [2, 3],
      [2n, 3n, 4n],
    ],
    [2, 3, 4n],
  ],
  ['array_union', [null, [1, 1]], [1]],
  [
    'array_intersect',
    [
      [1, '1'],
      ['1', 1, 1],
    ],
    ['1', 1],
  ],
  ['array_except', [['x', null], [2]], ['x', null]],
  ['array_except', [[1, 1], null], [1]],
  ['array_except', [null, [1]], null],
  ['array_distinct', [[{ k: 1 }, { k: 1 }, 1, 1n, null, null]], [{ k: 1 }, { k: 1 }, 1, null]],
  ['array_distinct', [[]], []],
  ['array_remove', [[1, null], null], [1]],
  ['array_position', [[], 1], -1n],
  ['array_last_position', [[3, 1, 2, 1], 1n], 3n],
  ['array_sort', [[1, '1', true, null, 1.5]], [1, '1', 1.5, null, true]],
  ['array_max', [[null, 9007199254740993n, 1]], 9007199254740993n],
  ['array_max', [[]], null],
  ['array_max', [[1, '1']], '! string(1) and float64(1) cannot be compared'],
  ['array_min', [[true]], '! expected numbers or texts, got bool(true)'],
  ['array_join', [['a', null, 1e6], '-', 'nil'], 'a-nil-1000000'],
  ['array_join', [['a', null, 'c'], '-', ''], 'a-c'],
  ['array_join', [[1.5, true, [1], { k: 1 }], ','], '1.5,true,[1],map[k:1]'],
  ['array_join', [['a'], 7], '! expected a text, got float64(7)'],
  ['array_flatten', [[[1, [2]], 3]], [1, [2], 3]],
  ['array_map', ['isnull', [1, null]], [false, true]],
  ['array_map', ['upper', ['a']], ['A']],
  ['array_map', ['Upper', ['a']], '! there is no built-in function "Upper" for the elements of an array'],
  ['array_map', ['mod', [1]], '! function mod cannot be called with one argument'],
  ['array_map', ['nosuch', [1]], '! there is no built-in function "nosuch" for the elements of an array'],
  ['array_map', ['array_map', [1]], '! there is no built-in function "array_map" for the elements of an array'],
  ['array_map', ['abs', [null]], '! expected a number, got null'],
  ['cardinality', ['x'], 0n],
  ['array_cardinality', [[1, null]], 1n],
  ['array_create', [null, undefined], null],
  ['element_at', [[10, 20], -2n], 10],
  ['element_at', [[10], 5], '! index 5 is out of range: the array has 1 elements'],
  ['element_at', [[], 0], '! index 0 is out of range: the array has 0 elements'],
  ['element_at', [{ k: 1 }, 'toString'], null],
  ['element_at', [{ k: 1 }, 0], '! expected a text, got float64(0)'],
  ['repeat', ['x', 3n], ['x', 'x', 'x']],
  ['repeat', ['x', 3], '! expected a bigint, got float64(3)'],
  ['repeat', ['x', -1n], '! expected 0 to 1048576 copies, got -1'],
  ['repeat', ['x', 2n ** 62n], '! expected 0 to 1048576 copies, got 4611686018427388000'],
  ['repeat', ['x'.repeat(1000), 1_000_000n], '! 1000000 copies of a value of this size are too many'],
  ['repeat', [[{ k: 'x'.repeat(1000) }], 1_000_000n], '! 1000000 copies of a value of this size are too many'],
  ['zip', [[]], null],
  ['sequence', [1n, 7n, 3n], [1n, 4n, 7n]],
  ['sequence', [5n, 1n], [5n, 4n, 3n, 2n, 1n]],
  ['sequence', [1n, 5n, -1n], '! a step of -1 does not lead from 1 to 5'],
  ['sequence', [1n, 5n, 0n], '! expected a step that is not 0'],
  ['sequence', [0n, 2n ** 62n], '! expected at most 1048576 elements, got 4611686018427387905'],
  ['kvpair_array_to_obj', [[{ key: '__proto__', value: 1 }]], JSON.parse('{"__proto__":1}') as Cell],
  [
    'kvpair_array_to_obj',
    [[{ key: 'k', value: 1, more: 2 }]],
    '! expected {"key": text, "value": …}, got object({"key":"k","value":1,"more":2})',
  ],
  ['kvpair_array_to_obj', [[{ k: 1 }]], '! expected {"key": text, "value": …}, got object({"k":1})'],
  [
    'zip',
    [
      [
        ['k', 1],
        ['k', 2],
      ],
    ],
    { k: 2 },
  ],
  ['zip', [[null, ['k', 1]]], { k: 1 }],
  ['zip', [[['k']]], '! expected pairs [name, value], got array(["k"])'],
  ['object', [['x', 'y'], [1]], '! 2 names and 1 values do not fit together'],
  ['object', [[], [1]], null],
  ['object_construct', ['k', null, null, 2], { k: null }],
  ['object_concat', [{ x: 1 }, null, { x: 3 }], { x: 3 }],
  ['object_concat', [{ x: 1 }, []], '! expected an object, got array([])'],
  ['object_pick', [{ b: 2, c: { d: 3, e: 4 } }, 'c.d', 'c.e', 'x.y'], { c: { d: 3, e: 4 } }],
  ['object_pick', [{ b: 2, a: 1 }, ['b', 'a']], { b: 2, a: 1 }],
  ['object_pick', [{ b: 2 }, 'toString'], {}],
  ['erase', [{ b: 2, a: 1 }, ['a', 'z']], { b: 2 }],
  ['erase', [{ '1': 1, true: 2, b: 3 }, [1, true, null]], { b: 3 }],
  ['erase', [{ b: 2 }, 'b', 'c'], '! erase takes 2 arguments, got 3'],
  ['keys', [{}], []],
  ['keys', [[1]], '! expected an object, got array([1])'],
  ['obj_to_kvpair_array', [{}], null],
])('%s(%o) is %o', (name, args, expected) => {
  expect(answer(name, args)).toEqual(expected)
})

test('shuffling keeps every element', () => {
  const shuffled = answer('array_shuffle', [[3, 1, 2, 2]])
  expect(answer('array_sort', [shuffled])).toEqual([1, 2, 2, 3])
})

// Squares of these sizes would not end within the time of a test.
test('large sets take linear time', () => {
  const numbers = Array.from({ length: 200_000 }, (_, i) => i)
  expect(answer('array_union', [numbers, numbers])).toHaveLength(200_000)
  expect(answer('array_intersect', [numbers, numbers])).toHaveLength(200_000)
  expect(answer('array_except', [numbers, numbers])).toHaveLength(0)
})
