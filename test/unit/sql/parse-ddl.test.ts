import { expect, test } from 'vitest'
import type { CreateStream } from '../../../src/sql/ast.ts'
import { parseStatement } from '../../../src/sql/parser.ts'

function create(text: string): CreateStream {
  const statement = parseStatement(text)
  if (statement.kind !== 'create') throw new Error(`a ${statement.kind} statement`)
  return statement
}

test('CREATE STREAM has columns of all types', () => {
  const stream = create(`create stream \`my s\` (a BIGINT, b Float DEFAULT -1.5, c string default "x", d datetime, e boolean DEFAULT TRUE,
    f bytea, g array(array(bigint)), h struct(x float, y struct(z string)),) WITH (DATASOURCE="t")`)
  expect([stream.what, stream.name]).toEqual(['stream', 'my s'])
  expect(stream.columns.map(({ name, type }) => [name, type])).toEqual([
    ['a', { kind: 'bigint' }],
    ['b', { kind: 'float' }],
    ['c', { kind: 'string' }],
    ['d', { kind: 'datetime' }],
    ['e', { kind: 'boolean' }],
    ['f', { kind: 'bytea' }],
    ['g', { kind: 'array', element: { kind: 'array', element: { kind: 'bigint' } } }],
    [
      'h',
      {
        kind: 'struct',
        fields: [
          { name: 'x', type: { kind: 'float' } },
          { name: 'y', type: { kind: 'struct', fields: [{ name: 'z', type: { kind: 'string' } }] } },
        ],
      },
    ],
  ])
  expect(stream.columns.flatMap((column) => column.default ?? [])).toMatchObject([{ value: -1.5 }, { value: 'x' }, { value: true }])
})

test('options are upper case, flags become booleans, commas may be missing, the last of two counts', () => {
  const { options } = create(`CREATE TABLE t () WITH (datasource="a" TYPE="memory", Shared="TRUE", TEMP=false,
    KIND="LOOKUP", key="id", EXTRA="{\\"a\\":1}", RETAIN_SIZE="3", KEY="id2",);`)
  expect(options.map(({ name, value }) => [name, value])).toEqual([
    ['DATASOURCE', 'a'],
    ['TYPE', 'memory'],
    ['SHARED', true],
    ['TEMP', false],
    ['KIND', 'lookup'],
    ['EXTRA', '{"a":1}'],
    ['RETAIN_SIZE', '3'],
    ['KEY', 'id2'],
  ])
})

test.each([
  ['SHOW STREAMS', { kind: 'show', what: 'stream' }],
  ['show tables;', { kind: 'show', what: 'table' }],
  ['DESCRIBE STREAM demo', { kind: 'describe', what: 'stream', name: 'demo' }],
  ['DROP TABLE `a b`', { kind: 'drop', what: 'table', name: 'a b' }],
  ['EXPLAIN TABLE t', { kind: 'explain', what: 'table', name: 't' }],
])('%s', (text, expected) => {
  expect(parseStatement(text)).toMatchObject(expected)
})

test('columns may have the names that objects inherit', () => {
  const { columns } = create('CREATE STREAM s (__proto__ bigint, toString string, constructor struct(__proto__ float)) WITH ()')
  expect(columns.map(({ name }) => name)).toEqual(['__proto__', 'toString', 'constructor'])
})
