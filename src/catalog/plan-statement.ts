import type { Registry } from '../api/registry.ts'
import type { PlanEnv, PlanOptions, PlanStream } from '../plan/environment.ts'
import { explainSelect } from '../plan/explain.ts'
import { planWithSteps } from '../plan/plan-select.ts'
import type { PlannedSelect } from '../plan/planned-select.ts'
import type { Select } from '../sql/ast.ts'

/** What statements may name. */
export interface PlanWorld {
  readonly registry: Registry
  readonly streams: { plan(name: string): PlanStream | undefined; names(): Iterable<string> }
}

/** The plan of a statement, whose text is for positions. Throws every error of the statement at once. */
export function planStatement(select: Select, text: string, options: PlanOptions, world: PlanWorld): PlannedSelect {
  return planWithSteps(select, environment(world, options), text)
}

/** The plan as text. */
export function explainStatement(select: Select, text: string, options: PlanOptions, world: PlanWorld): string {
  const env = environment(world, options)
  const keyOf = (stream: string): string | undefined => env.stream(stream)?.key
  return explainSelect(planWithSteps(select, env, text), { functions: env.functions, keyOf })
}

function environment({ registry, streams }: PlanWorld, options: PlanOptions): PlanEnv {
  return {
    stream: (name) => streams.plan(name),
    streamNames: () => streams.names(),
    functions: {
      find: (name) => registry.find('function', name)?.function,
      names: () => registry.list('function').map(({ name }) => name),
    },
    options,
  }
}
