import { functions } from '../../src/functions/index.ts'
import type { FunctionLookup } from '../../src/expression/functions.ts'

const byName = new Map(functions.flatMap(({ function: f }) => [f.name, ...(f.aliases ?? [])].map((name) => [name, f] as const)))

/** The functions that come with the product. */
export const BUILT_INS: FunctionLookup = { find: (name) => byName.get(name.toLowerCase()), names: () => byName.keys() }
