import type { StreamContext } from '../../api/context.ts'
import { PlutinoError, toPlutinoError } from '../../base/errors.ts'
import type { GuestConfig } from '../guest-config.ts'
import { InOrder } from '../instance/in-order.ts'
import { MemoryState } from '../instance/memory-state.ts'
import type { PluginCode } from '../plugin-code.ts'
import type { Prepared, Use } from './plugin-line.ts'
import { Instances, type Seated, type SeatParts, type Setup } from './instances.ts'
import { isElsewhere, Trial } from './trial.ts'
import { UseMetrics } from './use-metrics.ts'

interface OnTrial<Config> {
  readonly trial: Trial
  readonly before: Setup<Config>
}

/**
 * The place of a plugin in one node of a rule, with one instance at a time. When the plugin gets another version, the instance of that is
 * made beside and takes over between two calls; when its first calls fail, the version before takes over again and repeats the call.
 */
export class Seat<Config extends GuestConfig, Ready> implements Use<PluginCode> {
  readonly metrics = new UseMetrics()
  readonly #parts: SeatParts<Config, Ready>
  readonly #order = new InOrder()
  readonly #instances: Instances<Config, Ready>
  #setup: Setup<Config>
  #seated: Seated<Config, Ready> | undefined
  #onTrial: OnTrial<Config> | undefined
  /** While it may have an instance. */
  #ctx: StreamContext | undefined

  constructor(parts: SeatParts<Config, Ready>) {
    this.#parts = parts
    this.#setup = parts
    this.#instances = new Instances(parts, this.metrics)
  }

  get kind(): 'source' | 'sink' {
    return this.#parts.interface
  }

  get rule(): string {
    return this.#ctx?.rule ?? ''
  }

  get node(): string {
    return this.#ctx?.node ?? ''
  }

  get code(): PluginCode {
    return this.#setup.code
  }

