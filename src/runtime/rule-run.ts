import { PlutinoError, toPlutinoError } from '../base/errors.ts'
import { isStruct, type Struct, type Value } from '../data/value.ts'
import type { Offset } from '../api/source.ts'
import { RowOperator } from '../operators/row-operator.ts'
import { TableJoin, type TableRow } from '../operators/join/table-join.ts'
import type { SourceNode } from '../plan/nodes.ts'
import { type CheckpointParts, Checkpoints } from './checkpoints.ts'
import { NodeState } from './context.ts'
import { ErrorPath } from './error-path.ts'
import { ExplainWhy } from './explain-why/explain-why.ts'
import type { RowFate } from './explain-why/fates.ts'
import type { RuleMetrics } from './metrics.ts'
import { RuleCore, type RuleCoreParts } from './rule-core.ts'
import type { Topology } from './rule.ts'
import { type Input, type InputParts, openInput } from './rule-inputs.ts'
import { RulePort } from './rule-port.ts'
import { type RuleGraph, ruleSteps } from './rule-steps.ts'
import type { EngineParts } from './running-source.ts'
import type { RowConsumer } from './source-driver.ts'
import { type RunningSink, runSink } from './running-sink.ts'
import type { SharedSources } from './shared-source.ts'
import type { RuleSpec } from './spec.ts'
import { topologyOf } from './topology.ts'

/** A rule whose state is kept over the end of the process. */
function isSaved({ options, temp }: RuleSpec): boolean {
  return options.qos > 0 && temp !== true
}

/** How long a rule that stops may take to write what is in flight, in milliseconds. */
const GRACE_MS = 1_200

export interface RuleRunParts {
  readonly engine: EngineParts
  readonly shared: SharedSources
  readonly spec: RuleSpec
  /** State of the rule's nodes, by name: outlives the run. */
  readonly state: Map<string, NodeState>
  /** Is told what becomes of each row; the plan has marks. */
  readonly tell?: (fate: RowFate) => void
}

/** One run of a rule, from a start to the next stop. The constructor throws when the rule cannot be built. */
export class RuleRun {
  readonly #parts: RuleRunParts
  readonly #sinks: readonly RunningSink[]
  readonly #graph: RuleGraph
  readonly #core: RuleCore
  readonly #checkpoints: Checkpoints | undefined
  readonly #errors: ErrorPath
  readonly #explain: ExplainWhy | undefined
  readonly #abort = new AbortController()
  /** Rejects when the rule cannot go on. */
  readonly #broken = Promise.withResolvers<never>()
  #inputs: readonly Input[] = []

