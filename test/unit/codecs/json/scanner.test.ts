import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_SKIP_DEPTH } from '../../../../src/codecs/json/skip.ts'
import { compareWays, expectSameWays, scanText, type Agreement } from '../../../support/json-ways.ts'

const NAMES = ['temp', 'id', 'a', '', '__proto__', 'toString', 'constructor', 'größe', '日本', 'q"q', 'b\\s', '1', 'tab\t', '\uD800']

test.each([
  ['{}', []],
  [' \t\r\n{ \n "temp" \t:\r 1 , "id" : "x" } \n', [1, 'x']],
  ['{"temp":-0,"id":0.5}', [-0, 0.5]],
  ['{"temp":1e3,"id":1.5E-7}', [1000, 1.5e-7]],
  ['{"temp":0.30000000000000004,"id":123456789.12345678}', [0.30000000000000004, 123456789.12345678]],
  ['{"temp":9007199254740991,"id":9007199254740993}', [9007199254740991, 9007199254740993n]],
  ['{"temp":-9223372036854775808,"id":9223372036854775808}', [-9223372036854775808n, 9223372036854775808]],
  ['{"temp":1,"id":2,"temp":3}', [3, 2]],
  ['{"temp":"a\\u00e9\\"\\n","id":"ü日😀"}', ['aé"\n', 'ü日😀']],
  ['{"temp":[1,{"x":9007199254740993}],"id":{"a":null}}', [[1, { x: 9007199254740993n }], { a: null }]],
  ['{"temp":true,"id":null}', [true, null]],
  ['{"x":{"temp":1,"y":[1,2,{"z":"}"}]},"id":7}', [undefined, 7]],
  ['{"tempo":1,"tem":2,"temp ":3}', []],
])('the scanner reads %s', (text, expected) => {
  expect(scanText(text, ['temp', 'id'])).toEqual([expected[0], expected[1]])
  expectSameWays(text, NAMES)
})

test.each([
  '',
  ' ',
  '{',
  '{"temp"',
  '{"temp":',
  '{"temp":1',
  '{"temp":1,',
  '{"temp":1,}',
  '{,"temp":1}',
  '{"temp" 1}',
  '{"temp":1 "id":2}',
  '{"temp":01}',
  '{"temp":-}',
  '{"temp":1.}',
  '{"temp":.5}',
  '{"temp":1e}',
  '{"temp":1e+}',
  '{"temp":+1}',
  '{"temp":tru}',
  '{"temp":nulll}',
  '{"temp":NaN}',
  '{"x":01}',
  '{"x":1.e5}',
  '{"x":fals}',
  '{"x":[1,]}',
  '{"x":[1 2]}',
  '{"x":[}',
  '{"x":{"y"}}',
  '{"x":{"y":1,}}',
  '{"x":"\\x"}',
  '{"x":"\\u12g4"}',
  '{"x":"a\nb"}',
  '{"temp":"a\u0001b"}',
  '{"te\u0001mp":1}',
  "{'temp':1}",
  '{"temp":1}}',
  '{"temp":1} x',
  '{"temp":1}\u00a0',
  '\ufeff{"temp":1}',
  '{"temp":1}\u0000',
  '{temp:1}',
  '{"temp":1/**/}',
  '["temp"]',
  '[1,2]',
  '1',
  '"temp"',
  'null',
])('the scanner does not accept %j', (text) => {
  expect(scanText(text, ['temp', 'id'])).toBeUndefined()
  expectSameWays(text, NAMES)
})

test('a name that needs escapes in JSON is found by the other way', () => {
  const text = JSON.stringify({ 'q"q': 1, 'b\\s': 2, a: 3 })
  expect(scanText(text, ['q"q', 'b\\s', 'a'])).toBeUndefined()
  expectSameWays(text, NAMES)
  expect(scanText('{"q":1,"a":3}', ['q"q', 'b\\s', 'a'])).toEqual([undefined, undefined, 3])
})

test('a key that is written with escapes still counts, as the last of its name', () => {
  const text = String.raw`{"temp":1,"te\u006dp":2}`
  expect(scanText(text, ['temp'])).toBeUndefined()
  expectSameWays(text, ['temp'])
})

