import { PlutinoError } from '../base/errors.ts'
import { checkId } from '../catalog/names.ts'
import type { ConfigOf, Fields } from '../config/field.ts'
import { isJsonObject, type JsonObject } from '../config/json-object.ts'
import { parseConfig } from '../config/parse.ts'
import type { Answer } from './answer.ts'
import { bodyText, parseBody } from './body.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** A request as a route gets it. */
interface RouteRequest {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly contentType: string
  readonly bytes: Uint8Array
}

/** What is said in the API document about one status. */
export interface ResponseDoc {
  readonly doc: string
  /** JSON Schema of a JSON answer; absent: text. */
  readonly schema?: JsonObject
  /** A text answer as it stands. */
  readonly example?: string
}

interface BodyDoc<B extends Fields> {
  readonly fields: B
  /** Beginning of the message when it cannot be read. */
  readonly decodeError: string
  /** The handler reads the text itself; the fields are only documented. */
  readonly raw?: boolean
  /** Further types of content, which the handler reads itself. */
  readonly also?: readonly string[]
}

/** What the table of routes says, without types of its own. */
export interface Route {
  readonly method: Method
  /** As OpenAPI writes it: `/streams/{name}`. Every parameter is a name of something. */
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Fields
  readonly body: BodyDoc<Fields> | undefined
  readonly responses: Readonly<Record<number, ResponseDoc>>
  /** Stands in front of the messages of errors. */
  readonly errorPrefix: ErrorPrefix | undefined
  /** Bodies may be as large as a plugin zip. */
  readonly large: boolean
  run(request: RouteRequest): Promise<Answer>
}

type ErrorPrefix = string | ((error: PlutinoError) => string | undefined)

/** What a handler gets: checked and typed. */
interface RouteInput<P extends string, Q extends Fields, B extends Fields> {
  readonly params: Readonly<Record<P, string>>
  readonly query: ConfigOf<Q>
  /** Read on demand. Throws `config_invalid`. */
  readonly body: () => ConfigOf<B>
  /** The body as text. Throws `config_invalid`. */
  readonly text: () => string
  readonly bytes: Uint8Array
  readonly contentType: string
}

interface RouteRecord<P extends string, Q extends Fields, B extends Fields> {
  readonly method: Method
  readonly path: string
  readonly tag: string
  readonly summary: string
  /** Name -> what it is. */
  readonly params?: Readonly<Record<P, string>>
  readonly query?: Q
  readonly body?: BodyDoc<B>
  readonly responses: Readonly<Record<number, ResponseDoc>>
  readonly errorPrefix?: ErrorPrefix
  readonly large?: boolean
  readonly handler: (input: RouteInput<P, Q, B>) => Answer | Promise<Answer>
}

/** One record is one operation: its checks, its handler and its part of the API document. */
export function route<const P extends string = never, const Q extends Fields = Fields, const B extends Fields = Fields>(
  record: RouteRecord<P, Q, B>,
): Route {
  const { method, path, tag, summary, responses, body } = record
  return {
    method,
    path,
    tag,
    summary,
    responses,
    params: record.params ?? {},
    query: record.query ?? {},
    body,
    errorPrefix: record.errorPrefix,
    large: record.large ?? false,
    async run(request) {
      return record.handler(inputOf(record, request))
    },
  }
}

function inputOf<P extends string, Q extends Fields, B extends Fields>(
  record: RouteRecord<P, Q, B>,
  request: RouteRequest,
): RouteInput<P, Q, B> {
  for (const name of Object.keys(record.params ?? {})) checkId(request.params[name] ?? '')
  const text = (): string => bodyText(request.bytes)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a route without a body has the type of no fields
  const { fields, decodeError } = record.body ?? { fields: {} as B, decodeError: 'Invalid body' }
  return {
    params: request.params,
    query: parseQuery(record.query, request.query),
    text,
    body: () => parseBody(fields, text(), decodeError),
    bytes: request.bytes,
    contentType: request.contentType,
  }
}

/** Parameters that a route does not know are left out, as eKuiper does. */
function parseQuery<Q extends Fields>(fields: Q | undefined, given: Readonly<Record<string, string>>): ConfigOf<Q> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a route without fields has the type of none
  const declared = fields ?? ({} as Q)
  const parsed = parseConfig(declared, Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(declared, name))))
  if (parsed.ok) return parsed.config
  throw new PlutinoError('config_invalid', parsed.problems.map(({ path, message }) => `${path}: ${message}`).join('; '))
}

/** The statement in a body, for the positions of errors. */
export function sqlOf(bytes: Uint8Array): string | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return isJsonObject(value) && typeof value['sql'] === 'string' ? value['sql'] : undefined
  } catch {
    return undefined
  }
}
