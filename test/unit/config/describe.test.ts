import { expect, test } from 'vitest'
import { toJsonSchema, toMarkdown, toMetadata } from '../../../src/config/describe.ts'
import { boolean, choice, duration, type Fields, integer, json, list, map, number, object, string } from '../../../src/config/field.ts'

const fields = {
  url: string('Address.', { pattern: '^x', minLength: 1 }),
  qos: integer('Quality.', { default: 0, min: 0, max: 2 }),
  ratio: number('Share.', { optional: true }),
  on: boolean('On | off.', { default: true }),
  wait: duration('Pause.', { default: '10s', advanced: true }),
  mode: choice('Mode.', { a: 'first', b: 'second' }, { default: 'a' }),
  tags: list('Tags.', string('A tag.'), { default: [] }),
  tls: object('TLS.', { ca: string('Certificate.', { optional: true }) }),
  headers: map('Headers.', string('Value.'), { optional: true }),
  any: json('Anything.', { optional: true }),
  password: string('Password.', { secret: true, optional: true, label: 'Pass' }),
} as const satisfies Fields

test('the JSON schema knows types, limits, defaults and what is required', () => {
  const schema = toJsonSchema(fields)
  expect(schema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    required: ['url'],
    properties: {
      url: { type: 'string', pattern: '^x', minLength: 1, description: 'Address.' },
      qos: { type: 'integer', minimum: 0, maximum: 2, default: 0 },
      wait: { type: ['string', 'number'], default: '10s' },
      mode: { enum: ['a', 'b'], default: 'a' },
      tags: { type: 'array', items: { type: 'string' } },
      tls: { type: 'object', properties: { ca: { type: 'string' } } },
      headers: { type: 'object', additionalProperties: { type: 'string' } },
      password: { writeOnly: true, title: 'Pass' },
    },
  })
  expect(toJsonSchema(fields, true)).not.toHaveProperty('additionalProperties')
})

test('the Markdown table has a row for each field, advanced ones last, members by their path', () => {
  const lines = toMarkdown(fields).trimEnd().split('\n')
  expect(lines[2]).toBe('| `url` | string | required | Address. |')
  expect(lines).toContain('| `on` | boolean | `true` | On \\| off. |')
  expect(lines).toContain('| `mode` | `a`, `b` | `"a"` | Mode. `a`: first. `b`: second. |')
  expect(lines).toContain('| `tls.ca` | string |  | Certificate. |')
  expect(lines.at(-1)).toBe('| `wait` | duration | `"10s"` | Pause. |')
})

test('the metadata is what management consoles of eKuiper read', () => {
  const metadata = toMetadata(fields)
  expect(metadata[1]).toEqual({
    name: 'qos',
    default: 0,
    optional: true,
    control: 'text',
    type: 'int',
    hint: { en_US: 'Quality.' },
    label: { en_US: 'qos' },
  })
  expect(metadata.map(({ name, type, control }) => [name, type, control])).toEqual([
    ['url', 'string', 'text'],
    ['qos', 'int', 'text'],
    ['ratio', 'float', 'text'],
    ['on', 'bool', 'radio'],
    ['wait', 'int', 'text'],
    ['mode', 'string', 'select'],
    ['tags', 'list_string', 'list'],
    ['tls', 'object', 'object'],
    ['headers', 'object', 'object'],
    ['any', 'string', 'textarea'],
    ['password', 'string', 'password'],
  ])
  expect(metadata[4]).toMatchObject({ default: 10_000 })
  expect(metadata[5]).toMatchObject({ values: ['a', 'b'] })
})
