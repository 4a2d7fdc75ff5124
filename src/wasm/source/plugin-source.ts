import type { StreamContext } from '../../api/context.ts'
import type { Offset, Source, SourceBatch } from '../../api/source.ts'
import { PlutinoError, toPlutinoError } from '../../base/errors.ts'
import { WireReader, WireWriter } from '../abi/wire.ts'
import { MemoryState } from '../instance/memory-state.ts'
import type { PluginInstance } from '../instance/plugin-instance.ts'
import type { PluginCode } from '../plugin-code.ts'
import type { GuestConfig } from '../guest-config.ts'
import { type Collected, MessageReader, part } from './messages.ts'

/** How long one `collect` may wait for messages: a commit waits behind it. */
const WAIT_MS = 200
const OFFSET = 'plugin offset'

/**
 * A source that a plugin implements. Every `connect` starts a new instance, which goes on behind the last message that was read; after a
 * restart of the rule behind the last one that was committed.
 */
export class PluginSource implements Source {
  readonly #code: PluginCode
  readonly #config: GuestConfig
  readonly #dataSource: string
  readonly #memory: MemoryState
  readonly #reader: MessageReader
  #instance: PluginInstance | undefined
  /** Read from the guest and not handed over yet. */
  #left: Collected | undefined
  #reached: string | undefined
  #ctx: StreamContext | undefined
  #ended = false

  constructor(code: PluginCode, config: GuestConfig, dataSource: string) {
    this.#code = code
    this.#config = config
    this.#dataSource = dataSource
    this.#memory = new MemoryState(code)
    this.#reader = new MessageReader(code.environment.contract, code.environment.cells)
  }

  async connect(ctx: StreamContext, from?: Offset): Promise<void> {
    const stored = from ?? this.#reached ?? ctx.state.get(OFFSET)
    if (typeof stored === 'string') this.#reached = stored
    await this.#memory.save(this.#instance, ctx)
    await this.#discard()
    this.#ctx = ctx
    this.#left = undefined
    this.#ended = false
    this.#instance = this.#code.instantiate(ctx, this.#config)
    try {
      await this.#call(ctx, 'configure', (wire) => {
        wire.text(this.#dataSource)
        wire.text(this.#config.text)
      })
      await this.#memory.restore(this.#running(), ctx)
      await this.#call(ctx, 'open', (wire) => {
        wire.u8(typeof stored === 'string' ? 1 : 0)
        if (typeof stored === 'string') wire.text(stored)
      })
    } catch (error) {
      await this.#discard()
      throw error
    }
  }

  async read(limit: number, ctx: StreamContext): Promise<SourceBatch | undefined> {
    for (;;) {
      if (ctx.signal.aborted) throw ctx.signal.reason
      if (this.#left === undefined) {
        if (this.#ended) return undefined
        this.#left = await this.#collect(limit, ctx)
      }
      if (this.#left !== undefined) return this.#take(this.#left, limit)
    }
  }

  async commit(offset: Offset): Promise<void> {
    if (typeof offset !== 'string') return
    const ctx = this.#ctx
    const instance = this.#instance
    if (ctx === undefined) return
    ctx.state.set(OFFSET, offset)
    if (instance?.alive !== true) return
    const args = new WireWriter()
    args.text(offset)
    this.#code.environment.errors.unwrap(new WireReader(await instance.call('source', 'commit', args.take())))
  }

  async close(): Promise<void> {
    const instance = this.#instance
    if (instance?.alive === true && this.#ctx !== undefined) {
      await this.#memory.save(instance, this.#ctx)
      try {
        await instance.call('source', 'close', new Uint8Array())
      } catch {
        // it is ended anyway, and its failure has been told where it happened
      }
    }
    await this.#discard()
  }

  #take(collected: Collected, limit: number): SourceBatch {
    const { batch, rest } = part(collected, limit)
    this.#left = rest
    if (typeof batch.offset === 'string') this.#reached = batch.offset
    return batch
  }

  /** Undefined: nothing came. */
  async #collect(limit: number, ctx: StreamContext): Promise<Collected | undefined> {
    const begin = ctx.clock.now()
    const wire = await this.#collectOnce(limit, ctx)
    if (wire === undefined) return undefined
    const collected = this.#reader.read(wire, ctx.clock.now())
    this.#ended = collected.end
    if (collected.length > 0) return collected
    if (collected.offset !== undefined) this.#reached = collected.offset
    const early = WAIT_MS - (ctx.clock.now() - begin)
    // a guest that does not wait must not keep a processor busy
    if (!collected.end && early > 0) await ctx.clock.sleep(early, ctx.signal)
    return undefined
  }

  async #collectOnce(limit: number, ctx: StreamContext): Promise<WireReader | undefined> {
    try {
      return await this.#call(ctx, 'collect', (wire) => {
        wire.u32(limit)
        wire.u32(WAIT_MS)
      })
    } catch (error) {
      const problem = toPlutinoError(error)
      if (problem.code !== 'rejected' || this.#instance?.alive !== true) throw problem
      ctx.log.error(`a message could not be read and was left out: ${problem.message}`, { plugin: this.#code.name })
      return undefined
    }
  }

  #running(): PluginInstance {
    if (this.#instance?.alive === true) return this.#instance
    throw new PlutinoError('plugin_failed', `plugin ${this.#code.name} does not run`)
  }

  /** The stop of the rule ends a call that is under way, and the instance with it. */
  async #call({ signal }: StreamContext, name: string, write: (wire: WireWriter) => void): Promise<WireReader> {
    const instance = this.#running()
    const args = new WireWriter(this.#code.limits.payloadBytes, 64)
    write(args)
    const stop = (): void => {
      void instance.close()
    }
    signal.addEventListener('abort', stop, { once: true })
    try {
      const wire = new WireReader(await instance.call('source', name, args.take()))
      this.#code.environment.errors.unwrap(wire)
      return wire
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async #discard(): Promise<void> {
    const instance = this.#instance
    this.#instance = undefined
    await this.#code.dispose(instance)
  }
}
