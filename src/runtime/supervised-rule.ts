import { Backoff } from '../base/backoff.ts'
import { toPlutinoError } from '../base/errors.ts'
import type { NodeState } from './context.ts'
import { describe } from './error-path.ts'
import type { RowFate } from './explain-why/fates.ts'
import type { RuleMetrics } from './metrics.ts'
import type { TableRow } from '../operators/join/table-join.ts'
import type { Rule, Topology } from './rule.ts'
import { RuleRun } from './rule-run.ts'
import type { EngineParts } from './running-source.ts'
import type { SharedSources } from './shared-source.ts'
import type { RuleSpec, RuleState, RuleStatus } from './spec.ts'

/** A rule with its state machine: starts and stops runs one after another, restarts a run that failed as the rule's strategy says. */
export class SupervisedRule implements Rule {
  readonly id: string
  readonly #engine: EngineParts
  readonly #shared: SharedSources
  readonly #tell: ((fate: RowFate) => void) | undefined
  readonly #state = new Map<string, NodeState>()
  #current: RuleState = 'stopped'
  #message = ''
  #lastError = ''
  #started = 0
  #stopped = 0
  #run: RuleRun | undefined
  #metrics: readonly RuleMetrics[] = []
  #topology: Topology | undefined
  #cancelRestart: (() => void) | undefined
  /** Starts and stops happen one after another, in the order of the calls. */
  #queue: Promise<void> = Promise.resolve()

  constructor(id: string, engine: EngineParts, shared: SharedSources, tell?: (fate: RowFate) => void) {
    this.id = id
    this.#engine = engine
    this.#shared = shared
    this.#tell = tell
  }

  get state(): RuleState {
    return this.#current
  }

  get lastError(): string {
    const failed = this.#metrics
      .filter((node) => node.lastException !== '')
      .toSorted((a, b) => b.lastExceptionTime - a.lastExceptionTime)[0]
    return failed?.lastException ?? this.#lastError
  }

  get errorCount(): number {
    return this.#metrics.reduce((sum, node) => sum + node.exceptions, 0)
  }

  start(spec: RuleSpec): Promise<void> {
    return this.#next(async () => {
      if (this.#current === 'running') return
      this.#cancelRestart?.()
      const { attempts: _, ...pauses } = spec.options.restartStrategy
      const backoff = new Backoff({
        first: pauses.delay,
        multiplier: pauses.multiplier,
        longest: pauses.maxDelay,
        jitter: pauses.jitterFactor,
      })
      this.#begin(spec, backoff)
    })
  }

  stop(message = 'canceled manually'): Promise<void> {
    return this.#next(async () => {
      this.#cancelRestart?.()
      this.#cancelRestart = undefined
      if (this.#current === 'stopped') return
      await this.#end('stopped', message)
    })
  }

  forget(): void {
    this.#engine.checkpoints?.drop(this.id)
    this.#state.clear()
  }

  status(): RuleStatus {
    const head: [string, string | number][] = [
      ['status', this.#current],
      ['message', this.#message],
      ['lastStartTimestamp', this.#started],
      ['lastStopTimestamp', this.#stopped],
      ['nextStartTimestamp', 0],
    ]
    return Object.fromEntries([...head, ...this.#metrics.flatMap((node) => node.entries())])
  }

  topology(): Topology | undefined {
    return this.#topology
  }

  tableRows(): readonly TableRow[] {
    return this.#run?.tableRows() ?? []
  }

  #next(step: () => Promise<void>): Promise<void> {
    const result = this.#queue.then(step)
    this.#queue = result.catch(() => {})
    return result
  }

  #begin(spec: RuleSpec, backoff: Backoff): void {
    this.#current = 'starting'
    this.#message = ''
    this.#lastError = ''
    this.#started = this.#engine.clock.now()
    try {
      const tell = this.#tell === undefined ? {} : { tell: this.#tell }
      const run = new RuleRun({ engine: this.#engine, shared: this.#shared, spec, state: this.#state, ...tell })
      this.#run = run
      const ended = run.start()
      this.#metrics = run.metrics()
      this.#topology = run.topology()
      this.#current = 'running'
      this.#engine.log.info('rule started', { rule: this.id })
      ended.then(
        () => this.#finished(run),
        (error: unknown) => this.#failed(run, error, { spec, backoff }),
      )
    } catch (error) {
      this.#failed(this.#run, error, { spec, backoff })
    }
  }

  #finished(run: RuleRun): void {
    void this.#next(async () => {
      if (this.#run === run) await this.#end('stopped', 'done')
    })
  }

  #failed(run: RuleRun | undefined, error: unknown, again: { readonly spec: RuleSpec; readonly backoff: Backoff }): void {
    const text = describe(toPlutinoError(error))
    void this.#next(async () => {
      if (this.#run !== run || this.#current === 'stopped') return
      await this.#end('stopped by error', text)
      this.#lastError = text
      this.#engine.log.error(`rule stopped by error: ${text}`, { rule: this.id })
      if (again.backoff.failures >= again.spec.options.restartStrategy.attempts) return
      this.#cancelRestart = this.#engine.clock.after(again.backoff.next(), () => {
        void this.#next(async () => {
          if (this.#current === 'stopped by error') this.#begin(again.spec, again.backoff)
        })
      })
    })
  }

  async #end(state: RuleState, message: string): Promise<void> {
    const run = this.#run
    this.#current = 'stopping'
    this.#run = undefined
    await run?.stop()
    this.#current = state
    this.#message = message
    this.#stopped = this.#engine.clock.now()
    if (state === 'stopped') this.#engine.log.info('rule stopped', { rule: this.id, reason: message })
  }
}
