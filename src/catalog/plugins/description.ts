import type { PluginDescription, PluginKind } from '../../api/plugin.ts'
import { isJsonObject } from '../../config/json-object.ts'

/** Is this what a check once gave, read back from the disk? */
export function isDescription(value: unknown): value is PluginDescription {
  return (
    isJsonObject(value) &&
    ['name', 'version', 'wit', 'sha256'].every((key) => typeof value[key] === 'string') &&
    typeof value['size'] === 'number' &&
    isTexts(value['capabilities']) &&
    isTexts(value['kinds']) &&
    value['kinds'].every(isKind) &&
    (value['source'] === undefined || isJsonObject(value['source'])) &&
    (value['signing'] === undefined || isJsonObject(value['signing'])) &&
    (value['functions'] === undefined || areFunctions(value['functions']))
  )
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function areFunctions(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((one: unknown) => isJsonObject(one) && typeof one['name'] === 'string' && Array.isArray(one['params']))
  )
}

function isKind(text: string): text is PluginKind {
  return text === 'source' || text === 'sink' || text === 'function'
}
