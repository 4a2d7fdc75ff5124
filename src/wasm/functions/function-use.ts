import type { StreamContext } from '../../api/context.ts'
import type { CallPlace } from '../../api/function.ts'
import type { PluginFunction } from '../../api/plugin.ts'
import { Backoff } from '../../base/backoff.ts'
import { PlutinoError, toPlutinoError } from '../../base/errors.ts'
import { WireReader, WireWriter } from '../abi/wire.ts'
import { InOrder } from '../instance/in-order.ts'
import { MemoryState, noted } from '../instance/memory-state.ts'
import type { PluginInstance } from '../instance/plugin-instance.ts'
import type { PluginCode } from '../plugin-code.ts'
import type { Prepared, Use } from '../swap/plugin-line.ts'
import { Trial } from '../swap/trial.ts'
import { UseMetrics } from '../swap/use-metrics.ts'

interface Prepare {
  readonly of: PluginFunction
  readonly place: CallPlace
}

interface GuestRequest {
  readonly interface: string
  readonly function: string
  readonly args: Uint8Array<ArrayBuffer>
}

/** Calls an instance; the reader stands behind the `ok` of the result. */
export type CallInstance = (interfaceName: string, functionName: string, args: Uint8Array<ArrayBuffer>) => Promise<WireReader>

type Restore = (call: CallInstance) => Promise<void>

/** Something of an instance that the next one goes on with: the groups of an aggregate function. */
export interface Kept {
  /** Reads it from an instance. Gives what puts it into another one. */
  handOver(call: CallInstance): Promise<Restore>
}

interface OnTrial {
  readonly trial: Trial
  readonly before: PluginCode
  /** What the version before knew when it ended, and what has been called since then. */
  readonly restores: readonly Restore[]
  /** Puts the state of the node back to what it was then. */
  readonly putBack: () => void
  readonly calls: GuestRequest[]
}

/**
 * The functions of one plugin in one rule: one instance for all places. When it traps, the next call gets a new one; when that goes on, after
 * pauses that grow. Another version takes over between two calls, with all groups. Ends when the rule stops.
 */
export class FunctionUse implements Use<PluginCode> {
  readonly kind = 'function'
  readonly metrics = new UseMetrics()
  readonly #ctx: StreamContext
  readonly #places: Prepare[] = []
  /** The nodes that use it. */
  readonly #nodes = new Set<StreamContext>()
  /** Something was called since its memory was saved. */
  #used = false
  readonly #kept = new Set<Kept>()
  readonly #backoff = new Backoff()
  readonly #order = new InOrder()
  #code: PluginCode
  #instance: PluginInstance | undefined
  #generation = 0
  #notBefore = 0
  /** Why the instance before ended. */
  #because = ''
  #onTrial: OnTrial | undefined

  constructor(code: PluginCode, ctx: StreamContext) {
    this.#code = code
    this.#ctx = ctx
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
    return this.#code
  }

  /** Changes with every new instance that does not go on with what the one before had in memory. */
  get generation(): number {
    return this.#instance?.alive === true ? this.#generation : this.#generation + 1
  }

