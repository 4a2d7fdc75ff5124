import { expect, test } from 'vitest'
import type { CallContext, SqlFunction } from '../../../src/api/function.ts'
import type { Cell } from '../../../src/data/value.ts'
import { functions } from '../../../src/functions/index.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const context: CallContext = { rule: 'rule1', clock: new FakeClock(), startedAt: 0, timeZone: 'UTC' }
const byName = new Map<string, SqlFunction>(
  functions.flatMap((f) => [f.name, ...(f.function.aliases ?? [])].map((name) => [name, f.function] as const)),
)

function call(name: string, ...args: Cell[]): Cell {
  const f = byName.get(name)
  if (f?.kind !== 'row') throw new Error(`no row function ${name}`)
  return f.call(context, ...args)
}

test('every name of the dialect has a record', () => {
  // 192 of eKuiper's, and what we add.
  expect(byName.size).toBeGreaterThanOrEqual(192)
})

test('names are unique and every function has a doc and an example', () => {
  expect(byName.size).toBe(functions.reduce((sum, f) => sum + 1 + (f.function.aliases?.length ?? 0), 0))
  for (const { function: f } of functions) {
    expect(f.doc.length, f.name).toBeGreaterThan(10)
    expect(f.examples.length, f.name).toBeGreaterThan(0)
  }
})

test.each([
  ['abs', [-3.5], 3.5],
  ['abs', [-7n], 7n],
  ['abs', [[]], null],
  ['acos', [2], null],
  ['bitand', [12, 10n], 8n],
  ['bitnot', [0], -1n],
  ['ceil', [9223372036854775807n], 9223372036854776000],
  ['round', [0.15, 1], 0.2],
  ['round', [-0.35, 1], -0.4],
  ['round', [-3.5], -4],
  ['round', [1.005, 2], 1],
  ['round', [3.777, 1.9], 3.8],
  ['round', [5, -400], 0],
  ['round', [1e300, 20], 1e300],
  ['round', [1.5, 1e15], 1.5],
  ['mod', [10, 'x'], Number.NaN],
  ['log', [2, 1024], 10],
  ['power', [2, 0.5], Math.SQRT2],
  ['sign', [-0.2], -1n],
  ['conv', [-5, 10, 2], '1111111111111111111111111111111111111111111111111111111111111011'],
  ['conv', ['ffffffffffffffff', 16, 10], '18446744073709551615'],
  ['conv', ['10', 10, 37], null],
  ['conv', ['1.5', 10, 2], '1'],
  ['conv', ['255', 10, 16], 'FF'],
  ['conv', ['-255', 10, -16], '-FF'],
  ['conv', ['18446744073709551615', -10, 10], '9223372036854775807'],
  ['conv', ['-ffffffffffffffff', -16, -10], '-9223372036854775808'],
  ['concat', ['x', null, 'z'], 'xz'],
  ['concat', ['x', [1, 'z']], 'x[1 z]'],
  ['concat', ['x', { k: 1 }], 'xmap[k:1]'],
  ['concat', [9007199254740993n], '9007199254740993'],
  ['length', ['ünï日'], 4n],
  ['length', [[]], 0n],
  ['length', [new Uint8Array(3)], 3n],
  ['indexof', ['aé', 'é'], 1n],
  ['indexof', [null, 'é'], -1n],
  ['startswith', [null, ''], false],
  ['lpad', ['日', 1], ' 日'],
  ['format', [1234.5, 0], '1234'],
  ['format', [1235.5, 0], '1236'],
  ['format', [0.1, 2], '0.10'],
  ['format', [1234567.891, 2, 'fr-FR'], '1\u00a0234\u00a0567,89'],
  ['format', [1234.5, 1, 'es-ES'], '1.234,5'],
  ['format', [1234567, 0, 'de_CH'], '1’234’567'],
  ['trim', ['\u3000\u0085 a\ufeff\u00a0'], 'a\ufeff'],
  ['ltrim', ['\t\r\n a '], 'a '],
  ['rtrim', [' a \v\f'], ' a'],
  ['lower', ['İẞΣ'], 'ißσ'],
  ['upper', ['ßıǰ'], 'ßIǰ'],
  ['indexof', [[], '['], 0n],
  ['log', [1, 1], null],
  ['decode', ['YW\nJj', 'base64'], Buffer.from('abc')],
  ['parse_json', [null], null],
  ['compress', [null, 'zlib'], null],
  ['get_keyed_state', ['k', 'bigint', 'none'], 'none'],
  ['split_value', ['a/b/c', '/', -3], 'a'],
  ['split_value', ['a/b/c', '/', 'x'], 'a'],
  ['substring', ['日本語', 3], '本語'],
  ['substring', ['hello', 9, 10], ''],
  ['substring', ['hello', 2, 2], ''],
  ['regexp_matches', ['Abc', '(?i)abc'], true],
  ['regexp_replace', ['foobar', '', '0'], '0f0o0o0b0a0r0'],
  ['regexp_substr', ['日本語', '本.'], '本語'],
  ['reverse', ['😀b'], 'b😀'],
  ['cast', ['0x10', 'bigint'], 16n],
  ['chr', ['A'], 65n],
  ['chr', [3.7], 3n],
  ['trunc', [12345.6, -2n], 12300],
  ['hex2dec', ['abc'], 2748n],
  ['sinh', [710], Number.POSITIVE_INFINITY],
  ['sinh', [-710], Number.NEGATIVE_INFINITY],
  ['cosh', [-710], Number.POSITIVE_INFINITY],
  ['cosh', [0.5], 1.1276259652063807],
  ['hex2dec', ['-0f'], -15n],
  ['hex2dec', ['0x-8000000000000000'], -(2n ** 63n)],
  ['dec2hex', [255], '0xff'],
  ['dec2hex', [-1], '0x-1'],
  ['to_seconds', [1709210096789], 1709210096n],
  ['convert_tz', [0, 'Asia/Tokyo'], '1970-01-01T09:00:00+09:00'],
] as const)('%s(%o) is %o', (name, args, expected) => {
  expect(call(name, ...(args as unknown as Cell[]))).toEqual(expected)
})

