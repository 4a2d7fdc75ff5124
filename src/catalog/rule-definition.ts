import { PlutinoError } from '../base/errors.ts'
import { nearest } from '../base/suggest.ts'
import type { Json } from '../config/field.ts'
import { isJsonObject, type JsonObject } from '../config/json-object.ts'
import type { RuleSettings } from '../config/setting-fields.ts'
import type { ActionSpec } from '../runtime/spec.ts'
import { checkId } from './names.ts'
import { parseRuleOptions } from './rule-options.ts'

/** A rule as a person wrote it, checked as far as its own text goes. */
export interface RuleDefinition {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly tags: readonly string[] | null
  /** Not stored: gone after the next restart of the server. */
  readonly temp: boolean
  /** False: created stopped. */
  readonly triggered: boolean
  readonly sql: string
  readonly actions: readonly ActionSpec[]
  readonly options: RuleSettings
  /** The whole text as an object. */
  readonly json: JsonObject
}

const MEMBERS = ['id', 'name', 'version', 'temp', 'triggered', 'tags', 'sql', 'graph', 'actions', 'options'] as const

/** `id`: where the address of the request names the rule. Throws `rule_invalid` with eKuiper's messages. */
export function parseRule(text: string, defaults: RuleSettings, id?: string): RuleDefinition {
  const json = readJson(text, id)
  const rule = readId(json, id)
  const sql = json['sql'] ?? ''
  if (typeof sql !== 'string') throw mistyped(rule, 'sql', 'a text', sql)
  if (isGiven(json['graph'])) {
    if (sql !== '') throw invalid(`Rule ${rule} has both sql and graph.`)
    throw new PlutinoError('sql_unsupported', 'graph rules are not supported yet', { hint: 'write the rule with "sql" and "actions"' })
  }
  if (sql === '') throw invalid(`Rule ${rule} has neither sql nor graph.`, nearMember(json, 'sql'))
  return {
    id: rule,
    name: textMember(json, rule, 'name', rule),
    version: textMember(json, rule, 'version', ''),
    tags: readTags(json, rule),
    temp: flag(json, rule, 'temp', false),
    triggered: flag(json, rule, 'triggered', true),
    sql,
    actions: readActions(json, rule),
    options: parseRuleOptions(rule, json['options'] ?? {}, defaults),
    json,
  }
}

function readJson(text: string, id = ''): JsonObject {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw invalid(`Parse rule ${id} error : ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!isJsonObject(json)) throw invalid(`Parse rule ${id} error : expected an object`)
  const unknown = Object.keys(json).filter((name) => !MEMBERS.some((member) => member === name))
  for (const name of unknown) {
    const near = nearest(name, MEMBERS)
    if (near !== undefined && !Object.hasOwn(json, near)) throw invalid(`unknown field "${name}"`, `did you mean "${near}"?`)
  }
  return json
}

function readId(json: JsonObject, id: string | undefined): string {
  const given = json['id'] ?? ''
  if (typeof given !== 'string') throw mistyped(id ?? '', 'id', 'a text', given)
  if (id === undefined && given === '') throw invalid('Missing rule id.')
  if (id !== undefined && given !== '' && given !== id) throw invalid('RuleId is not consistent with rule id.')
  checkId(id ?? given)
  return id ?? given
}

function readActions(json: JsonObject, rule: string): readonly ActionSpec[] {
  const actions = json['actions'] ?? []
  if (!Array.isArray(actions)) throw mistyped(rule, 'actions', 'a list such as [{"log":{}}]', actions)
  const specs = actions.flatMap((action: Json, index) => readAction(action, rule, index))
  if (specs.length === 0)
    throw invalid('Missing rule actions.', nearMember(json, 'actions') ?? 'give at least one, such as "actions":[{"log":{}}]')
  return specs
}

function readAction(action: Json, rule: string, index: number): ActionSpec[] {
  if (!isJsonObject(action)) throw mistyped(rule, `actions[${index}]`, 'an object such as {"log":{}}', action)
  return Object.entries(action).map(([type, config]) => {
    if (config !== null && !isJsonObject(config)) throw mistyped(rule, `actions[${index}].${type}`, 'an object', config)
    return { type, config: config ?? {} }
  })
}

function readTags(json: JsonObject, rule: string): readonly string[] | null {
  const tags = json['tags'] ?? null
  if (tags === null) return null
  if (!Array.isArray(tags)) throw mistyped(rule, 'tags', 'a list of texts', tags)
  return tags.map((tag: Json) => {
    if (typeof tag !== 'string') throw mistyped(rule, 'tags', 'a list of texts', tags)
    return tag
  })
}

function textMember(json: JsonObject, rule: string, name: string, otherwise: string): string {
  const value = json[name] ?? ''
  if (typeof value !== 'string') throw mistyped(rule, name, 'a text', value)
  return value === '' ? otherwise : value
}

function flag(json: JsonObject, rule: string, name: string, otherwise: boolean): boolean {
  const value = json[name] ?? otherwise
  if (typeof value !== 'boolean') throw mistyped(rule, name, 'true or false', value)
  return value
}

function isGiven(value: Json | undefined): boolean {
  return value !== undefined && value !== null && !(isJsonObject(value) && Object.keys(value).length === 0)
}

function nearMember(json: JsonObject, wanted: string): string | undefined {
  const near = nearest(wanted, Object.keys(json))
  return near === undefined || near === wanted ? undefined : `did you mean "${wanted}" where "${near}" stands?`
}

function mistyped(rule: string, name: string, expected: string, got: Json): PlutinoError {
  const shown = Array.isArray(got) ? 'a list' : got === null ? 'null' : isJsonObject(got) ? 'an object' : JSON.stringify(got).slice(0, 60)
  return invalid(`Parse rule ${rule} error : ${name}: expected ${expected}, got ${shown}`)
}

function invalid(message: string, hint?: string): PlutinoError {
  return new PlutinoError('rule_invalid', `invalid rule json: ${message}`, hint === undefined ? {} : { hint })
}
