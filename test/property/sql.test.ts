import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { PlutinoError } from '../../src/base/errors.ts'
import { Cursor } from '../../src/sql/cursor.ts'
import { parseStatement, readStatement } from '../../src/sql/parser.ts'
import { pointer } from '../../src/sql/position.ts'
import { printStatement } from '../../src/sql/print.ts'
import { withoutPlaces } from '../unit/sql/shape.ts'
import { statement } from './sql-trees.ts'

test('a printed tree parses to the same tree', () => {
  fc.assert(
    fc.property(statement, (tree) => {
      expect(withoutPlaces(parseStatement(printStatement(tree)))).toBe(withoutPlaces(tree))
    }),
    { numRuns: 1500 },
  )
})

const PIECES = [
  '(',
  ')',
  '[',
  ']',
  ',',
  '.',
  '->',
  "'",
  '"',
  '`',
  '--',
  '/*',
  '*/',
  ';',
  '=',
  '-',
  '*',
  ' ',
  '\n',
  '\\',
  '1',
  '.5',
  'é',
  '😀',
  '\0',
  ' NOT ',
  ' AS ',
  ' FROM ',
  ' CASE ',
  ' OVER ',
  ' FILTER(WHERE ',
  ' IN ',
  ' BETWEEN ',
  ' DISTINCT ',
]

const mutation = fc.record({ at: fc.nat(), remove: fc.nat({ max: 4 }), insert: fc.oneof(fc.constant(''), fc.constantFrom(...PIECES)) })

function mutated(text: string, { at, remove, insert }: { at: number; remove: number; insert: string }): string {
  const offset = at % (text.length + 1)
  return text.slice(0, offset) + insert + text.slice(offset + remove)
}

test('a mutated text ends in a tree or in an error with a place inside of the text, after work in proportion to its length', () => {
  fc.assert(
    fc.property(statement, fc.array(mutation, { minLength: 1, maxLength: 4 }), (tree, mutations) => {
      expectTreeOrError(mutations.reduce(mutated, printStatement(tree)))
    }),
    { numRuns: 3000 },
  )
})

test('any text ends in a tree or in an error with a place inside of the text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.array(fc.constantFrom(...PIECES, 'SELECT', 'a')).map((all) => all.join('')),
      ),
      expectTreeOrError,
    ),
    {
      numRuns: 3000,
    },
  )
})

function expectTreeOrError(text: string): void {
  let cursor: Cursor | undefined
  try {
    cursor = new Cursor(text)
    readStatement(cursor)
  } catch (error) {
    if (!(error instanceof PlutinoError)) throw error
    expect(error.code).toBe('sql_syntax')
    const { line, column, length = 1 } = error.position ?? { line: 0, column: 0 }
    const lines = text.split(/\r\n|\r|\n/)
    expect(line).toBeGreaterThan(0)
    expect(line).toBeLessThanOrEqual(lines.length)
    expect(column).toBeGreaterThan(0)
    expect(column + length).toBeLessThanOrEqual(Array.from(lines[line - 1] ?? '').length + 2)
    expect(pointer(text, error.position ?? { line, column })).toContain('^')
  }
  if (cursor !== undefined) expect(cursor.reads).toBeLessThan(60 * (text.length + 1))
}
