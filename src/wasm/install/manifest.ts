import type { Grant } from '../../api/database.ts'
import { parseDuration } from '../../base/duration.ts'
import { PlutinoError } from '../../base/errors.ts'
import type { ConfigOf, Field, Fields, Json } from '../../config/field.ts'
import { PLUGIN_LIMIT_FIELDS } from '../../config/plugin-limits.ts'
import { limitsFrom, type PluginLimits } from '../instance/limits.ts'
import { parseConfig } from '../../config/parse.ts'
import { choice, json, list, object, string } from '../../config/field.ts'

/** What `<name>.json` may say about a plugin. All of it is optional. */
export interface Manifest {
  readonly doc: string
  /** Absent: any configuration is handed to the plugin, which checks it. */
  readonly fields?: Fields
  readonly grant: Grant
  /** Places in the network that it may reach beside those that a rule names: `https://api.example/*`, `*:502`. */
  readonly network: readonly string[]
  /** Of its own; the server's stay the upper bound. */
  readonly limits: Partial<PluginLimits>
}

const VERBS = {
  select: 'Read rows.',
  insert: 'Add rows.',
  replace: 'Add or replace rows.',
  update: 'Change rows.',
  delete: 'Remove rows.',
} as const

const MANIFEST_FIELDS = {
  name: string('Name of the plugin.', { optional: true }),
  version: string('Version of the plugin.', { optional: true }),
  kind: choice('What the plugin is.', { source: 'A source.', sink: 'A sink.', function: 'Functions.' }, { optional: true }),
  doc: string('What the plugin does.', { default: '' }),
  author: json('Who wrote it.', { optional: true }),
  license: string('Its licence.', { optional: true }),
  homepage: string('Where to read more.', { optional: true }),
  fields: json('Configuration fields by name.', { optional: true }),
  functions: json('Documentation of functions by name.', { optional: true }),
  capabilities: object(
    'What the plugin may do with what it imports.',
    {
      db: object(
        'Statements.',
        {
          verbs: list('Kinds of statements.', choice('A kind of statement.', VERBS), { default: Object.keys(VERBS) }),
          tables: list('Tables; any table of the database when absent.', string('Name of a table.'), { optional: true }),
        },
        { optional: true },
      ),
      http: object(
        'Requests.',
        {
          origins: list(
            'Origins beside those that a rule names, such as "https://api.example/v1/*".',
            string('An origin, perhaps with a path.'),
          ),
        },
        { optional: true },
      ),
      tcp: object(
        'Connections.',
        { hosts: list('Hosts and ports beside those that a rule names, such as "*:502".', string('A host and a port.')) },
        { optional: true },
      ),
    },
    { optional: true },
  ),
  limits: object('Limits below those of the server.', PLUGIN_LIMIT_FIELDS, { optional: true }),
} as const

const ALL_VERBS: Grant['verbs'] = ['select', 'insert', 'replace', 'update', 'delete']

/** What holds for a plugin without a manifest. */
export const NO_MANIFEST: Manifest = { doc: '', grant: { verbs: ALL_VERBS }, network: [], limits: {} }

/** Checks a manifest completely. Throws `plugin_invalid` with every problem. `file`: its name, for messages. */
export function readManifest(content: Json, file: string): Manifest {
  const parsed = parseConfig(MANIFEST_FIELDS, content)
  if (!parsed.ok)
    throw invalid(
      file,
      parsed.problems.map((one) => (one.path === '' ? one.message : `${one.path}: ${one.message}`)),
    )
  const { doc, fields, capabilities, limits } = parsed.config
  return {
    doc,
    ...grantsOf(capabilities),
    ...(fields === undefined ? {} : { fields: readFields(fields, file) }),
    limits: limits === undefined ? {} : limitsFrom(limits),
  }
}

function grantsOf(capabilities: ConfigOf<typeof MANIFEST_FIELDS>['capabilities']): Pick<Manifest, 'grant' | 'network'> {
  const { verbs = ALL_VERBS, tables } = capabilities?.db ?? {}
  return {
    grant: { verbs, ...(tables === undefined ? {} : { tables }) },
    network: [...(capabilities?.http?.origins ?? []), ...(capabilities?.tcp?.hosts ?? [])],
  }
}

function readFields(given: Json, file: string): Fields {
  const problems: string[] = []
  const fields = fieldsOf(given, 'fields', problems)
  if (problems.length > 0) throw invalid(file, problems)
  return fields
}

