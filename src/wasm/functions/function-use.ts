import type { StreamContext } from '../../api/context.ts'
import type { CallPlace } from '../../api/function.ts'
import type { PluginFunction } from '../../api/plugin.ts'
import { Backoff } from '../../base/backoff.ts'
import { PlutinoError, toPlutinoError } from '../../base/errors.ts'
import { WireReader, WireWriter } from '../abi/wire.ts'
import { MemoryState } from '../instance/memory-state.ts'
import type { PluginInstance } from '../instance/plugin-instance.ts'
import type { PluginCode } from '../plugin-code.ts'

interface Prepared {
  readonly of: PluginFunction
  readonly place: CallPlace
}

/**
 * The functions of one plugin in one rule: one instance for all places. When it traps, the next call gets a new one; when that goes on, after
 * pauses that grow. Ends when the rule stops.
 */
export class FunctionUse {
  readonly #code: PluginCode
  readonly #ctx: StreamContext
  readonly #memory: MemoryState
  readonly #places: Prepared[] = []
  readonly #backoff = new Backoff()
  #instance: PluginInstance | undefined
  #generation = 0
  #notBefore = 0
  #tail: Promise<unknown> = Promise.resolve()

  constructor(code: PluginCode, ctx: StreamContext) {
    this.#code = code
    this.#ctx = ctx
    this.#memory = new MemoryState(code)
    ctx.signal.addEventListener('abort', () => void this.#end(), { once: true })
  }

  /** Changes with every new instance: what an earlier one had in memory is gone. */
  get generation(): number {
    return this.#instance?.alive === true ? this.#generation : this.#generation + 1
  }

  /** Rejects with `config_invalid` when the guest does not take the arguments of this place. */
  async prepare(of: PluginFunction, place: CallPlace): Promise<void> {
    this.#places.push({ of, place })
    await this.#inTurn(async () => {
      if (this.#instance?.alive === true) await this.#prepareOne(this.#instance, { of, place })
      else await this.#start()
    })
  }

  /** A call that gives a `result`: the reader stands behind its `ok`. Rejects with what the guest gave as error, or why it ended. */
  call(interfaceName: string, functionName: string, args: Uint8Array<ArrayBuffer>): Promise<WireReader> {
    return this.#inTurn(async () => {
      const instance = this.#instance?.alive === true ? this.#instance : await this.#start()
      const wire = await this.#watched(instance.call(interfaceName, functionName, args))
      this.#backoff.reset()
      this.#code.environment.errors.unwrap(wire)
      return wire
    })
  }

  /** Also for functions without a result. */
  async send(interfaceName: string, functionName: string, args: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#instance?.alive === true) await this.#watched(this.#instance.call(interfaceName, functionName, args))
    })
  }

  async #watched(call: Promise<Uint8Array>): Promise<WireReader> {
    try {
      return new WireReader(await call)
    } catch (error) {
      const first = this.#backoff.failures === 0
      const pause = this.#backoff.next()
      this.#notBefore = this.#ctx.clock.now() + (first ? 0 : pause)
      this.#ctx.log.error('a plugin ended and is started again', { plugin: this.#code.name, error: toPlutinoError(error).message })
      throw error
    }
  }

  async #start(): Promise<PluginInstance> {
    const { clock, signal } = this.#ctx
    if (signal.aborted) throw new PlutinoError('plugin_failed', `plugin ${this.#code.name} was closed`)
    if (clock.now() < this.#notBefore)
      throw new PlutinoError(
        'plugin_failed',
        `plugin ${this.#code.name} failed and is started again in ${this.#notBefore - clock.now()} ms`,
      )
    await this.#code.dispose(this.#instance)
    const instance = this.#code.instantiate(this.#ctx, { addresses: new Map(), network: [] })
    this.#instance = instance
    this.#generation++
    try {
      for (const one of this.#places) await this.#prepareOne(instance, one)
      await this.#memory.restore(instance, this.#ctx)
      return instance
    } catch (error) {
      await this.#code.dispose(instance)
      throw error
    }
  }

  async #prepareOne(instance: PluginInstance, { of, place }: Prepared): Promise<void> {
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

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(work, work)
    this.#tail = done.catch(() => {})
    return done
  }

  /** What is under way may spin: it is ended at once, unless there is memory to save. */
  async #end(): Promise<void> {
    const instance = this.#instance
    await this.#memory.save(instance, this.#ctx)
    await this.#code.dispose(instance)
  }
}
