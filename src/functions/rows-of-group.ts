import { defineFunction, type FunctionDefinition } from '../api/definition.ts'
import type { FunctionState } from '../api/function.ts'
import type { Value } from '../data/value.ts'
import { overRows } from './record.ts'

/** What aggregates of plugins are made of: they get the rows of a group when it is complete. */
export const rowsOfGroup: FunctionDefinition = defineFunction({
  name: 'rows_of_group',
  category: 'aggregate',
  doc: 'The arguments for each row of the group, as an array of arrays.',
  examples: [overRows('rows_of_group(a)', [7, 8], [[[7], [8]]])],
  params: [{ name: 'value', type: 'any', optional: true, repeats: true }],
  returns: 'array',
  nulls: 'call',
  pure: true,
  kind: 'aggregate',
  init: () => ({ rows: [] }),
  add: (state, args) => {
    listOf(state).push(args.map((arg) => arg ?? null))
  },
  merge: (into, other) => {
    const rows = listOf(into)
    for (const row of listOf(other)) rows.push(row)
  },
  result: (state) => [...listOf(state)],
})

function listOf(state: FunctionState): Value[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by `init`
  return state['rows'] as Value[]
}
