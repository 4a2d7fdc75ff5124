import type { StreamContext } from '../../api/context.ts'
import { type PlutinoError, toPlutinoError } from '../../base/errors.ts'
import { WireReader } from '../abi/wire.ts'
import type { CallList } from '../guest/messages.ts'
import { MemoryState } from '../instance/memory-state.ts'
import type { PluginInstance } from '../instance/plugin-instance.ts'
import type { PluginCode } from '../plugin-code.ts'
import type { UseMetrics } from '../swap/use-metrics.ts'
import { CallAnswers } from './call-answers.ts'
import type { Places } from './places.ts'
import { Restarts } from './restarts.ts'

export interface GuestRequest {
  readonly interface: string
  readonly function: string
  readonly args: Uint8Array<ArrayBuffer>
}

/** Calls an instance; the reader stands behind the `ok` of the result. */
export type CallInstance = (interfaceName: string, functionName: string, args: Uint8Array<ArrayBuffer>) => Promise<WireReader>

interface CurrentParts {
  readonly ctx: StreamContext
  readonly places: Places
  readonly metrics: UseMetrics
}

/** Functions have no configuration that could name a place. */
const NO_PLACES = { addresses: new Map<string, string>(), network: [] }

/** The instance that makes the calls of a rule. When it ends, the next call gets a new one; when that goes on, after pauses that grow. */
export class CurrentInstance {
  readonly #parts: CurrentParts
  readonly #restarts: Restarts
  #code: PluginCode
  #instance: PluginInstance | undefined
  #generation = 0
  /** Something was called since its memory was saved. */
  #used = false

  constructor(code: PluginCode, parts: CurrentParts) {
    this.#code = code
    this.#parts = parts
    this.#restarts = new Restarts(parts.ctx)
  }

  get code(): PluginCode {
    return this.#code
  }

  /** Undefined: it has ended, or there was none yet. */
  get alive(): PluginInstance | undefined {
    return this.#instance?.alive === true ? this.#instance : undefined
  }

  /** Changes with every new instance that does not go on with what the one before had in memory. */
  get generation(): number {
    return this.alive === undefined ? this.#generation + 1 : this.#generation
  }

  /** Why the last instance that ended did; empty: none has. */
  get because(): string {
    return this.#restarts.because
  }

  /** Rejects with what the guest gave as error, or why it ended. */
  async call(request: GuestRequest): Promise<WireReader> {
    const instance = this.alive ?? (await this.start())
    const wire = await this.watched(instance.call(request.interface, request.function, request.args))
    this.#restarts.passed()
    return this.#result(wire)
  }

  /** The answers of the calls that were made: none when it is not known in which of them the instance ended. Never rejects. */
  async callAll(list: CallList): Promise<CallAnswers> {
    try {
      const instance = this.alive ?? (await this.start())
      this.#used = true
      const done = await instance.callAll(list)
      if (done.ends.length > 0) this.#restarts.passed()
      if (done.failure !== undefined) this.#ended(done.failure, done.unknown !== true)
      return new CallAnswers(done, (wire) => this.#code.environment.errors.unwrap(wire))
    } catch (error) {
      return CallAnswers.failed(toPlutinoError(error))
    }
  }

  /** Notes when the instance ends in this call. */
  async watched(call: Promise<Uint8Array>): Promise<WireReader> {
    this.#used = true
    try {
      return new WireReader(await call)
    } catch (error) {
      this.#ended(toPlutinoError(error))
      throw error
    }
  }

  /** What it gave cannot be: what it has in memory is no better. */
  condemn(error: PlutinoError): void {
    const { alive } = this
    if (alive === undefined) return
    alive.condemn(error)
    this.#ended(error)
  }

  callerOf(instance: PluginInstance): CallInstance {
    return async (interfaceName, functionName, args) => this.#result(new WireReader(await instance.call(interfaceName, functionName, args)))
  }

  /** Another one in the place of that which ended. */
  async start(): Promise<PluginInstance> {
    this.#restarts.check(this.#code.name)
    await this.#code.dispose(this.#instance)
    const instance = this.instanceOf(this.#code)
    this.#instance = instance
    this.#generation++
    try {
      await this.prepare(instance)
      await new MemoryState(this.#code).restore(instance, this.#parts.ctx)
      return instance
    } catch (error) {
      await this.#code.dispose(instance)
      throw error
    }
  }

  instanceOf(code: PluginCode): PluginInstance {
    const { ctx, metrics } = this.#parts
    return code.instantiate(ctx, NO_PLACES, metrics)
  }

  /** Tells its own instance of the places from `from` on. */
  async prepare(instance: PluginInstance, from = 0): Promise<void> {
    this.#used = true
    try {
      await this.#parts.places.prepare(instance, this.#code, from)
    } catch (error) {
      if (!instance.alive) this.#ended(toPlutinoError(error))
      throw error
    }
  }

  /** Another one that knows what the one before did; undefined: there was none, and the next call starts it. Gives the one before. */
  replace(code: PluginCode, instance: PluginInstance | undefined): PluginInstance | undefined {
    const before = this.#instance
    this.#code = code
    if (instance === undefined) return before
    if (this.alive === undefined) this.#generation++
    this.#instance = instance
    this.#used = true
    return before
  }

  async stop(): Promise<void> {
    await this.#code.dispose(this.#instance)
  }

  /** Another version is at its place; it is not started yet. */
  become(code: PluginCode): void {
    this.#code = code
    this.#restarts.forget()
  }

  /** Starts, and goes on with what the instance before knew, once `again` has told it. */
  async goOn(again: (call: CallInstance) => Promise<void>): Promise<void> {
    const generation = this.#generation
    await again(this.callerOf(await this.start()))
    this.#generation = generation
  }

  /** What the guest has in memory goes into the state of these nodes. Rejects when it does not tell; the next call goes on all the same. */
  async checkpoint(nodes: Iterable<StreamContext>): Promise<void> {
    const instance = this.#instance
    if (!this.#used) return
    try {
      await new MemoryState(this.#code).take(instance, nodes)
      this.#used = false
    } catch (error) {
      if (instance?.alive === false) this.#ended(toPlutinoError(error))
      throw error
    }
  }

  /** What is under way may spin: it is ended at once, unless there is memory to save. */
  async end(): Promise<void> {
    const instance = this.#instance
    await new MemoryState(this.#code).save(instance, this.#parts.ctx)
    await this.#code.dispose(instance)
  }

  #result(wire: WireReader): WireReader {
    // there are functions without a result
    if (wire.bytes.length > 0) this.#code.environment.errors.unwrap(wire)
    return wire
  }

  #ended(error: PlutinoError, counts = true): void {
    this.#restarts.ended(this.#code.name, error, counts)
  }
}
