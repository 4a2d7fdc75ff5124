import { expect, test } from 'vitest'
import { parseStatement } from '../../../src/sql/parser.ts'
import { validateStream } from '../../../src/sql/validate-stream.ts'

function check(text: string): void {
  const statement = parseStatement(text)
  if (statement.kind !== 'create') throw new Error('no CREATE')
  validateStream(statement, { text, formats: ['json', 'delimited', 'binary'] })
}

test.each([
  ['CREATE STREAM s () WITH (FORMAT="jsn")', 26, 'unknown format "jsn"', 'did you mean "json"? formats are json, delimited, binary'],
  ['CREATE TABLE s () WITH (FORMAT="binary")', 25, 'format binary of a table, expected another format', undefined],
  [
    'CREATE STREAM s (a bigint) WITH (FORMAT="BINARY")',
    18,
    'column a of a binary stream, expected one column of type bytea or none',
    undefined,
  ],
  [
    'CREATE STREAM s (a bytea, b bytea) WITH (FORMAT="binary")',
    27,
    'column b of a binary stream, expected one column of type bytea or none',
    undefined,
  ],
  [
    'CREATE TABLE s () WITH (TYPE="memory", KIND="lookup")',
    40,
    'lookup table in memory without option KEY',
    'KEY="column" names its primary key',
  ],
])('%s is refused at column %i', (text, column, message, hint) => {
  expect(() => check(text)).toThrow(
    expect.objectContaining({ code: 'stream_invalid', message, hint, position: expect.objectContaining({ line: 1, column }) }),
  )
})

test.each([
  'CREATE STREAM s () WITH (FORMAT="JSON")',
  'CREATE STREAM s () WITH (FORMAT="")',
  'CREATE STREAM s () WITH ()',
  'CREATE STREAM s (a bytea) WITH (FORMAT="binary")',
  'CREATE TABLE s () WITH (TYPE="memory", KIND="lookup", KEY="id")',
  'CREATE TABLE s () WITH (TYPE="sql", KIND="lookup")',
])('%s is accepted', (text) => {
  expect(() => check(text)).not.toThrow()
})
