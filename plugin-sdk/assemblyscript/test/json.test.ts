import { beforeAll, expect, test } from 'vitest'
import { fileURLToPath } from 'node:url'
import { buildPlugin } from '../build/build.ts'
import { runPlugin } from '../testing/host.ts'

let core: Uint8Array

beforeAll(async () => {
  core = (await buildPlugin(fileURLToPath(new URL('guests/shapes', import.meta.url)))).core
})

interface Answer {
  readonly val: { readonly values: { readonly val: readonly unknown[] }; readonly failures: readonly { readonly message: string }[] }
}

/** Reads and writes a text with the SDK's own JSON: the text, or the error. */
function throughGuest(text: string): unknown {
  const column = { tag: 'values', val: [{ tag: 'text', val: `json:${text}` }] }
  const answer = runPlugin(core, { 'log.log': () => undefined }).call('scalar.exec', 0, 0, 1, [column])
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the form of the WIT's results
  const { values, failures } = (JSON.parse(JSON.stringify(answer)) as Answer).val
  return failures[0] === undefined ? { tag: 'ok', val: values.val[0] } : { tag: 'err', val: failures[0].message }
}

const read = (val: string): unknown => ({ tag: 'ok', val: { tag: 'json', val } })

test.each([
  ['null', 'null'],
  [' [ true , false ] ', '[true,false]'],
  ['{}', '{}'],
  ['[]', '[]'],
  ['{"b":1,"a":{"__proto__":[1,{"toString":null}]},"constructor":""}', '{"b":1,"a":{"__proto__":[1,{"toString":null}]},"constructor":""}'],
  ['{"a":1,"a":2}', '{"a":2}'],
  ['"a\\"b\\\\c\\/d\\n\\r\\t\\b\\f\\u0001\\u00fc\\ud834\\udd1e"', '"a\\"b\\\\c/d\\n\\r\\t\\u0008\\u000c\\u0001ü𝄞"'],
  ['9007199254740993', '9007199254740993'],
  ['-9223372036854775808', '-9223372036854775808'],
  ['9223372036854775807', '9223372036854775807'],
  ['-0', '0'],
  ['0.1', '0.1'],
  ['-1.5e3', '-1500.0'],
  ['1E-7', '1e-7'],
  ['9223372036854775808', '9223372036854776000.0'],
  ['1e400', 'null'],
])('%s is read and written as %s', (text, written) => {
  expect(throughGuest(text)).toStrictEqual(read(written))
})

test.each([
  ['', 'expected a JSON value at character 1, got the end'],
  ['{', 'expected a string at character 2, got the end'],
  ['{a:1}', 'expected a string at character 2, got "a"'],
  ['{"a" 1}', 'expected ":" at character 6, got "1"'],
  ['{"a":1', 'expected "," or "}" at character 7, got the end'],
  ['{"a":1,}', 'expected a string at character 8, got "}"'],
  ['[1 2]', 'expected "," or "]" at character 4, got "2"'],
  ['[1,]', 'expected a JSON value at character 4, got "]"'],
  ['1 2', 'expected the end at character 3, got "2"'],
  ['01', 'expected a number without leading zeros at character 1, got "0"'],
  ['-', 'expected a digit at character 2, got the end'],
  ['1.', 'expected a digit at character 3, got the end'],
  ['1e+', 'expected a digit at character 4, got the end'],
  ['nul', 'expected a JSON value at character 1, got "n"'],
  ['"a', 'expected a closing quotation mark at character 3, got the end'],
  ['"a\nb"', 'expected no control character inside a string at character 3, got "\\n"'],
  ['"\\x"', 'expected one of " \\ / b f n r t u after a backslash at character 3, got "x"'],
  ['"\\u12g4"', 'expected four hexadecimal digits at character 6, got "g"'],
  [`${'['.repeat(129)}1${']'.repeat(129)}`, 'expected at most 128 levels at character 130, got "1"'],
  ['['.repeat(100_000), 'expected at most 128 levels at character 130, got "["'],
])('%j is refused with a place', (text, message) => {
  expect(throughGuest(text)).toStrictEqual({ tag: 'err', val: message })
})

test('numbers are read as JavaScript reads them', () => {
  for (const number of [0.3, 1 / 3, 123456.789, 1e21, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308, 4.35, 0.000001, 1e22]) {
    const answer = throughGuest(String(number))
    expect(Number(JSON.stringify(answer).match(/"val":"([^"]+)"/)?.[1])).toBe(number)
  }
})
