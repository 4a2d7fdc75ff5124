import { parseDuration } from '../base/duration.ts'
import type { Field, Fields, Json } from './field.ts'
import type { JsonObject } from './json-object.ts'

const DURATION_PATTERN = '^(\\d+|(\\d+(\\.\\d+)?(us|µs|ms|s|m|h|d))+)$'

/** JSON Schema 2020-12 of an object with these fields, for editors and OpenAPI. `open`: other members are allowed. */
export function toJsonSchema(fields: Fields, open = false): JsonObject {
  const required = Object.entries(fields)
    .filter(([, field]) => isRequired(field))
    .map(([name]) => name)
  return {
    type: 'object',
    ...(open ? {} : { additionalProperties: false }),
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)])),
  }
}

/** JSON Schema of one field's value. */
export function fieldSchema(field: Field): JsonObject {
  const about: JsonObject = {
    ...(field.label === undefined ? {} : { title: field.label }),
    description: field.doc,
    ...(defaultOf(field) === undefined ? {} : { default: defaultOf(field) ?? null }),
    ...(field.examples === undefined ? {} : { examples: field.examples }),
    ...(field.secret === true ? { writeOnly: true } : {}),
    ...(field.deprecated === undefined ? {} : { deprecated: true }),
  }
  return { ...valueSchema(field), ...about }
}

function valueSchema(field: Field): JsonObject {
  switch (field.kind) {
    case 'string':
      return {
        type: 'string',
        ...(field.minLength === undefined ? {} : { minLength: field.minLength }),
        ...(field.pattern === undefined ? {} : { pattern: field.pattern }),
      }
    case 'duration':
      return { type: ['string', 'number'], pattern: DURATION_PATTERN, minimum: 0 }
    case 'integer':
    case 'number':
      return {
        type: field.kind,
        ...(field.min === undefined ? {} : { minimum: field.min }),
        ...(field.max === undefined ? {} : { maximum: field.max }),
      }
    case 'boolean':
      return { type: 'boolean' }
    case 'choice':
      return { type: 'string', enum: Object.keys(field.options) }
    case 'list':
      return { type: 'array', items: fieldSchema(field.item) }
    case 'object':
      return toJsonSchema(field.fields)
    case 'map':
      return { type: 'object', additionalProperties: fieldSchema(field.value) }
    case 'json':
      return {}
  }
}

/** A Markdown table, one row for each field; advanced ones last. Members of objects are rows of their own, by their path. */
export function toMarkdown(fields: Fields): string {
  const rows = flatten(fields, '').toSorted((a, b) => Number(a.field.advanced ?? false) - Number(b.field.advanced ?? false))
  return [
    '| Field | Type | Default | Meaning |',
    '|---|---|---|---|',
    ...rows.map(({ path, field }) => `| \`${path}\` | ${typeName(field)} | ${defaultText(field)} | ${cell(meaning(field))} |`),
    '',
  ].join('\n')
}

interface Row {
  readonly path: string
  readonly field: Field
}

function flatten(fields: Fields, prefix: string): Row[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    return field.kind === 'object' ? flatten(field.fields, `${path}.`) : [{ path, field }]
  })
}

function typeName(field: Field): string {
  if (field.kind === 'choice')
    return Object.keys(field.options)
      .map((option) => `\`${option}\``)
      .join(', ')
  if (field.kind === 'list') return `list of ${typeName(field.item)}`
  return field.kind === 'map' ? `map of ${typeName(field.value)}` : field.kind
}

function meaning(field: Field): string {
  const instead = field.deprecated === undefined ? '' : ` Deprecated: use \`${field.deprecated}\`.`
  const options = field.kind === 'choice' ? Object.entries(field.options).map(([name, doc]) => ` \`${name}\`: ${doc}.`) : []
  return `${field.doc}${options.join('')}${instead}`
}

function defaultText(field: Field): string {
  const value = defaultOf(field)
  if (value !== undefined) return `\`${cell(JSON.stringify(value))}\``
  return isRequired(field) ? 'required' : ''
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

const CONTROLS = {
  string: 'text',
  integer: 'text',
  number: 'text',
  duration: 'text',
  boolean: 'radio',
  choice: 'select',
  list: 'list',
  object: 'object',
  map: 'object',
  json: 'textarea',
} as const satisfies Record<Field['kind'], string>

/** The list of properties that eKuiper's management consoles read from `/metadata`. */
export function toMetadata(fields: Fields): readonly JsonObject[] {
  return Object.entries(fields).map(([name, field]) => ({
    name,
    default: metadataDefault(field),
    optional: !isRequired(field),
    control: field.kind === 'string' && field.secret === true ? 'password' : CONTROLS[field.kind],
    type: metadataType(field),
    ...(field.kind === 'choice' ? { values: Object.keys(field.options) } : {}),
    hint: { en_US: field.doc },
    label: { en_US: field.label ?? name },
  }))
}

function metadataDefault(field: Field): Json {
  const value = defaultOf(field)
  if (field.kind === 'object') return toMetadata(field.fields)
  if (field.kind === 'duration' && value !== undefined) return parseDuration(value) ?? 0
  return value ?? ''
}

function metadataType(field: Field): string {
  switch (field.kind) {
    case 'integer':
    case 'duration':
      return 'int'
    case 'number':
      return 'float'
    case 'boolean':
      return 'bool'
    case 'list':
      return field.item.kind === 'object' ? 'list_object' : `list_${metadataType(field.item)}`
    case 'object':
    case 'map':
      return 'object'
    case 'string':
    case 'choice':
    case 'json':
      return 'string'
  }
}

function defaultOf(field: Field): Json | undefined {
  return field.kind === 'object' ? undefined : field.default
}

function isRequired(field: Field): boolean {
  if (field.optional === true || defaultOf(field) !== undefined) return false
  return field.kind !== 'object' || Object.values(field.fields).some(isRequired)
}