  /** Rejects with `config_invalid` when the guest does not take the arguments of this place. */
  async prepareCall(of: PluginFunction, place: CallPlace, ctx: StreamContext): Promise<void> {
    this.#nodes.add(ctx)
    await this.#order.run(async () => {
      this.#places.push({ of, place })
      if (this.#instance?.alive === true) await this.#prepareOne(this.#instance, { of, place })
      else await this.#start()
    })
  }

  /** Why the last instance that ended did; empty: none has. */
  get because(): string {
    return this.#because
  }

  keep(kept: Kept): void {
    this.#kept.add(kept)
  }

  /** What the guest has in memory goes into the state of all nodes that use it. Rejects when it does not tell; the next call goes on all the same. */
  checkpoint(): Promise<void> {
    return this.#order.run(async () => {
      const instance = this.#instance
      if (!this.#used) return
      try {
        await new MemoryState(this.#code).take(instance, this.#nodes)
        this.#used = false
      } catch (error) {
        if (instance?.alive === false) this.#ended(toPlutinoError(error))
        throw error
      }
    })
  }

  /** A call that gives a `result`: the reader stands behind its `ok`. Rejects with what the guest gave as error, or why it ended. */
  call(interfaceName: string, functionName: string, args: Uint8Array<ArrayBuffer>): Promise<WireReader> {
    return this.#order.run(() => this.#tried({ interface: interfaceName, function: functionName, args }))
  }

  /** What `read` finds in a result; what it finds wrong there is told of the plugin and the function. */
  reading<T>(functionName: string, read: () => T): T {
    try {
      return read()
    } catch (error) {
      const { code, message } = toPlutinoError(error)
      throw new PlutinoError(code, `plugin ${this.#code.name} in ${functionName} ${message}`, { cause: error })
    }
  }

  /** Also for functions without a result. */
  async send(interfaceName: string, functionName: string, args: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#order.run(async () => {
      if (this.#instance?.alive !== true) return
      this.#onTrial?.calls.push({ interface: interfaceName, function: functionName, args: args.slice() })
      await this.#watched(this.#instance.call(interfaceName, functionName, args))
    })
  }

  async prepare(next: PluginCode): Promise<Prepared> {
    if (next === this.#code) return { commit: () => Promise.resolve(), cancel: () => Promise.resolve() }
    if (this.#instance?.alive !== true) {
      return { commit: () => this.#order.run(() => this.#takeOver(next)), cancel: () => Promise.resolve() }
    }
    const ready = this.#places.length
    const instance = await this.#prepared(next)
    return { commit: () => this.#order.run(() => this.#handOver(next, instance, ready)), cancel: () => next.dispose(instance) }
  }

  /** Nothing ran when the version was prepared; a call may have started an instance of the one before since then. */
  async #takeOver(next: PluginCode): Promise<void> {
    if (this.#instance?.alive !== true) return this.#move(next, [])
    await this.#handOver(next, await this.#prepared(next), this.#places.length)
  }

  /** An instance that knows the places of now. */
  async #prepared(code: PluginCode): Promise<PluginInstance> {
    const instance = code.instantiate(this.#ctx, NO_PLACES, this.metrics)
    try {
      // others may come meanwhile
      for (const one of this.#places.slice()) await this.#prepareOne(instance, one)
      return instance
    } catch (error) {
      await code.dispose(instance)
      throw error
    }
  }

  async #handOver(next: PluginCode, instance: PluginInstance, ready: number): Promise<void> {
    const [old, code] = [this.#instance, this.#code]
    if (this.#ctx.signal.aborted) return next.dispose(instance)
    try {
      await new MemoryState(code).save(old, this.#ctx)
      const restores = old?.alive === true ? await this.#save(old) : []
      instance.takeState()
      for (const one of this.#places.slice(ready)) await this.#prepareOne(instance, one)
      await new MemoryState(next).restore(instance, this.#ctx)
      for (const restore of restores) await restore(this.#callerOf(instance))
      if (old?.alive !== true) this.#generation++
      this.#instance = instance
      this.#move(next, restores)
    } catch (error) {
      await next.dispose(instance)
      throw error
    }
    await code.dispose(old)
  }

  async #save(instance: PluginInstance): Promise<readonly Restore[]> {
    const restores: Restore[] = []
    for (const kept of this.#kept) restores.push(await kept.handOver(this.#callerOf(instance)))
    return restores
  }

  #move(next: PluginCode, restores: readonly Restore[]): void {
    const before = this.#code
    this.#code = next
    this.#onTrial =
      next.line.before(next) === before ? { trial: new Trial(), before, restores, putBack: noted(this.#ctx), calls: [] } : undefined
  }

  async #tried(request: GuestRequest): Promise<WireReader> {
    const tried = this.#onTrial
    if (tried === undefined) return this.#once(request)
    const copy = { ...request, args: request.args.slice() }
    try {
      const wire = await this.#once(request)
      tried.calls.push(copy)
      tried.trial.passed()
      if (tried.trial.over) this.#onTrial = undefined
      return wire
    } catch (error) {
      if (this.#ctx.signal.aborted || !tried.trial.condemns(toPlutinoError(error))) throw error
      await this.#goBack(tried, toPlutinoError(error))
      return this.#once(copy)
    }
  }

  async #goBack({ before, restores, putBack, calls }: OnTrial, error: PlutinoError): Promise<void> {
    const bad = this.#code
    this.#ctx.log.error(`version ${bad.version} of plugin ${bad.name} failed its first calls: version ${before.version} takes over again`, {
      plugin: bad.name,
      error: error.message,
    })
    this.metrics.lastRollback = `version ${bad.version}: ${error.message}`
    await bad.dispose(this.#instance)
    this.#onTrial = undefined
    this.#code = before
    bad.line.condemn(bad, error)
    this.#backoff.reset()
    this.#notBefore = 0
    putBack()
    const generation = this.#generation
    const call = this.#callerOf(await this.#start())
    for (const restore of restores) await restore(call)
    for (const one of calls) await call(one.interface, one.function, one.args).catch(() => {})
    this.#generation = generation
  }

  async #once(request: GuestRequest): Promise<WireReader> {
    const instance = this.#instance?.alive === true ? this.#instance : await this.#start()
    const wire = await this.#watched(instance.call(request.interface, request.function, request.args))
    this.#backoff.reset()
    this.#code.environment.errors.unwrap(wire)
    return wire
  }

  #callerOf(instance: PluginInstance): CallInstance {
    return async (interfaceName, functionName, args) => {
      const wire = new WireReader(await instance.call(interfaceName, functionName, args))
      this.#code.environment.errors.unwrap(wire)
      return wire
    }
  }

  async #watched(call: Promise<Uint8Array>): Promise<WireReader> {
    this.#used = true
    try {
      return new WireReader(await call)
    } catch (error) {
      this.#ended(toPlutinoError(error))
      throw error
    }
  }

  #ended({ message }: PlutinoError): void {
    this.#because = message
    const first = this.#backoff.failures === 0
    const pause = this.#backoff.next()
    this.#notBefore = this.#ctx.clock.elapsed() + (first ? 0 : pause)
    this.#ctx.log.error('a plugin ended and is started again', { plugin: this.#code.name, error: message })
  }

  async #start(): Promise<PluginInstance> {
    const { clock, signal } = this.#ctx
    if (signal.aborted) throw new PlutinoError('plugin_failed', `plugin ${this.#code.name} was closed`)
    if (clock.elapsed() < this.#notBefore)
      throw new PlutinoError(
        'plugin_failed',
        `plugin ${this.#code.name} failed and is started again in ${Math.ceil(this.#notBefore - clock.elapsed())} ms; it failed because: ${this.#because}`,
      )
    await this.#code.dispose(this.#instance)
    const instance = this.#code.instantiate(this.#ctx, NO_PLACES, this.metrics)
    this.#instance = instance
    this.#generation++
    try {
      for (const one of this.#places) await this.#prepareOne(instance, one)
      await new MemoryState(this.#code).restore(instance, this.#ctx)
      return instance
    } catch (error) {
      await this.#code.dispose(instance)
      throw error
    }
  }

  async #prepareOne(instance: PluginInstance, { of, place }: Prepare): Promise<void> {
    const wire = await this.#watched(instance.call(of.interface, 'prepare', this.#prepareArgs(of, place)))
    if (wire.u8() !== 0) throw new PlutinoError('config_invalid', `function ${of.name}: ${wire.text()}`)
  }

  #prepareArgs(of: PluginFunction, { place, args }: CallPlace): Uint8Array<ArrayBuffer> {
    const wire = new WireWriter()
    wire.u32(of.index)
    wire.u32(place)
    wire.u32(args.length)
    const { constant, expression } = this.#code.environment.argumentTags
    for (const arg of args) {
      if ('constant' in arg) {
        wire.u8(constant)
        this.#code.environment.cells.write(wire, arg.constant)
      } else {
        wire.u8(expression)
        wire.text(arg.expression)
      }
    }
    return wire.take()
  }

  /** What is under way may spin: it is ended at once, unless there is memory to save. */
  async #end(): Promise<void> {
    const instance = this.#instance
    this.#code.line.uses.delete(this)
    await new MemoryState(this.#code).save(instance, this.#ctx)
    await this.#code.dispose(instance)
  }
}

/** Functions have no configuration that could name a place. */
const NO_PLACES = { addresses: new Map<string, string>(), network: [] }