type Members = { readonly [name: string]: Json }

function fieldsOf(given: Json, path: string, problems: string[]): Fields {
  if (!isObject(given)) {
    problems.push(`${path}: expected an object of fields by name`)
    return {}
  }
  const entries = Object.entries(given).flatMap(([name, field]): [string, Field][] => {
    const found = fieldOf(field, `${path}.${name}`, problems)
    return found === undefined ? [] : [[name, found]]
  })
  return Object.fromEntries(entries)
}

const KINDS: ReadonlySet<string> = new Set([
  'string',
  'integer',
  'number',
  'boolean',
  'duration',
  'choice',
  'list',
  'object',
  'map',
  'json',
])
/** How deep fields may stand in fields. */
const MOST_LEVELS = 32
/** Characters of a regular expression. */
const LONGEST_PATTERN = 1000
const FLAGS = ['advanced', 'secret', 'optional', 'template', 'database'] as const

/** Plain data as a field, when it is one. */
function fieldOf(given: Json, path: string, problems: string[]): Field | undefined {
  const before = problems.length
  if (path.split('.').length > MOST_LEVELS) {
    problems.push(`fields are nested more than ${MOST_LEVELS} levels deep`)
    return undefined
  }
  if (!isObject(given)) {
    problems.push(`${path}: expected an object with "kind" and "doc"`)
    return undefined
  }
  const { kind } = given
  if (typeof kind !== 'string' || !KINDS.has(kind))
    problems.push(`${path}.kind: expected one of ${[...KINDS].join(', ')}, got ${JSON.stringify(kind ?? null)}`)
  if (given['doc'] !== undefined && typeof given['doc'] !== 'string') problems.push(`${path}.doc: expected a text`)
  for (const flag of FLAGS)
    if (given[flag] !== undefined && typeof given[flag] !== 'boolean') problems.push(`${path}.${flag}: expected true or false`)
  if (given['database'] === true && kind !== 'string') problems.push(`${path}.database: only a string can be the address of a database`)
  checkParts(given, path, problems)
  if (problems.length > before) return undefined
  const field: Members = { doc: '', ...given, ...nested(given, path, problems) }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every member that has a meaning was checked above
  const checked = field as unknown as Field
  checkDefault(checked, path, problems)
  return problems.length > before ? undefined : checked
}

function checkParts(given: Members, path: string, problems: string[]): void {
  for (const bound of ['min', 'max', 'minLength']) {
    if (given[bound] !== undefined && typeof given[bound] !== 'number') problems.push(`${path}.${bound}: expected a number`)
  }
  if (given['pattern'] !== undefined && !isPattern(given['pattern']))
    problems.push(`${path}.pattern: expected a regular expression of at most ${LONGEST_PATTERN} characters`)
  if (given['kind'] === 'choice' && !isObject(given['options'] ?? null))
    problems.push(`${path}.options: expected an object of texts by option`)
}

function isPattern(given: Json): boolean {
  if (typeof given !== 'string' || given.length > LONGEST_PATTERN) return false
  try {
    return new RegExp(given).source !== ''
  } catch {
    return false
  }
}

/** The fields inside lists, objects and maps. */
function nested(given: Members, path: string, problems: string[]): Members {
  const { kind, item = null, value = null, fields = null } = given
  const one = (field: Json, name: string): Members => {
    const found = fieldOf(field, `${path}.${name}`, problems)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a field is plain data
    return found === undefined ? {} : { [name]: found as unknown as Json }
  }
  if (kind === 'list') return one(item, 'item')
  if (kind === 'map') return one(value, 'value')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fields are plain data
  return kind === 'object' ? { fields: fieldsOf(fields, `${path}.fields`, problems) as unknown as Json } : {}
}

function checkDefault(field: Field, path: string, problems: string[]): void {
  if (field.kind === 'object' || field.default === undefined) return
  if (field.kind === 'duration' && parseDuration(field.default) === undefined) problems.push(`${path}.default: expected a duration`)
  const parsed = parseConfig({ value: field }, {})
  if (!parsed.ok) problems.push(...parsed.problems.map((one) => `${path}.default: ${one.message}`))
}

function isObject(value: Json): value is Members {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function invalid(file: string, problems: readonly string[]): PlutinoError {
  return new PlutinoError('plugin_invalid', `${file} is not a valid manifest: ${problems.join('; ')}`, {
    hint: 'correct it, or leave it out: everything in it is optional',
  })
}
