import { expect, test } from 'vitest'
import { Cursor, MAX_HEIGHT, MAX_LENGTH, MAX_NESTING } from '../../../src/sql/cursor.ts'
import { parseStatement, readStatement } from '../../../src/sql/parser.ts'
import { printStatement } from '../../../src/sql/print.ts'

function refusal(text: string): unknown {
  try {
    parseStatement(text)
  } catch (error) {
    return error
  }
  return undefined
}

test('a statement of 1 MB is refused at once', () => {
  const text = `SELECT "${'x'.repeat(1024 * 1024)}" FROM demo`
  expect(refusal(text)).toMatchObject({
    code: 'sql_syntax',
    message: `statement of ${text.length} characters, expected at most ${MAX_LENGTH}`,
    position: { line: 1, column: 1 },
  })
})

test.each([
  ['parentheses', '(', `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)} FROM s`],
  ['open parentheses', '(', `SELECT ${'('.repeat(10_000)}`],
  ['calls', '(', `SELECT ${'f('.repeat(10_000)}`],
  ['brackets', '[', `SELECT ${'a['.repeat(10_000)}`],
  ['CASE', 'CASE', `SELECT ${'CASE '.repeat(10_000)}`],
  ['NOT', 'NOT', `SELECT ${'NOT '.repeat(10_000)}a FROM s`],
  ['minus', '-', `SELECT ${'- '.repeat(10_000)}a FROM s`],
  ['lists', '(', `SELECT ${'a IN ('.repeat(10_000)}`],
  ['types', '(', `CREATE STREAM s (a ${'array('.repeat(10_000)}bigint`],
  ['structs', '(', `CREATE STREAM s (${'a struct('.repeat(10_000)}`],
])('10,000 nested %s are refused with the place of one too many', (_, found, text) => {
  const error = refusal(text)
  expect(error).toMatchObject({ code: 'sql_syntax', message: `nested too deep, expected at most ${MAX_NESTING} levels` })
  const { column } = (error as { position: { column: number } }).position
  expect(text.slice(column - 1)).toMatch(new RegExp(`^\\${found.charAt(0)}`))
})

test.each(['AND', 'OR', '+', '=', '*', '->', '.'])(
  'a chain of 10,000 %s is refused cleanly, one of 900 is read and printed',
  (operator) => {
    const chain = (length: number): string => `SELECT ${Array.from({ length }, () => 'a').join(` ${operator} `)} FROM s`
    expect(refusal(chain(10_000))).toMatchObject({
      code: 'sql_syntax',
      message: `expression too deep, expected at most ${MAX_HEIGHT} operators in a chain`,
    })
    expect(() => parseStatement(printStatement(parseStatement(chain(900))))).not.toThrow()
  },
)

test('chains within parentheses within chains count together', () => {
  const chain = Array.from({ length: 100 }, () => 'a').join(' + ')
  let text = 'a'
  for (let depth = 0; depth < 50; depth++) text = `(${text}) + ${chain}`
  expect(refusal(`SELECT ${text} FROM s`)).toMatchObject({ message: expect.stringContaining('expression too deep') })
})

test('lists are no chains: thousands of items are read', () => {
  const items = Array.from({ length: 10_000 }, (_, i) => i).join(', ')
  expect(refusal(`SELECT ${items} FROM s WHERE a IN (${items}) GROUP BY ${items}`)).toBeUndefined()
})

const SHAPES: Record<string, (length: number) => string> = {
  fields: (n) => `SELECT ${Array.from({ length: n }, () => 'f(a, b->c[1]) AS x').join(', ')} FROM s`,
  branches: (n) => `SELECT CASE ${'WHEN a = 1 THEN b '.repeat(n)} END FROM s`,
  joins: (n) => `SELECT * FROM s ${'LEFT JOIN t ON a.b = c.d '.repeat(n)}`,
  comments: (n) => `SELECT a ${'/* ( */ -- )\n '.repeat(n)} FROM s`,
  columns: (n) => `CREATE STREAM s (${'a struct(b array(bigint)), '.repeat(n)}) WITH ()`,
  options: (n) => `CREATE STREAM s () WITH (${'TYPE="a", '.repeat(n)})`,
  distinct: (n) => `SELECT ${'distinct, '.repeat(n)} a FROM s`,
  topics: (n) => `SELECT a FROM ${'a/'.repeat(n)}b`,
}

test.each(Object.entries(SHAPES))('the work grows with the length of the text: %s', (_, shape) => {
  const reads = (length: number): number => {
    const cursor = new Cursor(shape(length))
    readStatement(cursor)
    return cursor.reads
  }
  const [small, large] = [reads(100), reads(1000)]
  expect(large).toBeLessThan(11 * small)
  expect(large).toBeLessThan(50 * shape(1000).length)
})

test('nesting does not multiply the work', () => {
  const reads = (depth: number): number => {
    const cursor = new Cursor(`SELECT ${'f(a AND ('.repeat(depth)}1${'))'.repeat(depth)} FROM s`)
    readStatement(cursor)
    return cursor.reads
  }
  expect(reads(80)).toBeLessThan(9 * reads(10))
})