  constructor(parts: RuleRunParts) {
    const { engine, spec } = parts
    this.#parts = parts
    // It goes on from its checkpoint and from nothing else.
    if (engine.checkpoints !== undefined && isSaved(spec)) parts.state.clear()
    this.#errors = new ErrorPath(engine.log, engine.clock, { rule: spec.id })
    this.#sinks = spec.actions.map((action, index) =>
      runSink({
        engine,
        rule: spec.id,
        index,
        action,
        sendError: spec.options.sendError,
        bufferLength: spec.options.bufferLength,
        errors: this.#errors,
        state: this.#state(`sink_${index}`),
        signal: this.#abort.signal,
      }),
    )
    const single = spec.actions[0]?.config['sendSingle'] === true
    this.#explain = parts.tell === undefined ? undefined : new ExplainWhy({ tell: parts.tell, single })
    const explain = this.#explain === undefined ? {} : { explain: this.#explain }
    this.#graph = ruleSteps({ engine, spec, state: (node) => this.#state(node), signal: this.#abort.signal, ...explain })
    this.#checkpoints = this.#makeCheckpoints()
    this.#core = new RuleCore({
      ...this.#graph,
      sinks: this.#sinks.map(({ driver }, i) => (i === 0 ? this.#explain?.sink(driver) : undefined) ?? driver),
      errors: this.#errors,
      plan: spec.plan,
      clock: engine.clock,
      ...(this.#checkpoints === undefined ? {} : this.#savedBy(this.#checkpoints)),
      fail: (error) => this.#fail(error),
    })
    // Whoever waits gets it; a rule that fails before its start is not left without one.
    this.#broken.promise.catch(() => {})
  }

  /** Starts everything. `ended` resolves when every source has ended and all rows are written; rejects when the rule cannot go on. */
  start(): Promise<void> {
    const offsets = this.#restore()
    this.#core.start()
    this.#checkpoints?.start()
    for (const sink of this.#sinks) sink.run().catch((error: unknown) => this.#fail(error))
    this.#inputs = this.#parts.spec.plan.sources.map((node) => openInput(this.#inputParts(node, offsets.get(node.place))))
    const ended = Promise.all(this.#inputs.map((input) => input.ended)).then(() => this.#last())
    return Promise.race([ended, this.#broken.promise])
  }

  /** Stops reading, writes what is in flight as long as the grace period lasts, acknowledges, closes. */
  async stop(): Promise<void> {
    // What a source keeps in memory is that of its last batch: reading is not cut off.
    const goOn = await this.#halted()
    const left = Promise.all(this.#inputs.map((input) => input.leave()))
    goOn()
    // An operator may wait for what cannot be reached.
    const written = await Promise.race([
      left
        .then(() => this.#core.close())
        .then(() => this.#drain())
        .then(() => true),
      this.#parts.engine.clock.sleep(GRACE_MS).then(() => false),
    ])
    this.#core.close()
    await (written ? this.#checkpoints?.finish() : this.#checkpoints?.abandon())
    this.#abort.abort(new PlutinoError('unavailable', 'the rule was stopped'))
    await left
    await Promise.allSettled(this.#sinks.map((sink) => sink.driver.close()))
    await Promise.allSettled([...this.#inputs, ...this.#graph.lookups].map((input) => input.close()))
  }

  /** Of the nodes in their order, then of the checkpoints. */
  metrics(): readonly RuleMetrics[] {
    const { steps, eventTime } = this.#graph
    const watermark = eventTime === undefined ? [] : [eventTime]
    const saving = this.#checkpoints === undefined ? [] : [this.#checkpoints]
    return [...this.#inputs, ...watermark, ...steps, ...this.#sinks, ...saving].flatMap(
      ({ metrics }): RuleMetrics | readonly RuleMetrics[] => metrics,
    )
  }

  tableRows(): readonly TableRow[] {
    return this.#graph.steps.flatMap(({ operator }) => (operator instanceof TableJoin ? operator.content() : []))
  }

  topology(): Topology {
    return topologyOf({ inputs: this.#inputs, ...this.#graph, sinks: this.#sinks })
  }

  #inputParts(node: SourceNode, from: Offset | undefined): InputParts {
    const core = this.#core
    const accept: RowConsumer['accept'] = (batch, token) => core.accept(node.place, batch, token)
    const entry = this.#graph.entries.get(node.place)
    const step = entry === undefined ? undefined : this.#graph.steps[entry.step]
    const after = entry === undefined ? this.#sinks[0] : step
    return {
      ...this.#parts,
      node,
      ...(from === undefined ? {} : { from }),
      errors: this.#errors,
      nodeState: (name) => this.#state(name),
      consumer: new RulePort({
        pipeline: core.pipeline,
        accept: this.#explain?.source(node, accept) ?? accept,
        stream: node.stream,
        node: after?.metrics[0],
        first: this.#explain === undefined && step?.operator instanceof RowOperator && !core.timed ? step.operator : undefined,
        clock: this.#parts.engine.clock,
      }),
    }
  }

  /** Only rules with state have something to save. */
  #makeCheckpoints(): Checkpoints | undefined {
    const { engine, spec } = this.#parts
    const { steps, eventTime } = this.#graph
    const operators = steps.some(({ operator }) => operator.snapshot !== undefined || operator.gather !== undefined)
    const stateful = eventTime !== undefined || operators || this.#sinks.some(({ keepsState }) => keepsState) || this.#sourcesKeepState()
    if (engine.checkpoints === undefined || !stateful || !isSaved(spec)) return undefined
    const snapshot: CheckpointParts['snapshot'] = (take) =>
      this.#whileHeld(() => this.#core.snapshot((core) => take({ core, nodes: this.#nodes() })))
    return new Checkpoints({ store: engine.checkpoints, spec, clock: engine.clock, log: engine.log, snapshot })
  }

  #sourcesKeepState(): boolean {
    const { engine, spec } = this.#parts
    return spec.plan.sources.some(({ stream }) => {
      const found = spec.streams.find(({ name }) => name === stream)
      return found?.shared === false && engine.registry.find('source', found.type)?.keepsState === true
    })
  }

  /** Sources that keep state stand between two batches, as far as they come there in time. Gives what lets them go on. */
  async #halted(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const keeping = this.#inputs.filter(({ hold }) => hold !== undefined)
    if (keeping.length === 0) return resolve
    const reached = new Promise<void>((halted) => void this.#whileHeld(() => (halted(), promise)).catch(() => halted()))
    await Promise.race([reached, this.#parts.engine.clock.sleep(GRACE_MS)])
    return resolve
  }

  /** Does the work while sources whose state is part of the rule's stand between two batches. */
  async #whileHeld(work: () => Promise<void>): Promise<void> {
    const held = await Promise.allSettled(this.#inputs.flatMap(({ hold }) => (hold === undefined ? [] : [hold()])))
    try {
      for (const one of held) if (one.status === 'rejected') throw toPlutinoError(one.reason)
      await work()
    } finally {
      for (const one of held) if (one.status === 'fulfilled') one.value()
    }
  }

  /** Nothing is offered to the sinks meanwhile. */
  async #gatherSinks(): Promise<void> {
    for (const { driver, keepsState } of this.#sinks) if (keepsState) await driver.checkpoint()
  }

  #savedBy(checkpoints: Checkpoints): Pick<RuleCoreParts, 'token' | 'entered' | 'gather'> {
    return {
      token: checkpoints.token,
      entered: (port, token) => checkpoints.enter(port, token),
      gather: () => this.#gatherSinks(),
    }
  }

  #nodes(): Struct {
    return Object.fromEntries([...this.#parts.state].map(([node, state]) => [node, state.snapshot()]))
  }

  /** Goes on from the last checkpoint. Gives the offset of each source, by its place. */
  #restore(): ReadonlyMap<number, Offset> {
    const saved = this.#checkpoints?.load()
    if (saved === undefined || !isStruct(saved.state)) return new Map()
    const { core, nodes } = saved.state
    if (core !== undefined) this.#core.restore(core)
    for (const [node, state] of Object.entries<Value>(isStruct(nodes) ? nodes : {})) if (isStruct(state)) this.#state(node).restore(state)
    return saved.offsets
  }

  /** After the end of all sources: nothing more comes, unless it is made by the clock. */
  async #last(): Promise<void> {
    if (this.#core.ticks) await new Promise(() => {})
    await this.#drain()
  }

  #fail(error: unknown): void {
    this.#broken.reject(error instanceof Error ? error : new Error(String(error)))
  }

  #state(node: string): NodeState {
    let state = this.#parts.state.get(node)
    if (state === undefined) this.#parts.state.set(node, (state = new NodeState()))
    return state
  }

  async #drain(): Promise<void> {
    await Promise.all(this.#sinks.map((sink) => sink.driver.drain()))
  }
}
