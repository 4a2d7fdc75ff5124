import { parseDuration } from '../base/duration.ts'
import { nearest } from '../base/suggest.ts'
import type { ConfigOf, Field, Fields, Json } from './field.ts'
import { isJsonObject } from './json-object.ts'
import { matchesPattern } from './pattern.ts'

/** One thing wrong with a configuration, addressed to the person who wrote it. */
interface Problem {
  readonly path: string
  readonly message: string
}

export type Parsed<F> = { readonly ok: true; readonly config: ConfigOf<F> } | { readonly ok: false; readonly problems: readonly Problem[] }

/** Checks `input` against `fields`, fills defaults, and reports every problem at once. `open`: members without a field are kept as they are. */
export function parseConfig<const F extends Fields>(fields: F, input: Json, open = false): Parsed<F> {
  const problems: Problem[] = []
  const [known, others] = open && isJsonObject(input) ? separate(fields, input) : [input, []]
  const config = { ...parseObject(fields, known, '', problems), ...Object.fromEntries(others) }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parseObject mirrors ConfigOf; the one place where data becomes a typed config
  return problems.length === 0 ? { ok: true, config: config as ConfigOf<F> } : { ok: false, problems }
}

type Members = { readonly [name: string]: Json }

function separate(fields: Fields, input: Members): [Members, (readonly [string, Json])[]] {
  const entries = Object.entries(input)
  return [
    Object.fromEntries(entries.filter(([name]) => Object.hasOwn(fields, name))),
    entries.filter(([name]) => !Object.hasOwn(fields, name)),
  ]
}

function parseObject(fields: Fields, input: Json, at: string, problems: Problem[]): Record<string, unknown> {
  if (!isJsonObject(input)) {
    problems.push({ path: at, message: `expected an object, got ${show(input)}` })
    return {}
  }
  const out: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    const path = at === '' ? name : `${at}.${name}`
    const given = Object.hasOwn(input, name) ? input[name] : undefined
    const value = given ?? defaultOf(field)
    if (value !== undefined) out[name] = parseField(field, value, path, problems)
    else if (field.optional !== true) problems.push({ path, message: 'is required' })
  }
  for (const name of Object.keys(input)) {
    if (!Object.hasOwn(fields, name))
      problems.push({ path: at, message: `unknown field "${name}"${didYouMean(name, Object.keys(fields))}` })
  }
  return out
}

function parseField(field: Field, value: Json, path: string, problems: Problem[]): unknown {
  const fail = (expected: string): undefined => {
    problems.push({ path, message: `expected ${expected}, got ${field.secret === true ? 'something else' : show(value)}` })
    return undefined
  }
  switch (field.kind) {
    case 'string':
      return isText(field, value) ? value : fail(field.pattern === undefined ? 'a text' : `a text that matches ${field.pattern}`)
    case 'integer': {
      const number = toNumber(value)
      return Number.isInteger(number) && within(field, number) ? number : fail(`a whole number${range(field.min, field.max)}`)
    }
    case 'number': {
      const number = toNumber(value)
      return within(field, number) ? number : fail(`a number${range(field.min, field.max)}`)
    }
    case 'boolean':
      return typeof value === 'boolean' ? value : value === 'true' || value === 'false' ? value === 'true' : fail('true or false')
    case 'duration':
      return parseDuration(value) ?? fail('a duration such as "10s" or "500ms", or a number of milliseconds')
    case 'choice':
      return typeof value === 'string' && Object.hasOwn(field.options, value)
        ? value
        : fail(`one of ${Object.keys(field.options).join(', ')}`)
    case 'list':
      return Array.isArray(value) ? value.map((item: Json, i) => parseField(field.item, item, `${path}[${i}]`, problems)) : fail('a list')
    case 'object':
      return parseObject(field.fields, value, path, problems)
    case 'map':
      return isJsonObject(value)
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, parseField(field.value, item, `${path}.${key}`, problems)]))
        : fail('an object')
    case 'json':
      return value
  }
}

/** An object without members that must be given need not be given itself. */
function defaultOf(field: Field): Json | undefined {
  if (field.kind !== 'object') return field.default
  const needed = Object.values(field.fields).some((member) => member.optional !== true && defaultOf(member) === undefined)
  return needed || field.optional === true ? undefined : {}
}

function isText(field: { readonly minLength?: number; readonly pattern?: string }, value: Json): value is string {
  return (
    typeof value === 'string' &&
    value.length >= (field.minLength ?? 0) &&
    (field.pattern === undefined || matchesPattern(field.pattern, value))
  )
}

/** Numbers arrive as text from the environment and from stream options. */
function toNumber(value: Json): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
}

function within(limits: { readonly min?: number; readonly max?: number }, value: number): boolean {
  return value >= (limits.min ?? -Infinity) && value <= (limits.max ?? Infinity)
}

const show = (value: Json): string => {
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

function range(min?: number, max?: number): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of at least ${min}`
  return max === undefined ? '' : ` of at most ${max}`
}

function didYouMean(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  return near === undefined ? '' : `; did you mean "${near}"?`
}
