import { PlutinoError } from '../base/errors.ts'
import { nearest } from '../base/suggest.ts'
import type { Json } from '../config/field.ts'
import { isJsonObject, type JsonObject } from '../config/json-object.ts'
import { parseConfig } from '../config/parse.ts'
import { type RuleSettings, SETTING_FIELDS } from '../config/setting-fields.ts'

const FIELDS = SETTING_FIELDS.rule.kind === 'object' ? SETTING_FIELDS.rule.fields : {}

/**
 * Options without effect. They are about the insides of eKuiper (concurrency loses the order of rows; planOptimizeStrategy switches rewrites
 * that change no result here), or about what the engine always does (a full buffer holds the source up, state is saved before a stop).
 */
const IGNORED = [
  'logFilename',
  'concurrency',
  'planOptimizeStrategy',
  // members of planOptimizeStrategy, which eKuiper takes without effect when they stand beside it
  'enableIncrementalWindow',
  'enableAliasPushdown',
  'disableAliasRefCal',
  'optimizeControl',
  'windowOption',
  'notifySub',
  'disableBufferFullDiscard',
  'enableSaveStateBeforeStop',
  'forceExitTimeout',
  'experiment',
  'enableRuleTracer',
]

/** Options that would change what a rule does: to ignore them would be worse than to refuse them. */
const UNSUPPORTED = ['cron', 'duration', 'cronDatetimeRange']

/** The options of a rule with those of the settings filled in; durations are texts such as `10s` or milliseconds. */
export function parseRuleOptions(rule: string, options: Json, defaults: RuleSettings): RuleSettings {
  if (!isJsonObject(options)) throw invalid(rule, 'expected an object')
  // Most rules have none: they share one object.
  if (Object.keys(options).length === 0) return defaults
  const known = Object.entries(options).filter(([name, value]) => value !== null && isUsed(rule, name, value))
  const { restartStrategy = {}, limits = {}, ...own } = Object.fromEntries(known)
  const wanted: JsonObject = {
    ...own,
    restartStrategy: isJsonObject(restartStrategy) ? { ...toJson(defaults.restartStrategy), ...restartStrategy } : restartStrategy,
    limits: isJsonObject(limits) ? { ...toJson(defaults.limits), ...limits } : limits,
  }
  const parsed = parseConfig(SETTING_FIELDS, { rule: { ...toJson(defaults), ...wanted } })
  if (!parsed.ok) throw invalid(rule, parsed.problems.map(({ path, message }) => `${path.replace(/^rule\.?/, '')}: ${message}`).join('; '))
  return parsed.config.rule
}

function isUsed(rule: string, name: string, value: Json): boolean {
  if (Object.hasOwn(FIELDS, name)) return true
  if (IGNORED.includes(name)) return false
  if (UNSUPPORTED.includes(name)) {
    if (value === '' || value === 0 || (Array.isArray(value) && value.length === 0)) return false
    throw new PlutinoError('sql_unsupported', `Rule ${rule} has invalid options: option ${name} is not supported yet`)
  }
  const near = nearest(name, [...Object.keys(FIELDS), ...IGNORED, ...UNSUPPORTED])
  throw invalid(rule, `unknown option "${name}"`, near === undefined ? undefined : `did you mean "${near}"?`)
}

/** Parsed settings are plain data again. */
function toJson(settings: Readonly<Record<string, Json | object | undefined>>): JsonObject {
  const copy: unknown = JSON.parse(JSON.stringify(settings))
  return isJsonObject(copy) ? copy : {}
}

function invalid(rule: string, message: string, hint?: string): PlutinoError {
  return new PlutinoError('rule_invalid', `Rule ${rule} has invalid options: ${message}`, hint === undefined ? {} : { hint })
}
