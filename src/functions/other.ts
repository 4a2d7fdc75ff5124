import { defineFunction, type FunctionDefinition } from '../api/definition.ts'
import type { PlutinoError } from '../base/errors.ts'
import { describeValue } from '../data/describe-value.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { Cell } from '../data/value.ts'
import { isMissing, toText } from './collections.ts'
import { timeUuid } from './uuid.ts'
import { parameter, rowFunction, type RowFunction } from './record.ts'

const define = (f: RowFunction): FunctionDefinition => rowFunction('other', f)

/** Types that a value of a store can have. */
const STATE_TYPES = ['bigint', 'float', 'string', 'boolean', 'datetime']

/** Longest pause of a row, in milliseconds. */
const LONGEST_PAUSE = 3_600_000

const delayFunction = defineFunction({
  kind: 'batch',
  name: 'delay',
  category: 'other',
  doc: 'v, some milliseconds later: the rule waits for each row.',
  params: [parameter('ms', 'number'), parameter('v', 'any')],
  returns: 'any',
  nulls: 'call',
  pure: false,
  examples: [{ sql: 'delay(1, "x")', result: 'x' }],
  openBatch: async (_place, { clock, signal }) => ({
    async call(rows) {
      const values: (Cell | PlutinoError)[] = []
      for (const [ms, value] of rows) {
        const usable = typeof ms === 'number' || typeof ms === 'bigint'
        if (usable) await clock.sleep(Math.min(LONGEST_PAUSE, Math.max(0, Number(ms))), signal)
        values.push(usable ? value : rowFailed(`expected a number of milliseconds, got ${describeValue(ms)}`))
      }
      return values
    },
  }),
})

export const otherFunctions: readonly FunctionDefinition[] = [
  define({
    name: 'isnull',
    doc: 'Is x null or absent?',
    params: [parameter('x', 'any')],
    returns: 'boolean',
    nulls: 'call',
    examples: [['isnull("")', false]],
    call: (_, x) => x === null || x === undefined,
  }),
  define({
    name: 'coalesce',
    doc: 'The first argument that is not null.',
    params: [parameter('x', 'any', { repeats: true })],
    returns: 'any',
    nulls: 'call',
    examples: [['coalesce("a", "b")', 'a']],
    call: (_, ...args) => args.find((arg) => arg !== null && arg !== undefined) ?? null,
  }),
  define({
    name: 'rule_id',
    doc: 'Id of the rule.',
    params: [],
    returns: 'string',
    pure: false,
    examples: [['length(rule_id()) > 0', true]],
    call: (ctx) => ctx.rule,
  }),
  define({
    name: 'rule_start',
    doc: 'When the rule was started, in milliseconds since 1970.',
    params: [],
    returns: 'bigint',
    pure: false,
    examples: [['rule_start() >= 0', true]],
    call: (ctx) => BigInt(ctx.startedAt),
  }),
  define({
    name: 'tstamp',
    doc: 'Now, in milliseconds since 1970.',
    params: [],
    returns: 'bigint',
    pure: false,
    examples: [['tstamp() > 0', true]],
    call: (ctx) => BigInt(ctx.clock.now()),
  }),
  define({
    name: 'newuuid',
    doc: 'A new UUID of version 1: made of the time and random bits.',
    params: [],
    returns: 'string',
    pure: false,
    examples: [['length(newuuid())', 36n]],
    call: (ctx) => timeUuid(ctx.clock.now()),
  }),
  define({
    name: 'bypass',
    doc: 'Its first argument as it is.',
    params: [parameter('x', 'any'), parameter('ignored', 'any', { optional: true, repeats: true })],
    returns: 'first',
    nulls: 'call',
    examples: [['bypass("x")', 'x']],
    call: (_, x) => x,
  }),
  define({
    name: 'props',
    doc: 'A property of the process by its name; this server has none, so that every name is an error of the row.',
    params: [parameter('name', 'string')],
    returns: 'string',
    nulls: 'call',
    pure: false,
    examples: [['length("props(name)")', 11n]],
    call: (_, name) => {
      throw rowFailed(`there is no property ${isMissing(name) ? 'null' : toText(name)}`)
    },
  }),
  define({
    name: 'get_keyed_state',
    doc: 'The value of a key in an external store, as a type that cast knows; the default as it is when there is no store, as here.',
    params: [parameter('key', 'any'), parameter('type', 'string'), parameter('default', 'any')],
    returns: 'any',
    pure: false,
    examples: [
      ['get_keyed_state("k", "bigint", 5)', 5n],
      ['get_keyed_state("k", "bigint", "none")', 'none'],
    ],
    check: ([, type]) =>
      typeof type === 'string' && !STATE_TYPES.includes(type) ? `expected one of ${STATE_TYPES.join(', ')}, got "${type}"` : undefined,
    call: (_, key, _type, otherwise) => {
      toText(key)
      return otherwise
    },
  }),
  delayFunction,
]
