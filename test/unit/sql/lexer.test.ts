import { expect, test } from 'vitest'
import { tokenize } from '../../../src/sql/lexer.ts'

function textOf(literal: string): string {
  return tokenize(literal)[0]?.value ?? ''
}

test.each([
  [String.raw`"a\n\t\"\\b"`, 'a\n\t"\\b'],
  [String.raw`'it\'s "quoted"'`, 'it\'s "quoted"'],
  [String.raw`"\u4e2d\U0001f600"`, '中😀'],
  [String.raw`"\x41\101"`, 'AA'],
  [String.raw`"\xe4\xb8\xad"`, '中'],
  ['"-- no comment /* */"', '-- no comment /* */'],
  ['""', ''],
])('the text %s has the value %j', (literal, value) => {
  expect(textOf(literal)).toBe(value)
})

test.each([
  ['a--b\nc', 'a c'],
  ['a /* b\n* / */ c', 'a c'],
  ['a -- b', 'a'],
  ['a - - b', 'a - - b'],
  ['a - > b', 'a -> b'],
  ['a/b', 'a / b'],
  ['1AND 2', '1 AND 2'],
  ['a.5', 'a .5'],
  ['1..2', '1. .2'],
  ['a<>b', 'a != b'],
  ['a; b', 'a ;'],
  ['`a b`c', 'a b c'],
])('%j has the tokens %s', (text, expected) => {
  const values = tokenize(text).map((token) => token.value)
  expect(values.slice(0, -1).join(' ')).toBe(expected)
})

test('tokens know their places', () => {
  const text = ' SELECT  "a" '
  expect(tokenize(text).map(({ kind, at, end }) => [kind, text.slice(at, end)])).toEqual([
    ['keyword', 'SELECT'],
    ['string', '"a"'],
    ['end', ''],
  ])
})

test.each(['"\\ud800"', '"\\q"', '"\\xg1"', '"\\u12"', '"\\U00110000"', '"\\9"', '"a\nb"', '``', '"\\'])('%j is refused', (text) => {
  expect(() => tokenize(text)).toThrow(expect.objectContaining({ code: 'sql_syntax' }))
})
