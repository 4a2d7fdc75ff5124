import type { StateStore } from '../api/context.ts'
import type { CallContext, SqlFunction } from '../api/function.ts'
import { nodeNames } from '../plan/node-names.ts'
import type { LookupNode } from '../plan/nodes.ts'
import { buildGraph, type Next, type OperatorDeps } from './build-operators.ts'
import { nodeContext } from './context.ts'
import { NodeMetrics } from './metrics.ts'
import type { ExplainWhy } from './explain-why/explain-why.ts'
import { evaluator } from './explain-why/why-not.ts'
import type { Step } from './pipeline.ts'
import { RunningLookup } from './running-lookup.ts'
import type { EngineParts } from './running-source.ts'
import type { RuleSpec, StreamSpec } from './spec.ts'
import { WatermarkMetrics } from './watermark-metrics.ts'

export interface RuleStepParts {
  readonly engine: EngineParts
  readonly spec: RuleSpec
  /** State of a node, by its name. */
  readonly state: (node: string) => StateStore
  /** Aborted when the rule ends. */
  readonly signal: AbortSignal
  /** Is told of what becomes of each row. */
  readonly explain?: ExplainWhy
}

/** What stands between the sources and the sinks of a rule. */
export interface RuleGraph {
  readonly steps: readonly Step[]
  readonly entries: ReadonlyMap<number, Next | undefined>
  /** To be closed with the rule. */
  readonly lookups: readonly RunningLookup[]
  /** Stands before the steps. */
  readonly eventTime?: { readonly lateTolerance: number; readonly metrics: WatermarkMetrics }
}

/** The operators of a rule with all that they need to run. Throws when the plan cannot be built. */
export function ruleSteps({ engine, spec, state, signal, explain }: RuleStepParts): RuleGraph {
  const context: CallContext = { rule: spec.id, clock: engine.clock, startedAt: engine.clock.now(), timeZone: engine.timeZone }
  const functions = {
    find: (name: string): SqlFunction | undefined => engine.registry.find('function', name)?.function,
    names: (): Iterable<string> => engine.registry.list('function').map((d) => d.name),
  }
  const before = 2 + decoders(engine, spec)
  const { eventTime } = spec.plan
  const names = nodeNames(spec.plan, eventTime ? before + 1 : before)
  const lookups: RunningLookup[] = []
  const lookup = (node: LookupNode): RunningLookup => {
    const table = new RunningLookup(engine, tableOf(spec, node), node)
    lookups.push(table)
    return table
  }
  const evaluate = evaluator(engine.compiler, { functions, context })
  const watch: OperatorDeps['watch'] = explain === undefined ? undefined : (factory, by) => explain.content(factory, by, evaluate)
  const watched = watch === undefined ? {} : { watch }
  const graph = buildGraph(spec.plan, { functions, context, compiler: engine.compiler, lookup, ...watched })
  const steps = graph.steps.map(({ operator, nodes, next }): Step => {
    const named = nodes.map((planned) => names.get(planned) ?? planned.op)
    const node = named.at(-1) ?? operator.name
    const ctx = nodeContext(engine, { rule: spec.id, node, signal, state: state(node) })
    const explained = explain?.operator(operator, nodes, evaluate) ?? operator
    return { operator: explained, metrics: named.map((name) => new NodeMetrics(`${name}_0`)), ctx, next }
  })
  if (!eventTime) return { steps, lookups, entries: graph.entries }
  const metrics = new WatermarkMetrics(`op_${before}_watermark_0`)
  const watermark = { lateTolerance: spec.options.lateTolerance, metrics }
  explain?.watermark(watermark)
  return { steps, lookups, entries: graph.entries, eventTime: watermark }
}

function tableOf(spec: RuleSpec, { table }: LookupNode): StreamSpec {
  const found = spec.streams.find(({ name }) => name === table)
  if (found === undefined) throw new Error(`rule ${spec.id} has no table ${table}`)
  return found
}

/** A decoder is a node of the status, before all operators: one for each source whose messages are bytes. */
function decoders(engine: EngineParts, { plan, streams }: RuleSpec): number {
  const decoded = plan.sources.filter((source) => {
    const stream = streams.find(({ name }) => name === source.stream)
    return stream !== undefined && engine.registry.find('source', stream.type)?.payload === 'bytes'
  })
  return decoded.length
}
