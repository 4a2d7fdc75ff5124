import type { Example, Parameter, SqlFunction } from '../api/function.ts'
import type { Json } from '../config/field.ts'
import type { JsonObject } from '../config/json-object.ts'

/** The value of an example. */
type Result = Extract<Example, { readonly result: unknown }>['result']

/** The functions by category, in the form that management consoles know from eKuiper, with signature and examples besides. */
export function functionGroups(functions: readonly SqlFunction[]): readonly JsonObject[] {
  const groups = [...Map.groupBy(functions, ({ category }) => category)]
  return groups.map(([category, members]) => ({
    about: { trial: false, installed: true, description: { en_US: `Functions: ${category}.` } },
    name: category,
    functions: members.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(describeFunction),
  }))
}

export function describeFunction(f: SqlFunction): JsonObject {
  return {
    name: f.name,
    aliases: f.aliases ?? [],
    category: f.category,
    kind: f.kind,
    signature: signatureOf(f),
    example: f.examples[0]?.sql ?? `${f.name}()`,
    examples: f.examples.map(describeExample),
    aggregate: f.kind === 'aggregate' || f.kind === 'groups',
    hint: { en_US: f.doc },
    args: f.params.map(describeParameter),
    return: { type: returnsOf(f), hint: { en_US: returnsOf(f) } },
    node: { category: 'function', icon: 'iconPath', label: { en_US: f.name } },
  }
}

/** `round(x number, [digits number]) float`. */
function signatureOf(f: SqlFunction): string {
  const parameters = f.params.map(({ name, type, optional, repeats }) => {
    const text = `${name} ${type}${repeats === true ? ' …' : ''}`
    return optional === true ? `[${text}]` : text
  })
  return `${f.name}(${parameters.join(', ')}) ${returnsOf(f)}`
}

function returnsOf({ returns, params }: SqlFunction): string {
  return returns === 'first' ? (params[0]?.type ?? 'any') : returns
}

function describeParameter({ name, type, doc, optional, repeats, literal }: Parameter): JsonObject {
  return {
    name,
    type,
    optional: optional ?? false,
    repeats: repeats ?? false,
    control: literal === true ? 'text' : 'field',
    hint: { en_US: doc ?? name },
    label: { en_US: name },
  }
}

function describeExample(example: Example): JsonObject {
  if ('result' in example) return { sql: example.sql, result: toJson(example.result) }
  return { sql: example.sql, rows: example.rows.map(toJson), results: example.results.map(toJson) }
}

function toJson(value: Result): Json {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map((element: Result) => toJson(element))
  return Object.fromEntries(Object.entries(value).map(([name, member]): [string, Json] => [name, toJson(member)]))
}