  /** A new instance, so that nothing of a failed one is left. */
  connect(ctx: StreamContext): Promise<void> {
    return this.#order.run(async () => {
      await this.#save(ctx)
      await this.#discard()
      this.#enter(ctx)
      try {
        this.#seated = await this.#instances.start(ctx, this.#setup)
      } catch (error) {
        if (!this.#condemns(ctx, error)) throw error
        await this.#goBack(ctx, toPlutinoError(error))
      }
    })
  }

  /**
   * Calls the guest; `work` may be called twice, the second time with the version before. Rejects when no instance runs. `divisible`: what is
   * refused comes again in parts.
   */
  run<T>(ctx: StreamContext, work: (seated: Seated<Config, Ready>) => Promise<T>, divisible = false): Promise<T> {
    return this.#order.run(async () => {
      if (ctx.signal.aborted) throw new PlutinoError('plugin_failed', `plugin ${this.code.name} was closed`)
      const seated = this.#alive()
      try {
        const result = await work(seated)
        if (this.#onTrial !== undefined) this.#passed(this.#onTrial.trial)
        return result
      } catch (error) {
        if (!this.#condemns(ctx, error, divisible)) throw error
        return work(await this.#goBack(ctx, toPlutinoError(error)))
      }
    })
  }

  /** A call that no failure of the version is derived from; does nothing when no instance runs. */
  tell(work: (seated: Seated<Config, Ready>) => Promise<unknown>): Promise<void> {
    return this.#order.run(async () => {
      if (this.#seated?.instance.alive === true) await work(this.#seated)
    })
  }

  /** What the guest has in memory goes into the state of the node. Rejects when it does not tell; does nothing when no instance runs. */
  checkpoint(): Promise<void> {
    return this.tell(async ({ code, instance }) => {
      if (this.#ctx !== undefined) await new MemoryState(code).take(instance, [this.#ctx])
    })
  }

  /** Safe to call twice. */
  close(): Promise<void> {
    return this.#order.run(async () => {
      const ctx = this.#ctx
      this.#ctx = undefined
      this.code.line.uses.delete(this)
      const seated = this.#seated
      this.#seated = undefined
      if (seated === undefined) return
      if (ctx !== undefined) await new MemoryState(seated.code).save(seated.instance, ctx)
      await this.#instances.end(seated)
    })
  }

  async prepare(next: PluginCode): Promise<Prepared> {
    const ctx = this.#ctx
    if (ctx === undefined || next === this.code) return NOTHING
    const setup = { code: next, config: this.#parts.configFor(next) }
    if (this.#seated?.instance.alive !== true) {
      return { commit: () => this.#order.run(() => this.#takeOver(ctx, setup)), cancel: nothing }
    }
    const candidate = await this.#instances.configured(ctx, setup)
    return {
      commit: () => this.#order.run(() => this.#handOver(ctx, candidate)),
      cancel: () => candidate.code.dispose(candidate.instance),
    }
  }

  /** Registers itself, and follows versions that came while it did not run. */
  #enter(ctx: StreamContext): void {
    this.#ctx = ctx
    const { line } = this.code
    const missed = line.current
    if (missed !== this.code) this.#setup = { code: missed, config: this.#parts.configFor(missed) }
    line.uses.add(this)
    const before = line.before(this.code)
    if (before === undefined || this.#onTrial !== undefined) return
    this.#onTrial = { trial: new Trial(), before: { code: before, config: this.#parts.configFor(before) } }
  }

  /** Nothing ran when the version was prepared; the node may have connected since then. */
  async #takeOver(ctx: StreamContext, next: Setup<Config>): Promise<void> {
    if (next.code === this.code) return
    if (this.#seated?.instance.alive !== true) return this.#move(next)
    await this.#handOver(ctx, await this.#instances.configured(ctx, next))
  }

  async #handOver(ctx: StreamContext, next: Seated<Config, Ready>): Promise<void> {
    const old = this.#seated
    // a node that connects after the move has begun has the version already, and has it on trial
    if (this.#ctx !== ctx || ctx.signal.aborted || next.code === this.code) return next.code.dispose(next.instance)
    await this.#save(ctx)
    if (old !== undefined && this.#parts.alone) await this.#instances.end(old)
    try {
      next.instance.takeState()
      await this.#instances.open(ctx, next)
    } catch (error) {
      await next.code.dispose(next.instance)
      if (!isElsewhere(toPlutinoError(error))) {
        if (this.#parts.alone) this.#seated = await this.#instances.start(ctx, this.#setup)
        throw error
      }
      // it is tried again as the node tries it after every lost connection
      if (old !== undefined && !this.#parts.alone) await this.#instances.end(old)
      this.#seated = undefined
      this.#move(next)
      return
    }
    this.#seated = next
    this.#move(next)
    if (old !== undefined && !this.#parts.alone) void this.#instances.end(old)
  }

  #move(next: Setup<Config>): void {
    const before = this.#setup
    this.#setup = { code: next.code, config: next.config }
    this.#onTrial = next.code.line.before(next.code) === before.code ? { trial: new Trial(), before } : undefined
  }

  #passed(trial: Trial): void {
    trial.passed()
    if (trial.over) this.#onTrial = undefined
  }

  #condemns(ctx: StreamContext, error: unknown, divisible = false): boolean {
    return !ctx.signal.aborted && this.#onTrial?.trial.condemns(toPlutinoError(error), divisible) === true
  }

  async #goBack(ctx: StreamContext, error: PlutinoError): Promise<Seated<Config, Ready>> {
    const bad = this.code
    const before = this.#onTrial?.before ?? this.#setup
    this.#onTrial = undefined
    this.#setup = before
    ctx.log.error(`version ${bad.version} of plugin ${bad.name} failed its first calls: version ${before.code.version} takes over again`, {
      plugin: bad.name,
      error: error.message,
    })
    this.metrics.lastRollback = `version ${bad.version}: ${error.message}`
    bad.line.condemn(bad, error)
    await this.#discard()
    const seated = await this.#instances.start(ctx, before)
    this.#seated = seated
    return seated
  }

  async #save(ctx: StreamContext): Promise<void> {
    if (this.#seated !== undefined) await new MemoryState(this.#seated.code).save(this.#seated.instance, ctx)
  }

  #alive(): Seated<Config, Ready> {
    if (this.#seated?.instance.alive === true) return this.#seated
    // it may have ended in a call whose failure nobody heard, such as a commit
    throw this.#seated?.instance.failure ?? new PlutinoError('plugin_failed', `plugin ${this.code.name} does not run`)
  }

  async #discard(): Promise<void> {
    const seated = this.#seated
    this.#seated = undefined
    await seated?.code.dispose(seated.instance)
  }
}

const nothing = (): Promise<void> => Promise.resolve()
const NOTHING: Prepared = { commit: nothing, cancel: nothing }
