import type { StateStore } from '../api/context.ts'
import type { Offset } from '../api/source.ts'
import type { SourceNode } from '../plan/nodes.ts'
import { ROW_MARK } from '../plan/row-marks.ts'
import { prefilterOf } from '../plan/prefilter.ts'
import type { ErrorPath } from './error-path.ts'
import type { NodeMetrics } from './metrics.ts'
import { readLayout } from './row-reader.ts'
import { type EngineParts, readerFor, RunningSource } from './running-source.ts'
import type { SharedSources } from './shared-source.ts'
import type { Subscriber } from './shared-stream.ts'
import type { RuleSpec, StreamSpec } from './spec.ts'

/** One source of a running rule: its own, or its part of a shared stream. */
export interface Input {
  /** The source's place in FROM. */
  readonly port: number
  /** Its rows have times of their own. */
  readonly timed: boolean
  readonly source: RunningSource
  /** In the order of the status: the source, its decoder when it has one. */
  readonly metrics: readonly NodeMetrics[]
  /** Rejects when the source cannot go on; resolves when it ends. */
  readonly ended: Promise<void>
  /**
   * Where its state is part of the rule's: no batch comes after this has resolved until what it gives is called; the state of the node is as of the last
   * one. Rejects when the source cannot tell.
   */
  readonly hold?: () => Promise<() => void>
  /** No batch comes after this has resolved. */
  leave(): Promise<void>
  /** After `leave`, when everything is acknowledged. */
  close(): Promise<void>
}

export interface InputParts {
  readonly engine: EngineParts
  readonly shared: SharedSources
  readonly spec: RuleSpec
  readonly node: SourceNode
  /** Where its own source goes on after a restart; a shared stream goes its own way. */
  readonly from?: Offset
  readonly consumer: Subscriber
  readonly errors: ErrorPath
  /** State of a node of the rule, by its name. */
  readonly nodeState: (node: string) => StateStore
}

/** Opens a source of a rule and starts reading. */
export function openInput(parts: InputParts): Input {
  const { engine, shared, spec, node, errors, consumer } = parts
  const stream = streamOf(spec, node)
  const place = { port: node.place, timed: node.timestamp !== undefined }
  if (stream.shared) {
    // What becomes of a row can be told only of those that come here.
    const prefilter = node.meta.includes(ROW_MARK) ? undefined : prefilterOf(spec.plan, node)
    const joined = shared.join(stream, node, consumer, prefilter)
    return { ...place, metrics: joined.source.nodes, ...joined }
  }
  const reader = readerFor(engine, stream)(readLayout(node))
  const again = spec.plan.sources.some((other) => other.stream === node.stream && other.place < node.place)
  const name = again ? `source_${stream.name}_${node.place}` : `source_${stream.name}`
  const decoder = `op_${2 + spec.plan.sources.filter((other) => other.place < node.place).length}_decoder`
  const from = parts.from === undefined ? {} : { from: parts.from }
  const state = parts.nodeState(name)
  const source = new RunningSource({
    engine,
    stream,
    owner: spec.id,
    name,
    decoder,
    ...from,
    reader: () => reader,
    consumer,
    errors,
    state,
  })
  return {
    ...place,
    source,
    metrics: source.nodes,
    ended: source.run(),
    ...(source.keepsState ? { hold: () => source.hold() } : {}),
    leave: () => source.stop(),
    close: () => source.close(),
  }
}

function streamOf(spec: RuleSpec, node: SourceNode): StreamSpec {
  const stream = spec.streams.find(({ name }) => name === node.stream)
  if (stream === undefined) throw new Error(`rule ${spec.id} has no stream ${node.stream}`)
  return stream
}
