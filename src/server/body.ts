import { PlutinoError } from '../base/errors.ts'
import { nearest } from '../base/suggest.ts'
import type { ConfigOf, Fields, Json } from '../config/field.ts'
import { isJsonObject } from '../config/json-object.ts'
import { parseConfig } from '../config/parse.ts'

const DEEPEST = 100

/** Bytes beyond the limit that are taken and thrown away: clients read no answer before they have sent everything. */
const SPARE = 64 * 1024 * 1024

/** The whole body, undefined when it is larger than `limit` bytes. */
export async function readBody(request: Request, limit: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > limit + SPARE) return undefined
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > limit + SPARE) return undefined
    if (size <= limit) chunks.push(chunk)
    else chunks.length = 0
  }
  return size > limit ? undefined : Buffer.concat(chunks)
}

/** JSON text of a body. Throws `config_invalid` when it is not UTF-8, or nested so deeply that recursion over it would be a danger. */
export function bodyText(bytes: Uint8Array): string {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new PlutinoError('config_invalid', 'the body is not UTF-8 text', { cause: error })
  }
  if (isDeep(text)) throw new PlutinoError('config_invalid', `the body is nested more than ${DEEPEST} levels deep`)
  return text
}

/** Throws `config_invalid` with eKuiper's beginning `decodeError`. Members that nobody knows are left out, unless they look mistyped. */
export function parseBody<const F extends Fields>(fields: F, text: string, decodeError: string): ConfigOf<F> {
  const fail = (reason: string): PlutinoError => new PlutinoError('config_invalid', `${decodeError}: ${reason}`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw fail(error instanceof Error ? error.message : String(error))
  }
  if (!isJsonObject(value)) throw fail('expected an object')
  const parsed = parseConfig(fields, known(fields, value))
  if (parsed.ok) return parsed.config
  throw fail(parsed.problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '))
}

function known(fields: Fields, value: { readonly [key: string]: Json }): { readonly [key: string]: Json } {
  const names = Object.keys(fields)
  const kept = Object.entries(value).filter(([name, member]) => {
    if (Object.hasOwn(fields, name)) return member !== null
    const near = nearest(name, names)
    return near !== undefined && !Object.hasOwn(value, near)
  })
  return Object.fromEntries(kept)
}

/** Counts brackets outside of texts, without recursion. */
function isDeep(text: string): boolean {
  let depth = 0
  let inText = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '"') inText = !inText
    else if (inText) i += c === '\\' ? 1 : 0
    else if (c === '[' || c === '{') depth++
    else if (c === ']' || c === '}') depth--
    if (depth > DEEPEST) return true
  }
  return false
}
