import { fieldSchema, toJsonSchema } from '../config/describe.ts'
import type { Field } from '../config/field.ts'
import type { JsonObject } from '../config/json-object.ts'
import type { ResponseDoc, Route } from './route.ts'
import { errorSchema } from './schemas.ts'

const NAME_PATTERN = '^[a-zA-Z0-9_-]+$'

/** The OpenAPI 3.1 document of a table of routes. */
export function openApi(routes: readonly Route[], version: string): JsonObject {
  const paths = new Map<string, JsonObject>()
  for (const route of routes) paths.set(route.path, { ...paths.get(route.path), [route.method.toLowerCase()]: operation(route) })
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plutino',
      version,
      description: 'SQL stream processor for IoT data. Paths, bodies and messages are those of LF Edge eKuiper.',
    },
    paths: Object.fromEntries(paths),
    components: { schemas: { Error: errorSchema } },
  }
}

function operation(route: Route): JsonObject {
  const { tag, summary, body } = route
  return {
    operationId: operationId(route),
    tags: [tag],
    summary,
    parameters: parameters(route),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: toJsonSchema(body.fields, true) },
              ...Object.fromEntries((body.also ?? []).map((type) => [type, { schema: { type: 'string', contentMediaType: type } }])),
            },
          },
        }),
    responses: {
      ...Object.fromEntries(Object.entries(route.responses).map(([status, doc]) => [status, response(doc)])),
      default: { description: 'What went wrong.', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
    },
  }
}

function operationId({ method, path }: Route): string {
  const words = path.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '')
  return [method.toLowerCase(), ...words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))].join('')
}

function parameters({ params, query }: Route): readonly JsonObject[] {
  const inPath = Object.entries(params).map(([name, description]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string', pattern: NAME_PATTERN },
  }))
  const inQuery = Object.entries(query).map(([name, field]: [string, Field]) => ({
    name,
    in: 'query',
    schema: fieldSchema(field),
    description: field.doc,
  }))
  return [...inPath, ...inQuery]
}

function response({ doc, schema, example }: ResponseDoc): JsonObject {
  const content: JsonObject =
    schema === undefined
      ? { 'text/plain': { schema: { type: 'string' }, ...(example === undefined ? {} : { example }) } }
      : { 'application/json': { schema } }
  return { description: doc, content }
}
