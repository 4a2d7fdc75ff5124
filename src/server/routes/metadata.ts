import type { Registry } from '../../api/registry.ts'
import { PlutinoError } from '../../base/errors.ts'
import { nearest } from '../../base/suggest.ts'
import { toMetadata } from '../../config/describe.ts'
import type { Fields } from '../../config/field.ts'
import type { JsonObject } from '../../config/json-object.ts'
import { json } from '../answer.ts'
import { route, type Route } from '../route.ts'
import { anyList, anyObject } from '../schemas.ts'

interface Described {
  readonly name: string
  readonly doc: string
  readonly fields: Fields
}

/** What forms of management consoles are built from: the connectors that there are, with their properties. */
export function metadataRoutes(registry: Registry): readonly Route[] {
  return [
    ...kindRoutes('sources', () => registry.list('source')),
    ...kindRoutes('sinks', () => registry.list('sink')),
    route({
      method: 'GET',
      path: '/metadata/functions',
      tag: 'metadata',
      summary: 'All functions of statements.',
      responses: { 200: { doc: 'Functions.', schema: anyList } },
      handler: () =>
        json(
          200,
          registry.list('function').map(({ function: f }) => ({
            name: f.name,
            aliases: f.aliases ?? [],
            category: f.category,
            hint: { en_US: f.doc },
            args: f.params.map(({ name, type, optional }) => ({ name, type, optional: optional ?? false })),
            return: f.returns,
            aggregate: f.kind === 'aggregate',
          })),
        ),
    }),
  ]
}

function kindRoutes(kind: 'sources' | 'sinks', list: () => readonly Described[]): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: `/metadata/${kind}`,
      tag: 'metadata',
      summary: `Types of ${kind}.`,
      responses: { 200: { doc: 'Sorted by name.', schema: anyList } },
      handler: () =>
        json(
          200,
          list()
            .map(({ name, doc }) => ({ name, about: about(doc) }))
            .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        ),
    }),
    route({
      method: 'GET',
      path: `/metadata/${kind}/{name}`,
      tag: 'metadata',
      summary: `Properties of one type of ${kind}.`,
      params: { name: 'The type.' },
      responses: { 200: { doc: 'About it.', schema: anyObject } },
      handler: ({ params }) => {
        const { doc, fields } = find(params.name, kind, list())
        const properties = toMetadata(fields)
        return json(200, { about: about(doc), libs: [], properties: kind === 'sources' ? { default: properties } : properties })
      },
    }),
  ]
}

function find(name: string, kind: string, all: readonly Described[]): Described {
  const found = all.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (found !== undefined) return found
  const near = nearest(
    name,
    all.map((one) => one.name),
  )
  throw new PlutinoError('not_found', `there is no type ${name} of ${kind}`, near === undefined ? {} : { hint: `did you mean "${near}"?` })
}

function about(doc: string): JsonObject {
  return { trial: false, installed: true, description: { en_US: doc } }
}
