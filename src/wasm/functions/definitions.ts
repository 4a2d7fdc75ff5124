import type { StreamContext } from '../../api/context.ts'
import { defineFunction, type FunctionDefinition } from '../../api/definition.ts'
import type { CallPlace, FunctionDoc } from '../../api/function.ts'
import type { PluginFunction } from '../../api/plugin.ts'
import type { PluginCode } from '../plugin-code.ts'
import { BatchCalls } from './batch-calls.ts'
import { FunctionUse } from './function-use.ts'
import { withOwnState } from './own-state.ts'
import { GroupCalls } from './group-calls.ts'
import { GroupNumbers } from './known-groups.ts'

interface Shared {
  readonly use: FunctionUse
  readonly numbers: GroupNumbers
}

/** The functions of a plugin, as SQL uses them. All places in one rule share an instance. */
export function functionDefinitions(code: PluginCode, functions: readonly PluginFunction[]): readonly FunctionDefinition[] {
  const shared = new WeakMap<AbortSignal, Shared>()
  const useOf = (ctx: StreamContext): Shared => {
    const known = shared.get(ctx.signal) ?? { use: new FunctionUse(code.line.current, ctx), numbers: new GroupNumbers() }
    shared.set(ctx.signal, known)
    return known
  }
  return functions.map((of) => define(code, of, useOf))
}

function define(code: PluginCode, of: PluginFunction, useOf: (ctx: StreamContext) => Shared): FunctionDefinition {
  const { columns } = code.environment
  const { payloadBytes } = code.limits
  const open = async (place: CallPlace, node: StreamContext): Promise<Shared> => {
    const ctx = withOwnState(node, code.name)
    const found = useOf(ctx)
    await found.use.prepareCall(of, place, ctx)
    return found
  }
  if (of.interface === 'scalar') {
    return defineFunction({
      ...docOf(code, of),
      kind: 'batch',
      openBatch: async (place, ctx) => new BatchCalls({ use: (await open(place, ctx)).use, of, place, columns, payloadBytes }),
    })
  }
  return defineFunction({
    ...docOf(code, of),
    kind: 'groups',
    merges: of.merges === true,
    removes: of.removes === true,
    openGroups: async (place, ctx) => new GroupCalls({ ...(await open(place, ctx)), of, place, columns, payloadBytes }),
  })
}

function docOf({ name, keepsState }: PluginCode, of: PluginFunction): FunctionDoc {
  return {
    name: of.name.toLowerCase(),
    asWritten: true,
    category: `plugin ${name}`,
    doc: of.doc,
    examples: [],
    params: of.params,
    returns: of.returns,
    nulls: of.nulls,
    pure: of.effect === 'pure',
    keepsState,
  }
}
