import type { Next } from './build-operators.ts'
import type { NodeMetrics } from './metrics.ts'
import type { Topology } from './rule.ts'

/** A chain of nodes that batches pass one after another. */
interface Chain {
  readonly metrics: readonly NodeMetrics[]
}

export interface TopologyParts {
  /** `port`: the source's place in FROM; `timed`: its rows wait for the watermark in event time. */
  readonly inputs: readonly (Chain & { readonly port: number; readonly timed: boolean })[]
  readonly steps: readonly (Chain & { readonly next: Next | undefined })[]
  readonly entries: ReadonlyMap<number, Next | undefined>
  /** The node that rows of events wait at, before the steps. */
  readonly eventTime?: { readonly metrics: NodeMetrics }
  readonly sinks: readonly Chain[]
}

export function topologyOf({ inputs, steps, entries, eventTime, sinks }: TopologyParts): Topology {
  const edges: Record<string, string[]> = {}
  const headOf = ({ metrics }: Chain): string[] => metrics.slice(0, 1).map(nodeOf)
  const headsOf = (next: Next | undefined): string[] => {
    const step = next === undefined ? undefined : steps[next.step]
    return step === undefined ? sinks.flatMap(headOf) : headOf(step)
  }
  const join = (chain: Chain, after: readonly string[]): void => {
    const names = chain.metrics.map(nodeOf)
    names.forEach((name, i) => {
      const following = names[i + 1] === undefined ? after : [names[i + 1] ?? '']
      if (following.length > 0) edges[name] = [...new Set([...(edges[name] ?? []), ...following])]
    })
  }
  const watermark = eventTime === undefined ? [] : [eventTime.metrics]
  for (const { metrics, port, timed } of inputs) {
    join({ metrics: timed ? [...metrics, ...watermark] : metrics }, headsOf(entries.get(port)))
  }
  for (const step of steps) join(step, headsOf(step.next))
  for (const sink of sinks) join(sink, [])
  return { sources: [...new Set(inputs.flatMap(headOf))], edges }
}

/** Name of a node: its key in the status without the instance. */
function nodeOf({ key }: NodeMetrics): string {
  return key.slice(0, key.lastIndexOf('_'))
}