test.each([
  ['abs', ['abc'], /expected a number, got string\(abc\)/],
  ['bitand', [1.5, 1], /expected a whole number, got float64\(1.5\)/],
  ['ln', [-1], /not negative, got -1/],
  ['cot', [0], /out of range/],
  ['split_value', ['x/y', '/', 2], /part 2 is out of range: the text has 2/],
  ['substring', ['hello', -1], /places from 0 on/],
  ['lpad', ['x', 1e12], /blanks/],
  ['regexp_matches', ['a', '['], /cannot be read/],
  ['format', [1.5, 2, 'xx-YY'], /locale "xx-YY" is not known/],
  ['decode', ['!!', 'base64'], /base64/],
  ['decompress', ['not compressed', 'gzip'], /cannot decompress/],
  ['compress', ['x', 'lz9'], /expected one of zlib, gzip, flate, zstd, got "lz9"/],
  ['convert_tz', [0, 'Mars/Base'], /time zone "Mars\/Base" is not known/],
  ['chr', ['日'], /one ASCII character/],
  ['chr', [1e10], /number of a character/],
  ['conv', ['18446744073709551616', 10, 2], /more than 64 bits/],
  ['hex2dec', ['8000000000000000'], /out of range/],
  ['dec2hex', [1e19], /out of range/],
  ['abs', [-(2n ** 63n)], /out of range/],
  ['parse_json', [[]], /expected a text, got array/],
  ['compress', ['x', null], /expected one of zlib, gzip, flate, zstd, got ""/],
  ['get_keyed_state', [1, 'bigint', 5], /expected a text, got float64\(1\)/],
  ['convert_tz', [0, '+08:00'], /is not known/],
  ['convert_tz', [0, 'asia/tokyo'], /is not known/],
] as const)('%s(%o) is an error of the row', (name, args, message) => {
  expect(() => call(name, ...(args as unknown as Cell[]))).toThrow(message)
  try {
    call(name, ...(args as unknown as Cell[]))
  } catch (error) {
    expect(error).toMatchObject({ code: 'row_failed' })
  }
})

const HOSTILE: Cell[] = [
  null,
  undefined,
  true,
  '',
  'a\u0000é😀',
  'x'.repeat(10_000),
  0,
  -0,
  1e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1n,
  2n ** 63n - 1n,
  [],
  [null],
  {},
  { toString: 1 },
  new Uint8Array(0),
  '\ud800',
  '['.repeat(5000),
  "'".repeat(5001),
  '$' + '..*'.repeat(300),
  Array.from({ length: 1000 }).reduce<Cell>((inner) => [inner ?? null], 1),
  new Date(Number.NaN),
]

function failureOf(f: Extract<SqlFunction, { kind: 'row' }>, a: Cell, b: Cell): unknown {
  try {
    f.call(context, a, b, a)
    return undefined
  } catch (error) {
    return error
  }
}

test('any arguments give a value or an error of the row, never another exception', () => {
  for (const { function: f } of functions) {
    if (f.kind !== 'row') continue
    const failures = HOSTILE.flatMap((a) => HOSTILE.map((b) => failureOf(f, a, b))).filter((error) => error !== undefined)
    for (const error of failures) expect(error, f.name).toMatchObject({ code: 'row_failed' })
  }
})
