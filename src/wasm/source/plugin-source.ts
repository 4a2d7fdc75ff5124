import type { StreamContext } from '../../api/context.ts'
import type { Offset, Source, SourceBatch } from '../../api/source.ts'
import { PlutinoError, toPlutinoError } from '../../base/errors.ts'
import type { Json } from '../../config/field.ts'
import { WireWriter } from '../abi/wire.ts'
import type { PluginCode } from '../plugin-code.ts'
import type { GuestConfig } from '../guest-config.ts'
import { Seat } from '../swap/seat.ts'
import { type Collected, MessageReader, part } from './messages.ts'
import { Refusals } from './refusals.ts'

/** How long one `collect` may wait for messages: a commit waits behind it. */
const WAIT_MS = 200
const OFFSET = 'plugin offset'

export interface SourceConfig extends GuestConfig {
  readonly dataSource: string
}

/**
 * A source that a plugin implements. Every `connect` starts a new instance, which goes on behind the last message that was read; after a
 * restart of the rule behind the last one that was committed.
 */
export class PluginSource implements Source {
  readonly #name: string
  readonly #config: SourceConfig
  readonly #seat: Seat<SourceConfig, void>
  readonly #reader: MessageReader
  readonly #refusals = new Refusals()
  /** Read from the guest and not handed over yet. */
  #left: Collected | undefined
  #reached: string | undefined
  #ctx: StreamContext | undefined
  #ended = false
  /** `read` is to return. */
  #interrupted = false

  /** `given`: the configuration before its check, from which a later version makes its own. */
  constructor(code: PluginCode, config: SourceConfig, given: Json) {
    this.#name = code.name
    this.#config = config
    this.#reader = new MessageReader(code.environment.contract, code.environment.cells)
    this.#seat = new Seat({
      interface: 'source',
      code,
      config,
      configFor: (other) => sourceFor(other, given).#config,
      configure: async (call, { dataSource, text }) => {
        await call(
          'configure',
          argumentsOf((wire) => [dataSource, text].forEach((one) => wire.text(one))),
        )
      },
      open: (call) =>
        call(
          'open',
          argumentsOf((wire) => writeOffset(wire, this.#left?.offset ?? this.#reached)),
        ),
      alone: true,
    })
  }

  async connect(ctx: StreamContext, from?: Offset): Promise<void> {
    const stored = from ?? this.#reached ?? ctx.state.get(OFFSET)
    if (typeof stored === 'string') this.#reached = stored
    this.#ctx = ctx
    this.#left = undefined
    this.#ended = false
    await this.#seat.connect(ctx)
  }

  async read(limit: number, ctx: StreamContext): Promise<SourceBatch | undefined> {
    this.#interrupted = false
    for (;;) {
      if (ctx.signal.aborted) throw ctx.signal.reason
      if (this.#left === undefined) {
        if (this.#ended) return undefined
        await this.#collect(limit, ctx)
      }
      if (this.#left !== undefined) return this.#take(this.#left, limit)
      if (this.#interrupted) return { from: 0, length: 0, time: ctx.clock.now() }
    }
  }

  async commit(offset: Offset): Promise<void> {
    if (typeof offset !== 'string' || this.#ctx === undefined) return
    this.#ctx.state.set(OFFSET, offset)
    await this.#seat.tell(({ call }) =>
      call(
        'commit',
        argumentsOf((wire) => wire.text(offset)),
      ),
    )
  }

  interrupt(): void {
    this.#interrupted = true
  }

  checkpoint(): Promise<void> {
    return this.#seat.checkpoint()
  }

  close(): Promise<void> {
    return this.#seat.close()
  }

  #take(collected: Collected, limit: number): SourceBatch {
    const { batch, rest } = part(collected, limit)
    this.#left = rest
    if (typeof batch.offset === 'string') this.#reached = batch.offset
    return batch
  }

  /** What came is in `#left` before another version may take over. */
  async #collect(limit: number, ctx: StreamContext): Promise<void> {
    const begin = ctx.clock.elapsed()
    const collected = await this.#collectOnce(limit, ctx)
    if (collected !== undefined) this.#refusals.reset()
    if (collected === undefined || collected.length > 0) return
    const early = WAIT_MS - (ctx.clock.elapsed() - begin)
    // a guest that does not wait must not keep a processor busy
    if (!collected.end && early > 0) await ctx.clock.sleep(early, ctx.signal)
  }

  async #collectOnce(limit: number, ctx: StreamContext): Promise<Collected | undefined> {
    try {
      return await this.#seat.run(ctx, async ({ call }) => {
        const collected = this.#reader.read(
          await call(
            'collect',
            argumentsOf((wire) => [limit, WAIT_MS].forEach((one) => wire.u32(one))),
          ),
          ctx.clock.now(),
        )
        this.#ended = collected.end
        if (collected.length > 0) this.#left = collected
        else if (collected.offset !== undefined) this.#reached = collected.offset
        return collected
      })
    } catch (error) {
      if (ctx.signal.aborted) throw ctx.signal.reason
      const problem = toPlutinoError(error)
      if (problem.code !== 'rejected') throw problem
      await this.#refusals.add(problem, this.#name, ctx)
      return undefined
    }
  }
}

function sourceFor(code: PluginCode, given: Json): PluginSource {
  const made = code.contribution('source')?.create(given)
  if (made instanceof PluginSource) return made
  throw new PlutinoError('plugin_invalid', `version ${code.version} of plugin ${code.name} is no source`)
}

function argumentsOf(write: (wire: WireWriter) => void): Uint8Array<ArrayBuffer> {
  const args = new WireWriter()
  write(args)
  return args.take()
}

function writeOffset(wire: WireWriter, offset: string | undefined): void {
  wire.u8(offset === undefined ? 0 : 1)
  if (offset !== undefined) wire.text(offset)
}
