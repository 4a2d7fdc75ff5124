import { expect, test } from 'vitest'
import { toRecord } from '../../../src/data/record.ts'
import { splitAction } from '../../../src/runtime/action-properties.ts'
import { MessageFormer } from '../../../src/runtime/message-former.ts'
import type { ShapedRows } from '../../../src/runtime/row-shape.ts'
import { plainCodec } from '../../support/engine-fakes.ts'

const rows: ShapedRows = {
  schema: { columns: [{ name: 'a' }, { name: 'b' }] },
  rows: [
    [1, { x: 1 }],
    [2, { x: 2 }],
  ],
}
const star: ShapedRows = { schema: { columns: [{ name: '*', spread: true }] }, rows: [[{ a: 1, b: 2, ['__proto__x']: 3 }]] }

function former(config: Record<string, unknown>, extra: Partial<ConstructorParameters<typeof MessageFormer>[0]> = {}) {
  const failures: string[] = []
  const { common } = splitAction(config as never)
  return {
    failures,
    former: new MessageFormer({
      common,
      codec: plainCodec,
      props: new Map(),
      sendError: false,
      onError: (e) => failures.push(e.message),
      ...extra,
    }),
  }
}

test.each([
  ['each row is an array of one', {}, rows, ['[{"a":1,"b":{"x":1}}]', '[{"a":2,"b":{"x":2}}]']],
  ['sendSingle: each row is an object', { sendSingle: true }, rows, ['{"a":1,"b":{"x":1}}', '{"a":2,"b":{"x":2}}']],
  ['a window is one array', {}, { ...rows, bounds: [0, 2] }, ['[{"a":1,"b":{"x":1}},{"a":2,"b":{"x":2}}]']],
  [
    'sendSingle of a window: one message a row',
    { sendSingle: true },
    { ...rows, bounds: [0, 2] },
    ['{"a":1,"b":{"x":1}}', '{"a":2,"b":{"x":2}}'],
  ],
  ['fields picks and orders', { sendSingle: true, fields: ['b', 'a'] }, rows, ['{"b":{"x":1},"a":1}', '{"b":{"x":2},"a":2}']],
  ['fields picks members of a record', { sendSingle: true, fields: ['b', 'none'] }, star, ['{"b":2}']],
  ['excludeFields', { sendSingle: true, excludeFields: ['b'] }, rows, ['{"a":1}', '{"a":2}']],
  ['dataField sends a member', { dataField: 'b' }, rows, ['[{"x":1}]', '[{"x":2}]']],
] as const)('%s', (_name, config, input, expected) => {
  expect(former(config).former.form(input).encoded().payloads).toEqual(expected)
})

test('omitIfEmpty leaves out empty rows and empty windows', () => {
  const empty: ShapedRows = { schema: { columns: [{ name: 'a' }] }, rows: [[undefined], [1]] }
  expect(former({ omitIfEmpty: true, sendSingle: true }).former.form(empty).encoded().payloads).toEqual(['{"a":1}'])
  expect(
    former({ omitIfEmpty: true })
      .former.form({ ...empty, rows: [], bounds: [0, 0] })
      .encoded().payloads,
  ).toEqual([])
  expect(
    former({})
      .former.form({ ...empty, rows: [], bounds: [0, 0] })
      .encoded().payloads,
  ).toEqual(['[]'])
})

test('the text of a dataTemplate is the message', () => {
  const dataTemplate = (data: unknown) => `<${JSON.stringify(data)}>`
  expect(former({ sendSingle: true }, { dataTemplate }).former.form(rows).encoded().payloads[0]).toBe('<{"a":1,"b":{"x":1}}>')
  expect(
    former({}, { dataTemplate })
      .former.form({ ...rows, bounds: [0, 2] })
      .encoded().payloads,
  ).toHaveLength(1)
})

test('fields apply to what a template made', () => {
  const dataTemplate = () => '{"k":{"u":1,"v":2}}'
  const made = former({ sendSingle: true, dataField: 'k', fields: ['v'] }, { dataTemplate }).former.form(rows)
  expect(made.encoded().payloads).toEqual(['{"v":2}', '{"v":2}'])
})

test('a template that fails costs its own row only', () => {
  const dataTemplate = (data: unknown) => {
    if ((data as { a: number }).a === 1) throw new Error('no')
    return 'ok'
  }
  const { former: f, failures } = former({ sendSingle: true }, { dataTemplate })
  expect(f.form(rows).encoded().payloads).toEqual(['ok'])
  expect(failures).toEqual(['no'])
})

test('properties with templates are evaluated for each message', () => {
  const props = new Map([['topic', (data: unknown) => `t/${(data as { a: number }).a}`]])
  expect(former({ sendSingle: true }, { props }).former.form(rows).encoded().props?.get('topic')).toEqual(['t/1', 't/2'])
})

test('a row that cannot be encoded is reported and left out', () => {
  const codec = {
    ...plainCodec,
    encoder: (schema: never) => ({
      ...plainCodec.encoder(schema),
      single: (row: readonly unknown[]) => {
        if (row[0] === 1) throw new Error('json: unsupported value: NaN')
        return JSON.stringify(toRecord(schema, row as never))
      },
    }),
  }
  const { former: f, failures } = former({ sendSingle: true }, { codec })
  expect(f.form(rows).encoded().payloads).toHaveLength(1)
  expect(failures).toEqual(['json: unsupported value: NaN'])
})

test('halves cut between messages until one is left', () => {
  const batch = former({ sendSingle: true }).former.form(rows)
  const halves = batch.halves()
  expect(halves?.map((half) => half.encoded().payloads)).toEqual([['{"a":1,"b":{"x":1}}'], ['{"a":2,"b":{"x":2}}']])
  expect(halves?.[0].halves()).toBeUndefined()
  const windows = former({})
    .former.form({ ...rows, bounds: [0, 1, 2] })
    .halves()
  expect(windows?.[1].encoded().payloads).toEqual(['[{"a":2,"b":{"x":2}}]'])
})

test('common properties are checked with the name of the property', () => {
  expect(() => splitAction({ batchSize: -1 })).toThrow('batchSize: expected a whole number of at least 0, got -1')
  expect(() => splitAction({ fields: ['a'], excludeFields: ['b'] })).toThrow('cannot both be set')
  expect(splitAction({ topic: 't', runAsync: true, sendSingle: 'true' })).toMatchObject({
    own: { topic: 't' },
    common: { sendSingle: true },
  })
})

test('a sink that takes rows gets those of a JSON template; other texts are reported once', () => {
  const texts = ['[{"k":1},{"k":2}]', 'no JSON']
  const { former: f, failures } = former({ sendSingle: true }, { dataTemplate: () => texts.shift() ?? '' })
  const batch = f.form(rows)
  expect(batch.rows.rows).toEqual([[{ k: 1 }], [{ k: 2 }]])
  expect(batch.rows.rows).toHaveLength(2)
  expect(failures).toHaveLength(1)
  expect(failures[0]).toContain('dataTemplate: the sink takes rows, and the text is no JSON')
})
