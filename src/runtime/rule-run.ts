import { PlutinoError } from '../base/errors.ts'
import type { CallContext, SqlFunction } from '../api/function.ts'
import type { StateStore } from '../api/context.ts'
import type { SourceNode } from '../plan/nodes.ts'
import { nodeNames } from '../plan/node-names.ts'
import { prefilterOf } from '../plan/prefilter.ts'
import { operatorsWithNodes } from './build-operators.ts'
import { nodeContext, NodeState } from './context.ts'
import { ErrorPath } from './error-path.ts'
import { NodeMetrics } from './metrics.ts'
import { Pipeline, type Step } from './pipeline.ts'
import type { Topology } from './rule.ts'
import { type EngineParts, readerFor, RunningSource } from './running-source.ts'
import { type RunningSink, runSink } from './running-sink.ts'
import type { SharedSources } from './shared-source.ts'
import type { Subscriber } from './shared-stream.ts'
import type { RuleSpec, StreamSpec } from './spec.ts'

/** How long a rule that stops may take to write what is in flight, in milliseconds. */
const GRACE_MS = 1_200

interface Input {
  readonly source: RunningSource
  readonly ended: Promise<void>
  leave(): Promise<void>
  close(): Promise<void>
}

export interface RuleRunParts {
  readonly engine: EngineParts
  readonly shared: SharedSources
  readonly spec: RuleSpec
  /** State of the rule's nodes, by name: outlives the run. */
  readonly state: Map<string, StateStore>
}

/** One run of a rule, from a start to the next stop. The constructor throws when the rule cannot be built. */
export class RuleRun {
  readonly #parts: RuleRunParts
  readonly #sinks: readonly RunningSink[]
  readonly #steps: readonly Step[]
  readonly #pipeline: Pipeline
  readonly #errors: ErrorPath
  readonly #abort = new AbortController()
  #inputs: readonly Input[] = []