test('hostile names are members like any other', () => {
  const text = '{"__proto__":{"polluted":1},"toString":2,"constructor":3,"hasOwnProperty":4,"":5}'
  const names = ['__proto__', 'toString', 'constructor', 'hasOwnProperty', '', 'valueOf', 'polluted']
  expect(scanText(text, names)).toEqual([{ polluted: 1 }, 2, 3, 4, 5, undefined, undefined])
  expectSameWays(text, names)
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test('a name cannot break out of the generated code', () => {
  const names = ['"];throw 1;//', '`${process.exit(1)}`', '\u2028', "'", '*/ process.exit(1) /*']
  const text = JSON.stringify(Object.fromEntries(names.map((name, i) => [name, i])))
  expectSameWays(text, names)
})

test('deep nesting inside a value that is not wanted goes the other way and is not an error', () => {
  const deep = `{"a":1,"x":${'['.repeat(MAX_SKIP_DEPTH + 1)}${']'.repeat(MAX_SKIP_DEPTH + 1)}}`
  expect(scanText(deep, ['a'])).toBeUndefined()
  expectSameWays(deep, ['a'])
})

test('bytes that are not UTF-8 read as replacement characters, in the scanner as in the other way', () => {
  for (const bytes of [[0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf8, 0x88], [0xc0, 0x80]]) {
    const value = Buffer.concat([
      Buffer.from('{"temp":"a'),
      Buffer.from(bytes),
      Buffer.from('b","x'),
      Buffer.from(bytes),
      Buffer.from('":"y'),
    ])
    expectSameWays(Buffer.concat([value, Buffer.from(bytes), Buffer.from('"}')]), NAMES)
    expectSameWays(Buffer.concat([value, Buffer.from(bytes)]), NAMES)
    expectSameWays(Buffer.concat([Buffer.from('{"temp":'), Buffer.from(bytes), Buffer.from('1}')]), NAMES)
  }
})

test('any JSON value means the same both ways', () => {
  const key = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'binary', maxLength: 6 }))
  const document = fc.dictionary(key, fc.jsonValue(), { maxKeys: 8 })
  fc.assert(
    fc.property(document, fc.constantFrom('', ' ', '\n\t'), (value, indent) => {
      expectSameWays(JSON.stringify(value, null, indent), NAMES)
    }),
    { numRuns: 2000 },
  )
})

test('any bytes mean the same both ways', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    'temp',
    '"temp":',
    '1',
    '-',
    '.',
    'e',
    '0',
    'true',
    'null',
    ' ',
    '\n',
    '\u0000',
    'é',
    '{"temp":1}',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => expectSameWays(`{${pieces.join('')}}`, ['temp', ''])),
    { numRuns: 5000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => expectSameWays(bytes, NAMES)),
    { numRuns: 2000 },
  )
})

test('100,000 random documents, whole, cut and with a byte changed, mean the same both ways', () => {
  let seed = 7
  const random = (n: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    return (seed >>> 8) % n
  }
  const strings = ['a', 'dev-1', 'x"y', 'back\\slash', 'ü', '日本', '', '{"temp":1}', 'tab\t', '\u2028', '😀', 'z'.repeat(40), '\uD800']
  const numbers = [0, -0, 1, -1, 0.5, 1e21, 1.5e-7, 123456789012345680, 0.1 + 0.2, 2 ** 53, 1e300, 5e-324]
  const value = (depth: number): unknown => {
    const kind = random(depth > 2 ? 5 : 7)
    if (kind < 2) return random(2) === 0 ? random(1e6) / 1000 : numbers[random(numbers.length)]
    if (kind === 2) return strings[random(strings.length)]
    if (kind === 3) return random(2) === 0
    if (kind === 4) return null
    return kind === 5 ? Array.from({ length: random(4) }, () => value(depth + 1)) : struct(depth + 1, random(4))
  }
  const struct = (depth: number, size: number): unknown =>
    Object.fromEntries(Array.from({ length: size }, () => [random(3) === 0 ? `k${random(9)}` : NAMES[random(NAMES.length)], value(depth)]))
  const wanted = ['temp', 'id', 'größe', '__proto__', 'a']
  const seen: Record<Agreement, number> = { scanned: 0, parsed: 0, refused: 0 }
  for (let i = 0; i < 100_000; i++) {
    let bytes = Buffer.from(JSON.stringify(struct(0, random(9)), null, random(4) === 0 ? 1 : 0))
    const fate = random(4)
    if (fate === 0) bytes = bytes.subarray(0, random(bytes.length + 1))
    if (fate === 1 && bytes.length > 0)
      bytes[random(bytes.length)] = random(3) === 0 ? random(256) : '{}[],:"\\0e.- '.charCodeAt(random(13))
    seen[compareWays(bytes, wanted)]++
  }
  expect(Math.min(seen.scanned, seen.parsed, seen.refused)).toBeGreaterThan(1000)
})
