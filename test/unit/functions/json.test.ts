import { expect, test } from 'vitest'
import type { Cell } from '../../../src/data/value.ts'
import { answer } from './call.ts'

const STORE = {
  store: {
    book: [
      { t: 'A', p: 8 },
      { t: 'B', p: 12, s: true },
    ],
    n: null,
  },
  x: [1, 2, 3, 4],
  'odd key': 5,
}

test.each<[path: string, expected: Cell]>([
  ['$.store.book[0].t', 'A'],
  ['$["odd key"]', 5],
  ["$['x'][1]", 2],
  ['$.store.book[*].p', [8, 12]],
  ['$.store.book.*.t', ['A', 'B']],
  ['$..p', [8, 12]],
  ['$..book[1].t', ['B']],
  ['$..*', expect.arrayContaining([5, null, 'A'])],
  ['$.x[1:3]', [2, 3]],
  ['$.x[::2]', [1, 3]],
  ['$.x[-2:]', [3, 4]],
  ['$.x[::-1]', [4, 3, 2, 1]],
  ['$.x[0,2,9]', [1, 3]],
  ['$.store["n","none"]', [null]],
  ['$.store.book[?(@.p > 10)].t', ['B']],
  ['$.store.book[?(@.s)].t', ['B']],
  ['$.store.book[?(!(@.p == 8) || @.t =~ "^A")].t', ['A', 'B']],
  ['$.store.book[?(@.p * 2 >= $.x[2] + 20)].t', ['B']],
  ['$.store.book[?(@.t in ["B", "C"])].p', [12]],
  ['$.x[?(@ >= 2 && @ != 3)]', [2, 4]],
  ['$.nokey[*]', []],
  ['$.store.n', null],
  ['$.store.none', '! unknown key none'],
  ['$.x.y', '! expected the number of an element, got "y"'],
  ['$.x[9]', '! index 9 out of bounds: the array has 4 elements'],
  ['$.x[-1]', '! index -1 out of bounds: the array has 4 elements'],
  ['$.store.book[0].t.u', '! string(A) has no members: expected an object or an array'],
  ['', '! the path has its end at character 1, expected a value'],
  ['$.', '! the path has its end at character 3, expected a name or "*"'],
  ['$.x[', '! the path has its end at character 5, expected a whole number, a quoted name, "*" or "?("'],
  ['$.x[?(@ >)]', '! the path has ")" at character 10, expected a value'],
  ['$.x#', '! the path has "#" at character 4'],
  ['x', [1, 2, 3, 4]],
  ['store.n', null],
  ['nosuch', null],
  ['nosuch.x', '! unknown parameter x: null has no members'],
  ['$.x[0] + 1', 2],
  ['$.x[1] ** 3 - 1', 7],
  ['$.store.n ?? "none"', 'none'],
  ['$.x[?(@ > store.least)]', []],
  ['$.x[?(@ == "3" || @ == true)]', [1, 2, 3, 4]],
  ['$.x[?(@ in ["1", 4])]', [4]],
  ['$.store[?(@ == null)]', [null]],
  ['$.store.book[?(!@.s)].t', []],
  ['"1" + "2"', '12'],
  ['"1" + 2', 3],
  ['"10" < "9"', true],
  ['"10" < 9', false],
  ['1 < $.store.n', '! expected a value, got null'],
  ['$.x[1:-1]', []],
  ['$.x[-3:-1]', [2, 3]],
  ['$..[0:1]', '! the path has its end at character 9, expected no slice after ".."'],
  ['$.x.0', '! the path has "0" at character 5, expected a name or "*"'],
  ["$['store']", "! the path has 'store' in single quotes, which are for one character"],
  ['$[`odd key`]', 5],
  ['@.x', '! null has no members: expected an object or an array'],
  [`$${'.x'.repeat(600)}`, '! the path has 1201 characters, at most 1000 are allowed'],
  [`$[?(${'('.repeat(200)}`, '! the path is nested deeper than 50 levels'],
])('json_path_query with %s gives %o', (path, expected) => {
  expect(answer('json_path_query', [STORE, path])).toEqual(expected)
})

test('a path that leads to too many values is an error of the row, in bounded time', () => {
  const wide = Array.from({ length: 300 }, () => Array.from({ length: 300 }, () => [1]))
  expect(answer('json_path_query', [wide, '$..*..*..*..*'])).toBe('! the path leads to more than 1000000 values')
})

test.each<[name: string, args: Cell[], expected: Cell]>([
  ['json_path_query', ['{"x":9007199254740993}', '$.x'], 9007199254740993n],
  ['json_path_query', ['x', '$.x'], expect.stringMatching(/^! expected a JSON text, got string\(x\)/)],
  ['json_path_query', [7, '$.x'], '! expected an object, an array or a JSON text, got float64(7)'],
  ['json_path_query', [{ toString: 1 }, '$.constructor'], '! unknown key constructor'],
  ['json_path_query_first', [STORE, '$.x'], 1],
  ['json_path_query_first', [STORE, '$.store.book[0].t'], '! the path leads to string(A), expected an array'],
  ['json_path_query_first', [STORE, '$.x[?(@ > 9)]'], '! the path leads to nothing'],
  ['json_path_exists', [STORE, '$.store.n'], false],
  ['json_path_exists', [STORE, '$.store.book[?(@.p > 99)]'], false],
  ['json_path_exists', [STORE, 'broken'], false],
  ['json_path_exists', [null, '$'], false],
  ['json_path_exists', [STORE, '$.x[0]'], true],
  ['parse_json', ['{'], expect.stringMatching(/^! expected a JSON text/)],
  ['parse_json', ['['.repeat(2000)], '! the JSON text is nested deeper than 1000 levels'],
  ['parse_json', ['null'], null],
  ['to_json', [[]], '[]'],
  ['to_json', [null], null],
  ['to_json', [{ b: 9007199254740993n, a: '<&>\u2028' }], '{"a":"\\u003c\\u0026\\u003e\\u2028","b":9007199254740993}'],
  ['to_json', [Number.NaN], '! NaN has no form in JSON'],
  ['md5', [new Uint8Array([97, 98, 99])], '1e1d37932b3abb28ffcc5be3d45a3722'],
  ['md5', [['x', null]], '147cb69141372ec0133b886e905bcfa3'],
  ['crc32', ['日本'], 'c7b7cdcc'],
  ['sha1', [[]], null],
])('%s(%o) is %o', (name, args, expected) => {
  expect(answer(name, args)).toEqual(expected)
})

test('a new UUID is one of version 1, and no two are the same', () => {
  const made = Array.from({ length: 1000 }, () => answer('newuuid', []))
  expect(new Set(made).size).toBe(1000)
  expect(made[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-1[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
})