  constructor(parts: RuleRunParts) {
    const { engine, spec } = parts
    this.#parts = parts
    this.#errors = new ErrorPath(engine.log, engine.clock, { rule: spec.id })
    this.#sinks = spec.actions.map((action, index) =>
      runSink({
        engine,
        rule: spec.id,
        index,
        action,
        sendError: spec.options.sendError,
        errors: this.#errors,
        state: this.#state(`sink_${index}`),
        signal: this.#abort.signal,
      }),
    )
    this.#steps = this.#buildSteps()
    this.#pipeline = new Pipeline(
      this.#steps,
      this.#sinks.map((sink) => sink.driver),
      this.#errors,
    )
  }

  /** Starts everything. `ended` resolves when every source has ended and all rows are written; rejects when the rule cannot go on. */
  start(): Promise<void> {
    this.#inputs = this.#parts.spec.plan.sources.map((node) => this.#open(node))
    const ended = Promise.all(this.#inputs.map(({ ended: one }) => one)).then(() => this.#drain())
    return Promise.race([ended, this.#runSinks()])
  }

  /** Stops reading, writes what is in flight as long as the grace period lasts, acknowledges, closes. */
  async stop(): Promise<void> {
    await Promise.all(this.#inputs.map((input) => input.leave()))
    await Promise.race([this.#drain(), this.#parts.engine.clock.sleep(GRACE_MS)])
    this.#abort.abort(new PlutinoError('unavailable', 'the rule was stopped'))
    await Promise.allSettled(this.#sinks.map((sink) => sink.driver.close()))
    await Promise.allSettled(this.#inputs.map((input) => input.close()))
  }

  metrics(): readonly NodeMetrics[] {
    const sources = this.#inputs.flatMap(({ source }) => (source.decodes ? [source.metrics, source.decoderMetrics] : [source.metrics]))
    return [...sources, ...this.#steps.flatMap((step) => step.metrics), ...this.#sinks.flatMap((sink) => sink.metrics)]
  }

  topology(): Topology {
    const edges: Record<string, string[]> = {}
    const operators = this.#steps.flatMap((step) => step.metrics.map((metrics) => nodeOf(metrics)))
    const heads = this.#sinks.map((sink) => sink.metrics.map((metrics) => nodeOf(metrics)))
    const afterSources = operators.length > 0 ? operators.slice(0, 1) : heads.flatMap((names) => names.slice(0, 1))
    for (const { source } of this.#inputs) {
      const chain = source.decodes ? [nodeOf(source.metrics), nodeOf(source.decoderMetrics)] : [nodeOf(source.metrics)]
      chain.forEach((name, i) => (edges[name] = chain[i + 1] === undefined ? afterSources : chain.slice(i + 1, i + 2)))
    }
    operators.forEach(
      (name, i) =>
        (edges[name] = operators[i + 1] === undefined ? heads.flatMap((names) => names.slice(0, 1)) : operators.slice(i + 1, i + 2)),
    )
    for (const names of heads) names.slice(0, -1).forEach((name, i) => (edges[name] = names.slice(i + 1, i + 2)))
    return { sources: this.#inputs.map(({ source }) => nodeOf(source.metrics)), edges }
  }

  /** Ends only when a sink's driver fails, which is a mistake of ours: the rule then stops by error, alone. */
  #runSinks(): Promise<void> {
    const { promise, reject } = Promise.withResolvers<void>()
    for (const sink of this.#sinks) sink.run().catch(reject)
    return promise
  }

  #open(node: SourceNode): Input {
    const { engine, shared, spec } = this.#parts
    const stream = streamOf(spec, node)
    if (stream.shared) {
      const subscription = shared.join(stream, node, this.#subscriber(stream), prefilterOf(spec.plan, node))
      return subscription
    }
    const reader = readerFor(engine.registry, stream)(node)
    const source = new RunningSource({
      engine,
      stream,
      owner: spec.id,
      reader: () => reader,
      consumer: this.#pipeline,
      errors: this.#errors,
    })
    return { source, ended: source.run(), leave: () => source.stop(), close: () => source.close() }
  }

  #subscriber(stream: StreamSpec): Subscriber {
    const pipeline = this.#pipeline
    const first = this.#steps[0]?.metrics[0] ?? this.#sinks[0]?.metrics[0]
    const { clock } = this.#parts.engine
    return {
      accept: (batch, token) => pipeline.accept(batch, token),
      room: () => pipeline.room(),
      releaseTokens: () => pipeline.releaseTokens(),
      unseen: (rows) => {
        if (first !== undefined) first.unseen = rows
      },
      dropped: (rows, why) => first?.fail(`buffer full, drop message from ${stream.name}: ${why}`, clock.now(), rows),
      get failing() {
        return pipeline.failing
      },
    }
  }

  #buildSteps(): readonly Step[] {
    const { engine, spec } = this.#parts
    const context: CallContext = { rule: spec.id, clock: engine.clock, startedAt: engine.clock.now(), timeZone: engine.timeZone }
    const functions = {
      find: (name: string): SqlFunction | undefined => engine.registry.find('function', name)?.function,
      names: (): Iterable<string> => engine.registry.list('function').map((d) => d.name),
    }
    const decodes = spec.streams.some((stream) => engine.registry.find('source', stream.type)?.payload === 'bytes')
    const names = nodeNames(spec.plan, decodes ? 3 : 2)
    return operatorsWithNodes(spec.plan, { functions, context, compiler: engine.compiler }).map(({ operator, nodes }) => {
      const metrics = nodes.map((planned) => new NodeMetrics(`${names.get(planned) ?? planned.op}_0`))
      const node = nodeOf(metrics.at(-1))
      const ctx = nodeContext(engine, { rule: spec.id, node, signal: this.#abort.signal, state: this.#state(node) })
      return { operator, metrics, ctx }
    })
  }

  #state(node: string): StateStore {
    let state = this.#parts.state.get(node)
    if (state === undefined) this.#parts.state.set(node, (state = new NodeState()))
    return state
  }

  async #drain(): Promise<void> {
    await Promise.all(this.#sinks.map((sink) => sink.driver.drain()))
  }
}

/** Name of a node: its key in the status without the instance. */
function nodeOf(metrics: NodeMetrics | undefined): string {
  const key = metrics?.key ?? ''
  return key.slice(0, key.lastIndexOf('_'))
}

function streamOf(spec: RuleSpec, node: SourceNode): StreamSpec {
  const stream = spec.streams.find(({ name }) => name === node.stream)
  if (stream === undefined) throw new Error(`rule ${spec.id} has no stream ${node.stream}`)
  return stream
}
