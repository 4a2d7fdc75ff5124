import { defineFunction, type FunctionDefinition } from '../api/definition.ts'
import type { Example, FunctionDoc, Parameter, SqlFunction } from '../api/function.ts'
import { overRows, parameter } from './record.ts'

interface Planned {
  readonly name: string
  readonly doc: string
  readonly params?: readonly Parameter[]
  readonly returns: FunctionDoc['returns']
  readonly examples: readonly Example[]
}

/** A name to which the planner gives a meaning. */
function planned(kind: Extract<SqlFunction['kind'], 'window' | 'rows' | 'meta'>, category: string, f: Planned): FunctionDefinition {
  return defineFunction({ params: [], ...f, kind, category, nulls: 'call', pure: false })
}

const windowFunctions: readonly FunctionDefinition[] = [
  planned('window', 'window', {
    name: 'row_number',
    doc: 'The number of the row in its window (in its partition of it), from 1; without a window always 1. A field of SELECT only.',
    returns: 'bigint',
    examples: [overRows('row_number()', [7, 8], [1n, 1n])],
  }),
  planned('window', 'window', {
    name: 'window_start',
    doc: 'Where the window begins, in milliseconds since 1970; null without a window.',
    returns: 'bigint',
    examples: [{ sql: 'window_start()', result: null }],
  }),
  planned('window', 'window', {
    name: 'window_end',
    doc: 'Where the window ends, in milliseconds since 1970; null without a window.',
    returns: 'bigint',
    examples: [{ sql: 'window_end()', result: null }],
  }),
  planned('window', 'window', {
    name: 'window_trigger',
    doc: 'The time of the row that fired a sliding window, in milliseconds since 1970; null without a window.',
    returns: 'bigint',
    examples: [{ sql: 'window_trigger()', result: null }],
  }),
]

const rowsFunctions: readonly FunctionDefinition[] = [
  planned('rows', 'rows', {
    name: 'unnest',
    doc: 'A row for each element of an array. Members of objects become columns; other elements stand under the name of the field. A field of SELECT only, at most one.',
    params: [parameter('array', 'array')],
    returns: 'any',
    examples: [overRows('unnest(a)', [{ a: [1, 'x'] }, { a: [true] }], [1, 'x', true])],
  }),
  planned('rows', 'rows', {
    name: 'extract',
    doc: 'The members of an object as columns. A field of SELECT only.',
    params: [parameter('object', 'struct')],
    returns: 'struct',
    examples: [overRows('extract(a)', [{ a: { r: 1 } }], [1])],
  }),
]

const metaFunctions: readonly FunctionDefinition[] = [
  planned('meta', 'other', {
    name: 'event_time',
    doc: 'The time of the row, in milliseconds since 1970: the value of TIMESTAMP in event time, otherwise when it came. Of a group: the end of its window.',
    returns: 'bigint',
    examples: [overRows('event_time() > 0', [1], [true])],
  }),
  planned('meta', 'other', {
    name: 'meta',
    doc: 'Metadata of the message: meta(key), meta(stream.key), meta(key->member), meta(*).',
    params: [parameter('key', 'any')],
    returns: 'any',
    examples: [overRows('meta(topic)', [1], ['t/1'])],
  }),
  planned('meta', 'other', {
    name: 'mqtt',
    doc: 'The topic or the messageid of a message that came over MQTT.',
    params: [parameter('key', 'any')],
    returns: 'any',
    examples: [overRows('mqtt(topic)', [1], ['t/1'])],
  }),
]

export const plannedFunctions: readonly FunctionDefinition[] = [...windowFunctions, ...rowsFunctions, ...metaFunctions]
