import type { FunctionDefinition } from '../api/definition.ts'
import { parameter, rowFunction, type RowFunction } from './record.ts'

const define = (f: RowFunction): FunctionDefinition => rowFunction('other', f)

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
]
