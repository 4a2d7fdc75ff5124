import { PlutinoError } from '../base/errors.ts'
import { boolean, duration, integer, list, string, type ConfigOf, type Fields, type Json } from '../config/field.ts'
import { parseConfig } from '../config/parse.ts'

/** The properties that every action has, whatever its sink. */
const ACTION_FIELDS = {
  sendSingle: boolean('One message for each row instead of a JSON array of the rows of a result.', { default: false }),
  dataTemplate: string('Go template over the row (sendSingle) or the array of rows; its text is the message.', { optional: true }),
  format: string('Format of the messages.', { default: 'json' }),
  delimiter: string('Between the columns of the delimited format.', { optional: true }),
  hasHeader: boolean('Delimited: a first line with the names of the columns.', { optional: true }),
  fields: list('Columns to send; all when absent.', string('Name of a column.'), { optional: true }),
  excludeFields: list('Columns not to send.', string('Name of a column.'), { optional: true }),
  dataField: string('Member to send instead of the whole row: an object, or an array of objects.', { optional: true }),
  tableDataField: string('As dataField.', { optional: true, deprecated: 'dataField' }),
  omitIfEmpty: boolean('Send nothing for an empty result.', { default: false }),
  batchSize: integer('Rows in one message; 0: one message for each result.', { default: 0, min: 0 }),
  lingerInterval: duration('How long a batch may wait to become full; 0: until it is.', { default: 0 }),
  bufferLength: integer('Rows that may wait for the sink before the rule stops reading.', { optional: true, min: 1 }),
} as const satisfies Fields

export type ActionProperties = ConfigOf<typeof ACTION_FIELDS>

/** Accepted without effect: properties of older releases, and those whose effect the engine always gives. */
const IGNORED = new Set([
  'runAsync',
  'retryInterval',
  'retryCount',
  'cacheLength',
  'cacheSaveInterval',
  'concurrency',
  'enableCache',
  'memoryCacheThreshold',
  'maxDiskCache',
  'bufferPageSize',
  'resendInterval',
  'cleanCacheAtStop',
  'resourceId',
])

/** Separates an action's properties into the common ones and the sink's own. Throws `config_invalid` with all problems. */
export function splitAction(config: { readonly [key: string]: Json }): { common: ActionProperties; own: { readonly [key: string]: Json } } {
  const entries = Object.entries(config)
  const common = Object.fromEntries(entries.filter(([key]) => Object.hasOwn(ACTION_FIELDS, key)))
  const own = Object.fromEntries(entries.filter(([key]) => !Object.hasOwn(ACTION_FIELDS, key) && !IGNORED.has(key)))
  const parsed = parseConfig(ACTION_FIELDS, common)
  if (!parsed.ok) throw new PlutinoError('config_invalid', parsed.problems.map((p) => `${p.path}: ${p.message}`).join('; '))
  if (parsed.config.fields !== undefined && parsed.config.excludeFields !== undefined) {
    throw new PlutinoError('config_invalid', 'field and excludeFields cannot both be set')
  }
  return { common: parsed.config, own }
}
