import type { FunctionDefinition } from '../api/definition.ts'
import type { SqlFunction } from '../api/function.ts'
import { rowFailed } from '../data/row-failed.ts'
import { toArray, toText } from './collections.ts'
import { parameter, rowFunction } from './record.ts'

type Callable = Extract<SqlFunction, { kind: 'row' }>

/** array_map over these built-in functions. */
export function arrayMap(others: readonly FunctionDefinition[]): FunctionDefinition {
  const callable = new Map(others.flatMap(({ function: f }) => (f.kind === 'row' ? namesOf(f).map((name) => [name, f] as const) : [])))
  return rowFunction('array', {
    name: 'array_map',
    doc: 'The results of a built-in function of one argument for each element. Its name is written in lower case.',
    params: [parameter('function', 'any'), parameter('a', 'array')],
    returns: 'array',
    pure: false,
    examples: [['array_map("abs", array_create(-1, 2))', [1n, 2n]]],
    call: (ctx, name, a) => {
      const f = oneArgument(callable.get(toText(name)), toText(name))
      return toArray(a).map((element) => f.call(ctx, element) ?? null)
    },
  })
}

function namesOf({ name, aliases = [] }: SqlFunction): readonly string[] {
  return [name, ...aliases]
}

function oneArgument(f: Callable | undefined, name: string): Callable {
  if (f === undefined) throw rowFailed(`there is no built-in function "${name}" for the elements of an array`)
  const least = f.params.filter(({ optional }) => optional !== true).length
  if (least > 1 || f.params.length === 0) throw rowFailed(`function ${name} cannot be called with one argument`)
  return f
}
