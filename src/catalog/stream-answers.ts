import { maskSecrets } from '../base/secrets.ts'
import type { Json } from '../config/field.ts'
import { isJsonObject, type JsonObject } from '../config/json-object.ts'
import type { SqlType } from '../data/types.ts'
import type { Value } from '../data/value.ts'
import { sourceType, type StreamDefinition, textOption } from './stream-definition.ts'

/** Option -> key in the answer, in the order of eKuiper's answers. */
const OPTION_KEYS: readonly (readonly [option: string, key: string])[] = [
  ['DATASOURCE', 'datasource'],
  ['KEY', 'key'],
  ['FORMAT', 'format'],
  ['CONF_KEY', 'confKey'],
  ['TYPE', 'type'],
  ['STRICT_VALIDATION', 'strictValidation'],
  ['TIMESTAMP', 'timestamp'],
  ['TIMESTAMP_FORMAT', 'timestampFormat'],
  ['SHARED', 'shared'],
  ['SCHEMAID', 'schemaid'],
  ['VERSION', 'version'],
  ['EXTRA', 'extra'],
  ['TEMP', 'temp'],
  ['RETAIN_SIZE', 'retainSize'],
  ['KIND', 'kind'],
  ['DELIMITER', 'delimiter'],
]

/** Body of `GET /streams/{name}`. Secrets in EXTRA are hidden. */
export function describeStream(stream: StreamDefinition): JsonObject {
  return {
    Name: stream.name,
    StreamFields: stream.columns === undefined ? null : stream.statement.columns.map((column) => fieldOf(column.name, column.type)),
    Options: optionsOf(stream),
    StreamType: stream.statement.what === 'stream' ? 0 : 1,
    Statement: null,
  }
}

/** One element of `GET /streamdetails`. */
export function streamDetail(stream: StreamDefinition): JsonObject {
  return { name: stream.name, type: sourceType(stream), format: textOption(stream, 'FORMAT')?.toLowerCase() ?? 'json' }
}

/** Body of `GET /streams/{name}/schema`; null when schemaless. */
export function streamSchema(stream: StreamDefinition): Json {
  if (stream.columns === undefined) return null
  return Object.fromEntries(
    stream.columns.map(({ name, type, default: value }, index) => [
      name,
      {
        ...(type === undefined ? { type: 'any' } : schemaOf(type)),
        ...(value === undefined ? {} : { default: plain(value) }),
        hasIndex: true,
        index,
      },
    ]),
  )
}

/** The text of DESCRIBE STREAM. */
export function streamText(stream: StreamDefinition): string {
  const columns = stream.statement.columns.map(({ name, type }) => `${name}\t${typeText(type)}`)
  const options = stream.statement.options.map(
    ({ name, value }) => `${name}: ${name === 'EXTRA' ? maskExtra(String(value)) : String(value)}`,
  )
  return ['Fields', '-'.repeat(80), ...columns, '', ...options, ''].join('\n')
}

function optionsOf(stream: StreamDefinition): JsonObject {
  return Object.fromEntries(
    OPTION_KEYS.flatMap(([name, key]): [string, Json][] => {
      const value = stream.statement.options.find((option) => option.name === name)?.value
      if (value === undefined || value === '') return []
      if (name === 'RETAIN_SIZE') return [[key, Number(value)]]
      return [[key, name === 'EXTRA' ? maskExtra(String(value)) : value]]
    }),
  )
}

function maskExtra(text: string): string {
  const extra: unknown = JSON.parse(text)
  return isJsonObject(extra) ? JSON.stringify(maskSecrets(extra)) : text
}

function fieldOf(name: string, type: SqlType): JsonObject {
  return { FieldType: fieldType(type), Name: name }
}

function fieldType(type: SqlType): Json {
  if (type.kind === 'array') return { Type: 'array', ElementType: fieldType(type.element) }
  if (type.kind === 'struct')
    return { Type: 'struct', Fields: type.fields.map((field) => fieldOf(field.name, field.type ?? { kind: 'string' })) }
  return type.kind
}

function schemaOf(type: SqlType): JsonObject {
  if (type.kind === 'array') return { type: 'array', items: schemaOf(type.element) }
  if (type.kind !== 'struct') return { type: type.kind }
  return {
    type: 'struct',
    properties: Object.fromEntries(
      type.fields.map((field) => [field.name, field.type === undefined ? { type: 'any' } : schemaOf(field.type)]),
    ),
  }
}

function typeText(type: SqlType): string {
  if (type.kind === 'array') return `array(${typeText(type.element)})`
  if (type.kind !== 'struct') return type.kind
  return `struct(${type.fields.map((field) => `${field.name} ${field.type === undefined ? 'any' : typeText(field.type)}`).join(', ')})`
}

function plain(value: Value): Json {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' ? null : value
}
