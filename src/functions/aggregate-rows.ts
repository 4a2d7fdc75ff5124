import type { FunctionDefinition } from '../api/definition.ts'
import type { FunctionState } from '../api/function.ts'
import { goText } from '../data/go-text.ts'
import { type Cell, isStruct, type Struct } from '../data/value.ts'
import { aggregateFunction as define, column, isMissing, listOf } from './aggregate-record.ts'
import { parameter } from './record.ts'

const ANY = parameter('x', 'any')

function lastOf(state: FunctionState, value: Cell): void {
  state['seen'] = true
  state['value'] = value ?? null
}

function mergeObjects(state: FunctionState, value: Cell): void {
  if (!isStruct(value)) return
  const known = state['object'] ?? null
  state['object'] = isStruct(known) ? { ...known, ...value } : value
}

function addDistinct(state: FunctionState, [value, all, row]: readonly Cell[]): void {
  const key = `"${isMissing(value) ? '<nil>' : goText(value)}`
  const seen = seenOf(state)
  const isNew = !Object.hasOwn(seen, key)
  const record = row ?? null
  state['all'] = all === true
  state['last'] = isNew ? record : null
  if (!isNew) return
  seen[key] = true
  listOf(state, 'rows').push(record)
}

/** Keys never are `__proto__`: they begin with a quotation mark. */
function seenOf(state: FunctionState): { [key: string]: true } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by `init`
  return state['seen'] as { [key: string]: true }
}

const ROWS: readonly Struct[] = [
  { a: 7, b: 1 },
  { a: 3, b: 2 },
  { a: 7, b: 3 },
]

export const rowAggregates: readonly FunctionDefinition[] = [
  define({
    name: 'collect',
    doc: 'All values in their order as an array, nulls too; `collect(*)` collects rows as objects. Null where a window holds no row.',
    params: [ANY],
    returns: 'array',
    examples: [
      ['collect(a)', column(7, null, 3), [7, null, 3]],
      ['collect(*)', ROWS.slice(0, 2), ROWS.slice(0, 2)],
    ],
    empty: null,
    init: () => ({ values: [] }),
    add: (state, [value]) => {
      listOf(state, 'values').push(value ?? null)
    },
    result: (state) => [...listOf(state, 'values')],
  }),
  define({
    name: 'merge_agg',
    doc: 'One object with the members of all objects, later ones win; other values are passed over. Absent where there is no object.',
    params: [ANY],
    returns: 'struct',
    examples: [
      ['merge_agg(*)', ROWS.slice(0, 2), { a: 3, b: 2 }],
      ['merge_agg(a)', column({ k: 1 }, { z: 2 }), { k: 1, z: 2 }],
    ],
    empty: null,
    init: () => ({ object: null }),
    add: (state, [value]) => mergeObjects(state, value),
    merge: (into, other) => mergeObjects(into, other['object']),
    result: (state) => state['object'] ?? undefined,
  }),
  define({
    name: 'deduplicate',
    doc: 'The rows whose x was not there before in the group, by its text: with `all` an array of them, without it the last row when it is one, else null.',
    params: [ANY, parameter('all', 'boolean', { literal: true })],
    returns: 'any',
    examples: [
      ['deduplicate(a, true)', ROWS, ROWS.slice(0, 2)],
      ['deduplicate(a, false)', ROWS.slice(0, 2), { a: 3, b: 2 }],
    ],
    wholeRow: true,
    init: () => ({ seen: {}, rows: [], last: null, all: true }),
    add: addDistinct,
    result: (state) => (state['all'] === true ? [...listOf(state, 'rows')] : state['last']),
  }),
  define({
    name: 'last_value',
    doc: 'The last value of the group; with `ignoreNull` the last that is not null.',
    params: [ANY, parameter('ignoreNull', 'boolean', { literal: true })],
    returns: 'first',
    examples: [
      ['last_value(a, true)', column(7, 3, null), 3],
      ['last_value(a, false)', column(7, 3), 3],
    ],
    init: () => ({ seen: false, value: null }),
    add: (state, [value, ignoreNull]) => {
      if (ignoreNull !== true || !isMissing(value)) lastOf(state, value)
    },
    merge: (into, other) => {
      if (other['seen'] === true) lastOf(into, other['value'])
    },
    result: (state) => state['value'],
  }),
]
