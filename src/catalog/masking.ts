import type { Registry } from '../api/registry.ts'
import { isSecretName, MASK, maskSecrets } from '../base/secrets.ts'
import type { Field, Fields, Json } from '../config/field.ts'
import { isJsonObject, type JsonObject } from '../config/json-object.ts'

/** The rule with passwords and other secrets of its actions hidden; the very same object when there are none. */
export function maskRule(rule: JsonObject, registry: Registry): JsonObject {
  const { actions } = rule
  if (!Array.isArray(actions)) return rule
  const masked = actions.map((action: Json) => maskAction(action, registry))
  return JSON.stringify(masked) === JSON.stringify(actions) ? rule : { ...rule, actions: masked }
}

/**
 * `rule` as it comes back from someone who read it hidden: where a value is what hiding made of the old one, the old one stands again.
 * So a rule can be read, changed and written without knowing its passwords.
 */
export function unmaskRule(rule: JsonObject, old: JsonObject, registry: Registry): JsonObject {
  const { actions } = rule
  const before = old['actions']
  if (!Array.isArray(actions) || !Array.isArray(before)) return rule
  const hidden = before.map((action: Json) => maskAction(action, registry))
  const restored = actions.map((action: Json, index) => restore(action, { hidden: hidden[index], old: before[index] }))
  return JSON.stringify(restored) === JSON.stringify(actions) ? rule : { ...rule, actions: restored }
}

function maskAction(action: Json, registry: Registry): Json {
  if (!isJsonObject(action)) return action
  return Object.fromEntries(
    Object.entries(action).map(([type, config]) => [type, maskConfig(config, registry.find('sink', type)?.fields ?? {})]),
  )
}

function maskConfig(config: Json, fields: Fields): Json {
  const secret = (name: string): boolean => isSecretName(name) || fieldOf(fields, name)?.secret === true
  const masked: unknown = maskSecrets(config, secret)
  return toJson(masked)
}

function fieldOf(fields: Fields, name: string): Field | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

interface Twin {
  readonly hidden: Json | undefined
  readonly old: Json | undefined
}

function restore(value: Json, { hidden, old }: Twin): Json {
  if (typeof value === 'string') return value === hidden && value.includes(MASK) && old !== undefined ? old : value
  if (Array.isArray(value)) return value.map((item: Json, i) => restore(item, { hidden: itemOf(hidden, i), old: itemOf(old, i) }))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, restore(member, { hidden: memberOf(hidden, name), old: memberOf(old, name) })]),
  )
}

function itemOf(list: Json | undefined, index: number): Json | undefined {
  return Array.isArray(list) ? list[index] : undefined
}

function memberOf(object: Json | undefined, name: string): Json | undefined {
  return isJsonObject(object) && Object.hasOwn(object, name) ? object[name] : undefined
}

/** What was made of plain data is plain data. */
function toJson(value: unknown): Json {
  if (Array.isArray(value)) return value.map(toJson)
  if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJson(member)]))
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}
