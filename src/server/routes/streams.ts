import type { PlutinoError } from '../../base/errors.ts'
import { boolean, choice, string } from '../../config/field.ts'
import type { JsonObject } from '../../config/json-object.ts'
import type { Streams, What } from '../../catalog/streams.ts'
import { json, text } from '../answer.ts'
import { route, type Route } from '../route.ts'
import { anyObject, names } from '../schemas.ts'

const STATEMENT = {
  fields: {
    sql: string('One statement, such as `CREATE STREAM demo () WITH (DATASOURCE="demo", FORMAT="json")`.', {
      examples: ['CREATE STREAM demo () WITH (DATASOURCE="demo", FORMAT="json")'],
    }),
  },
  decodeError: 'Invalid body: Error decoding the statement descriptor',
} as const

const FORCE = { force: boolean('Also when rules use it.', { default: false }) } as const
const KIND = {
  kind: choice('Only tables of this kind.', { scan: 'rows are kept', lookup: 'asked for each row' }, { optional: true }),
} as const
const DETAIL: JsonObject = {
  type: 'array',
  items: {
    type: 'object',
    properties: { name: { type: 'string' }, type: { type: 'string' }, format: { type: 'string' } },
    required: ['name', 'type', 'format'],
  },
}

export function streamRoutes(streams: Streams): readonly Route[] {
  return (['stream', 'table'] as const).flatMap((what) => [
    ...listRoutes(streams, what),
    ...readingRoutes(streams, what),
    ...writingRoutes(streams, what),
  ])
}

function listRoutes(streams: Streams, what: What): readonly Route[] {
  const query = what === 'table' ? KIND : undefined
  const kindOf = (given: { readonly kind?: 'scan' | 'lookup' | undefined }): 'scan' | 'lookup' | undefined => given.kind
  return [
    route({
      method: 'GET',
      path: `/${what}s`,
      tag: `${what}s`,
      summary: `Names of all ${what}s.`,
      ...(query === undefined ? {} : { query }),
      responses: { 200: { doc: 'Sorted by name.', schema: names } },
      handler: (input) => json(200, streams.list(what, kindOf(input.query))),
    }),
    route({
      method: 'GET',
      path: `/${what}details`,
      tag: `${what}s`,
      summary: `All ${what}s with type and format.`,
      ...(query === undefined ? {} : { query }),
      responses: { 200: { doc: 'Sorted by name.', schema: DETAIL } },
      handler: (input) => json(200, streams.details(what, kindOf(input.query))),
    }),
  ]
}

function readingRoutes(streams: Streams, what: What): readonly Route[] {
  const params = { name: `Name of the ${what}.` }
  return [
    route({
      method: 'GET',
      path: `/${what}s/{name}`,
      tag: `${what}s`,
      summary: `Definition of a ${what}.`,
      params,
      responses: { 200: { doc: 'Columns and options.', schema: anyObject } },
      errorPrefix: `describe ${what} error`,
      handler: (input) => json(200, streams.describe(input.params.name, what)),
    }),
    route({
      method: 'GET',
      path: `/${what}s/{name}/schema`,
      tag: `${what}s`,
      summary: `Columns of a ${what} as a JSON schema; null when it has none.`,
      params,
      responses: { 200: { doc: 'Column -> type.', schema: { type: ['object', 'null'] } } },
      errorPrefix: `get schema of ${what} error`,
      handler: (input) => json(200, streams.schema(input.params.name, what)),
    }),
  ]
}

function writingRoutes(streams: Streams, what: What): readonly Route[] {
  const named = capital(what)
  const params = { name: `Name of the ${what}.` }
  const errorPrefix = commandError(`${named} command error`)
  return [
    route({
      method: 'POST',
      path: `/${what}s`,
      tag: `${what}s`,
      summary: `Runs a statement about ${what}s: CREATE, SHOW, DESCRIBE, DROP.`,
      body: STATEMENT,
      responses: { 201: { doc: 'What the statement gives.', example: `${named} demo is created.` } },
      errorPrefix,
      handler: ({ body }) => text(201, streams.execute(body().sql)),
    }),
    route({
      method: 'PUT',
      path: `/${what}s/{name}`,
      tag: `${what}s`,
      summary: `Replaces the definition of a ${what}, or creates it.`,
      params,
      body: STATEMENT,
      responses: { 200: { doc: 'Done.', example: `${named} demo is replaced.` } },
      errorPrefix,
      handler: (input) => text(200, streams.replace(input.params.name, input.body().sql, what)),
    }),
    route({
      method: 'DELETE',
      path: `/${what}s/{name}`,
      tag: `${what}s`,
      summary: `Drops a ${what}.`,
      params,
      query: FORCE,
      responses: { 200: { doc: 'Done.', example: `${named} demo is dropped.` } },
      errorPrefix: (error) => (error.code === 'not_found' ? `delete ${what} error` : undefined),
      handler: (input) => text(200, streams.drop(input.params.name, { what, force: input.query.force })),
    }),
  ]
}

function capital(what: What): string {
  return what === 'stream' ? 'Stream' : 'Table'
}

function commandError(prefix: string): (error: PlutinoError) => string | undefined {
  return (error) => (error.message.startsWith('Invalid body') ? undefined : prefix)
}
