import type { StreamContext } from '../../api/context.ts'
import type { CallPlace } from '../../api/function.ts'
import type { PluginFunction } from '../../api/plugin.ts'
import { PlutinoError, toPlutinoError } from '../../base/errors.ts'
import type { WireReader } from '../abi/wire.ts'
import type { CallList } from '../guest/messages.ts'
import { firstCall } from '../instance/call-list.ts'
import { InOrder } from '../instance/in-order.ts'
import { MemoryState } from '../instance/memory-state.ts'
import type { PluginInstance } from '../instance/plugin-instance.ts'
import type { PluginCode } from '../plugin-code.ts'
import type { Prepared, Use } from '../swap/plugin-line.ts'
import { UseMetrics } from '../swap/use-metrics.ts'
import { CallAnswers } from './call-answers.ts'
import { type CallInstance, CurrentInstance } from './current-instance.ts'
import { Places } from './places.ts'
import { type Restore, TrialCalls } from './trial-calls.ts'

/** Something of an instance that the next one goes on with: the groups of an aggregate function. */
export interface Kept {
  /** Reads it from an instance. Gives what puts it into another one. */
  handOver(call: CallInstance): Promise<Restore>
}

/**
 * The functions of one plugin in one rule: one instance for all places. Another version takes over between two calls, with all groups; when
 * its first calls fail, the version before takes over again. Ends when the rule stops.
 */
export class FunctionUse implements Use<PluginCode> {
  readonly kind = 'function'
  readonly metrics = new UseMetrics()
  readonly #ctx: StreamContext
  readonly #places = new Places()
  /** The nodes that use it. */
  readonly #nodes = new Set<StreamContext>()
  readonly #kept = new Set<Kept>()
  readonly #order = new InOrder()
  readonly #current: CurrentInstance
  readonly #trial: TrialCalls

