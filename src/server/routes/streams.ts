import type { PlutinoError } from '../../base/errors.ts'
import { boolean, string } from '../../config/field.ts'
import type { JsonObject } from '../../config/json-object.ts'
import type { Streams } from '../../catalog/streams.ts'
import { json, text } from '../answer.ts'
import { route, type Route } from '../route.ts'
import { anyList, anyObject, names } from '../schemas.ts'

const STATEMENT = {
  fields: {
    sql: string('One statement, such as `CREATE STREAM demo () WITH (DATASOURCE="demo", FORMAT="json")`.', {
      examples: ['CREATE STREAM demo () WITH (DATASOURCE="demo", FORMAT="json")'],
    }),
  },
  decodeError: 'Invalid body: Error decoding the statement descriptor',
} as const

const FORCE = { force: boolean('Also when rules use it.', { default: false }) } as const
const NAME = { name: 'Name of the stream.' }
const DETAIL: JsonObject = {
  type: 'array',
  items: {
    type: 'object',
    properties: { name: { type: 'string' }, type: { type: 'string' }, format: { type: 'string' } },
    required: ['name', 'type', 'format'],
  },
}

export function streamRoutes(streams: Streams): readonly Route[] {
  return [...readingRoutes(streams), ...writingRoutes(streams), ...tableRoutes(streams)]
}

function readingRoutes(streams: Streams): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/streams',
      tag: 'streams',
      summary: 'Names of all streams.',
      responses: { 200: { doc: 'Sorted by name.', schema: names } },
      handler: () => json(200, streams.list()),
    }),
    route({
      method: 'GET',
      path: '/streamdetails',
      tag: 'streams',
      summary: 'All streams with type and format.',
      responses: { 200: { doc: 'Sorted by name.', schema: DETAIL } },
      handler: () => json(200, streams.details()),
    }),
    route({
      method: 'GET',
      path: '/streams/{name}',
      tag: 'streams',
      summary: 'Definition of a stream.',
      params: NAME,
      responses: { 200: { doc: 'Columns and options.', schema: anyObject } },
      errorPrefix: 'describe stream error',
      handler: ({ params }) => json(200, streams.describe(params.name)),
    }),
    route({
      method: 'GET',
      path: '/streams/{name}/schema',
      tag: 'streams',
      summary: 'Columns of a stream as a JSON schema; null when it has none.',
      params: NAME,
      responses: { 200: { doc: 'Column -> type.', schema: { type: ['object', 'null'] } } },
      errorPrefix: 'get schema of stream error',
      handler: ({ params }) => json(200, streams.schema(params.name)),
    }),
  ]
}

function writingRoutes(streams: Streams): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/streams',
      tag: 'streams',
      summary: 'Runs a statement about streams: CREATE, SHOW, DESCRIBE, DROP.',
      body: STATEMENT,
      responses: { 201: { doc: 'What the statement gives.', example: 'Stream demo is created.' } },
      errorPrefix: streamCommand,
      handler: ({ body }) => text(201, streams.execute(body().sql)),
    }),
    route({
      method: 'PUT',
      path: '/streams/{name}',
      tag: 'streams',
      summary: 'Replaces the definition of a stream, or creates it.',
      params: NAME,
      body: STATEMENT,
      responses: { 200: { doc: 'Done.', example: 'Stream demo is replaced.' } },
      errorPrefix: streamCommand,
      handler: ({ params, body }) => text(200, streams.replace(params.name, body().sql)),
    }),
    route({
      method: 'DELETE',
      path: '/streams/{name}',
      tag: 'streams',
      summary: 'Drops a stream.',
      params: NAME,
      query: FORCE,
      responses: { 200: { doc: 'Done.', example: 'Stream demo is dropped.' } },
      errorPrefix: (error) => (error.code === 'not_found' ? 'delete stream error' : undefined),
      handler: ({ params, query }) => text(200, streams.drop(params.name, query.force)),
    }),
  ]
}

/** Clients of eKuiper ask for tables when they start; there are none yet. */
function tableRoutes(streams: Streams): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/tables',
      tag: 'tables',
      summary: 'Names of all tables. Tables are not supported yet.',
      responses: { 200: { doc: 'Always empty.', schema: names } },
      handler: () => json(200, []),
    }),
    route({
      method: 'GET',
      path: '/tabledetails',
      tag: 'tables',
      summary: 'All tables with type and format. Tables are not supported yet.',
      responses: { 200: { doc: 'Always empty.', schema: anyList } },
      handler: () => json(200, []),
    }),
    route({
      method: 'POST',
      path: '/tables',
      tag: 'tables',
      summary: 'Runs a statement about tables: SHOW. CREATE TABLE is not supported yet.',
      body: STATEMENT,
      responses: { 201: { doc: 'What the statement gives.', example: 'No table definitions are found.' } },
      errorPrefix: (error) => (error.message.startsWith('Invalid body') ? undefined : 'Table command error'),
      handler: ({ body }) => text(201, streams.execute(body().sql)),
    }),
  ]
}

function streamCommand(error: PlutinoError): string | undefined {
  return error.message.startsWith('Invalid body') ? undefined : 'Stream command error'
}
