import type { SqlFunction } from '../../api/function.ts'
import type { Registry } from '../../api/registry.ts'
import { PlutinoError } from '../../base/errors.ts'
import { nearest } from '../../base/suggest.ts'
import { toMetadata } from '../../config/describe.ts'
import { choice, type Fields } from '../../config/field.ts'
import type { JsonObject } from '../../config/json-object.ts'
import { json } from '../answer.ts'
import { describeFunction, functionGroups } from '../function-metadata.ts'
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
    ...kindRoutes('sources', (kind) => registry.list(kind === 'lookup' ? 'lookup' : 'source')),
    ...kindRoutes('sinks', () => registry.list('sink')),
    route({
      method: 'GET',
      path: '/metadata/functions',
      tag: 'metadata',
      summary: 'All functions of statements, by category, with signature and examples.',
      responses: { 200: { doc: 'Categories with their functions.', schema: anyList } },
      handler: () => json(200, functionGroups(registry.list('function').map((definition) => definition.function))),
    }),
    route({
      method: 'GET',
      path: '/metadata/functions/{name}',
      tag: 'metadata',
      summary: 'Signature, description and examples of one function.',
      params: { name: 'The function, or another name of it.' },
      responses: { 200: { doc: 'About it.', schema: anyObject } },
      handler: ({ params }) => json(200, describeFunction(findFunction(params.name, registry))),
    }),
  ]
}

type TableKind = 'scan' | 'lookup'

const KIND = {
  kind: choice(
    '`lookup`: sources of lookup tables.',
    { scan: 'of streams and scan tables', lookup: 'of lookup tables' },
    { optional: true },
  ),
}

function kindRoutes(kind: 'sources' | 'sinks', list: (kind?: TableKind) => readonly Described[]): readonly Route[] {
  const query = kind === 'sources' ? { query: KIND } : {}
  const listed = (input: { readonly query: { readonly kind?: TableKind | undefined } }): readonly Described[] => list(input.query.kind)
  return [
    route({
      method: 'GET',
      path: `/metadata/${kind}`,
      tag: 'metadata',
      summary: `Types of ${kind}.`,
      ...query,
      responses: { 200: { doc: 'Sorted by name.', schema: anyList } },
      handler: (input) =>
        json(
          200,
          listed(input)
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
      ...query,
      responses: { 200: { doc: 'About it.', schema: anyObject } },
      handler: (input) => {
        const { doc, fields } = find(input.params.name, kind, listed(input))
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

function findFunction(name: string, registry: Registry): SqlFunction {
  const found = registry.find('function', name)
  if (found !== undefined) return found.function
  const known = registry.list('function').flatMap(({ function: f }) => [f.name, ...(f.aliases ?? [])])
  const near = nearest(name.toLowerCase(), known)
  throw new PlutinoError('not_found', `there is no function ${name}`, near === undefined ? {} : { hint: `did you mean "${near}"?` })
}

function about(doc: string): JsonObject {
  return { trial: false, installed: true, description: { en_US: doc } }
}
