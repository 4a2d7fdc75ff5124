import { PlutinoError } from '../base/errors.ts'
import type { StateStore } from '../api/context.ts'
import type { RowBatch } from '../data/batch.ts'
import type { SourceNode } from '../plan/nodes.ts'
import type { Next } from './build-operators.ts'
import type { Token } from './confirmations.ts'
import { NodeState } from './context.ts'
import { ErrorPath } from './error-path.ts'
import { InTurn } from './in-turn.ts'
import type { NodeMetrics } from './metrics.ts'
import { Pipeline, type Step } from './pipeline.ts'
import { ProcessingTime, type RuleTime } from './processing-time.ts'
import type { Topology } from './rule.ts'
import { type Input, type InputParts, openInput } from './rule-inputs.ts'
import { ruleSteps } from './rule-steps.ts'
import type { EngineParts } from './running-source.ts'
import { type RunningSink, runSink } from './running-sink.ts'
import type { SharedSources } from './shared-source.ts'
import type { RuleSpec } from './spec.ts'
import { topologyOf } from './topology.ts'

/** How long a rule that stops may take to write what is in flight, in milliseconds. */
const GRACE_MS = 1_200

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
  readonly #graph: { readonly steps: readonly Step[]; readonly entries: ReadonlyMap<number, Next | undefined> }
  readonly #pipeline: Pipeline
  readonly #errors: ErrorPath
  readonly #turn = new InTurn()
  readonly #abort = new AbortController()
  /** Rejects when the rule cannot go on. */
  readonly #broken = Promise.withResolvers<never>()
  #failed = false
  #time: RuleTime | undefined
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
    this.#graph = ruleSteps({ engine, spec, state: (node) => this.#state(node), signal: this.#abort.signal })
    this.#pipeline = new Pipeline({ ...this.#graph, sinks: this.#sinks.map((sink) => sink.driver), errors: this.#errors })
    // Whoever waits gets it; a rule that fails before its start is not left without one.
    this.#broken.promise.catch(() => {})
  }

  /** Starts everything. `ended` resolves when every source has ended and all rows are written; rejects when the rule cannot go on. */
  start(): Promise<void> {
    this.#time = this.#startTime()
    for (const sink of this.#sinks) sink.run().catch((error: unknown) => this.#fail(error))
    this.#inputs = this.#parts.spec.plan.sources.map((node) => openInput(this.#inputParts(node)))
    const ended = Promise.all(this.#inputs.map((input) => input.ended)).then(() => this.#drain())
    return Promise.race([ended, this.#broken.promise])
  }

  /** Stops reading, writes what is in flight as long as the grace period lasts, acknowledges, closes. */
  async stop(): Promise<void> {
    await Promise.all(this.#inputs.map((input) => input.leave()))
    this.#time?.close()
    await Promise.race([this.#drain(), this.#parts.engine.clock.sleep(GRACE_MS)])
    this.#abort.abort(new PlutinoError('unavailable', 'the rule was stopped'))
    await Promise.allSettled(this.#sinks.map((sink) => sink.driver.close()))
    await Promise.allSettled(this.#inputs.map((input) => input.close()))
  }

  metrics(): readonly NodeMetrics[] {
    return [...this.#inputs, ...this.#graph.steps, ...this.#sinks].flatMap(({ metrics }) => metrics)
  }

  topology(): Topology {
    return topologyOf({ inputs: this.#inputs, ...this.#graph, sinks: this.#sinks })
  }

  #startTime(): RuleTime {
    const pipeline = this.#pipeline
    if (!pipeline.timed) return { accept: (port, batch, token) => pipeline.accept(port, batch, token), close: () => {} }
    const { engine, spec } = this.#parts
    const fail = (error: unknown): void => this.#fail(error)
    return new ProcessingTime({ pipeline, turn: this.#turn, clock: engine.clock, sources: spec.plan.sources, fail })
  }

  #inputParts(node: SourceNode): InputParts {
    const pipeline = this.#pipeline
    const entry = this.#graph.entries.get(node.place)
    const after = entry === undefined ? this.#sinks[0] : this.#graph.steps[entry.step]
    return {
      ...this.#parts,
      node,
      errors: this.#errors,
      first: after?.metrics[0],
      consumer: {
        accept: (batch, token) => this.#accept(node.place, batch, token),
        room: () => pipeline.room(),
        releaseTokens: () => pipeline.releaseTokens(),
        get failing() {
          return pipeline.failing
        },
      },
    }
  }

  /** An operator that throws ends this rule, not the source that others read too. */
  #accept(port: number, batch: RowBatch, token: Token | undefined): void | Promise<void> {
    try {
      return this.#turn.run(() => this.#take(port, batch, token))?.catch((error: unknown) => this.#fail(error))
    } catch (error) {
      this.#fail(error)
    }
  }

  #take(port: number, batch: RowBatch, token: Token | undefined): void | Promise<void> {
    if (!this.#failed) return this.#time?.accept(port, batch, token)
  }

  #fail(error: unknown): void {
    this.#failed = true
    this.#broken.reject(error instanceof Error ? error : new Error(String(error)))
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