  constructor(code: PluginCode, ctx: StreamContext) {
    this.#ctx = ctx
    this.#current = new CurrentInstance(code, { ctx, places: this.#places, metrics: this.metrics })
    this.#trial = new TrialCalls(ctx, this.metrics, this.#current)
    this.#nodes.add(ctx)
    code.line.uses.add(this)
    ctx.signal.addEventListener('abort', () => void this.#end(), { once: true })
  }

  get rule(): string {
    return this.#ctx.rule
  }

  get node(): string {
    return this.#ctx.node
  }

  get code(): PluginCode {
    return this.#current.code
  }

  /** Changes with every new instance that does not go on with what the one before had in memory. */
  get generation(): number {
    return this.#current.generation
  }

  /** Why the last instance that ended did; empty: none has. */
  get because(): string {
    return this.#current.because
  }

  /** Rejects with `config_invalid` when the guest does not take the arguments of this place. */
  async prepareCall(of: PluginFunction, place: CallPlace, ctx: StreamContext): Promise<void> {
    this.#nodes.add(ctx)
    await this.#order.run(async () => {
      const { count } = this.#places
      this.#places.add(of, place)
      const { alive } = this.#current
      if (alive === undefined) await this.#current.start()
      else await this.#current.prepare(alive, count)
    })
  }

  keep(kept: Kept): void {
    this.#kept.add(kept)
  }

  /** What the guest has in memory goes into the state of all nodes that use it. Rejects when it does not tell; the next call goes on all the same. */
  checkpoint(): Promise<void> {
    return this.#order.run(() => this.#current.checkpoint(this.#nodes))
  }

  /** A call that gives a `result`: the reader stands behind its `ok`. Rejects with what the guest gave as error, or why it ended. */
  call(interfaceName: string, functionName: string, args: Uint8Array<ArrayBuffer>): Promise<WireReader> {
    return this.#order.run(() => this.#trial.call({ interface: interfaceName, function: functionName, args }))
  }

  /**
   * Calls that follow each other without coming back in between. `generation`: that of the instance which they are meant for; several calls are
   * made of no other. Gives the answers of those that were made, which may be fewer: the caller makes the others again.
   */
  callAll(list: CallList, generation: number): Promise<CallAnswers> {
    return this.#order.run(async () => {
      if (list.calls.length > 1 && generation !== this.generation) return CallAnswers.none()
      if (this.#trial.over) return this.#current.callAll(list)
      try {
        return CallAnswers.one(await this.#trial.call(firstCall(list)))
      } catch (error) {
        return CallAnswers.failed(toPlutinoError(error))
      }
    })
  }

  /** What `read` finds in a result; what it finds wrong there is told of the plugin and the function, and costs the instance. */
  reading<T>(functionName: string, read: () => T): T {
    try {
      return read()
    } catch (cause) {
      const { code, message } = toPlutinoError(cause)
      const error = new PlutinoError(code, `plugin ${this.code.name} in ${functionName} ${message}`, { cause })
      this.#current.condemn(error)
      // the next call tries again, and says why it cannot
      void this.#order.run(() => this.#trial.condemn(error)).catch(() => {})
      throw error
    }
  }

  /** Also for functions without a result. */
  async send(interfaceName: string, functionName: string, args: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#order.run(async () => {
      const { alive } = this.#current
      if (alive === undefined) return
      this.#trial.note({ interface: interfaceName, function: functionName, args })
      await this.#current.watched(alive.call(interfaceName, functionName, args))
    })
  }

  async prepare(next: PluginCode): Promise<Prepared> {
    if (next === this.code) return { commit: () => Promise.resolve(), cancel: () => Promise.resolve() }
    if (this.#current.alive === undefined) {
      return { commit: () => this.#order.run(() => this.#takeOver(next)), cancel: () => Promise.resolve() }
    }
    const ready = this.#places.count
    const instance = await this.#prepared(next)
    return { commit: () => this.#order.run(() => this.#handOver(next, instance, ready)), cancel: () => next.dispose(instance) }
  }

  /** Nothing ran when the version was prepared; a call may have started an instance of the one before since then. */
  async #takeOver(next: PluginCode): Promise<void> {
    if (this.#current.alive === undefined) {
      this.#move(next, undefined, [])
      return
    }
    await this.#handOver(next, await this.#prepared(next), this.#places.count)
  }

  /** An instance that knows the places of now. */
  async #prepared(code: PluginCode): Promise<PluginInstance> {
    const instance = this.#current.instanceOf(code)
    try {
      await this.#places.prepare(instance, code)
      return instance
    } catch (error) {
      await code.dispose(instance)
      throw error
    }
  }

  async #handOver(next: PluginCode, instance: PluginInstance, ready: number): Promise<void> {
    const { code, alive: old } = this.#current
    if (this.#ctx.signal.aborted) return next.dispose(instance)
    let before: PluginInstance | undefined
    try {
      await new MemoryState(code).save(old, this.#ctx)
      const restores = old?.alive === true ? await this.#save(old) : []
      instance.takeState()
      await this.#places.prepare(instance, next, ready)
      await new MemoryState(next).restore(instance, this.#ctx)
      for (const restore of restores) await restore(this.#current.callerOf(instance))
      before = this.#move(next, instance, restores)
    } catch (error) {
      await next.dispose(instance)
      throw error
    }
    await code.dispose(before)
  }

  async #save(instance: PluginInstance): Promise<readonly Restore[]> {
    const restores: Restore[] = []
    for (const kept of this.#kept) restores.push(await kept.handOver(this.#current.callerOf(instance)))
    return restores
  }

  /** Gives the instance before. */
  #move(next: PluginCode, instance: PluginInstance | undefined, restores: readonly Restore[]): PluginInstance | undefined {
    const { code } = this
    const before = this.#current.replace(next, instance)
    this.#trial.begin(next, code, restores)
    return before
  }

  async #end(): Promise<void> {
    this.code.line.uses.delete(this)
    await this.#current.end()
  }
}
