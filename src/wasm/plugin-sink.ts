import type { StreamContext } from '../api/context.ts'
import type { EncodedBatch, Sink, SinkBatch } from '../api/sink.ts'
import { PlutinoError } from '../base/errors.ts'
import { flatten } from '../data/record.ts'
import { GuestTrap } from './abi/trap.ts'
import { WireReader, WireWriter } from './abi/wire.ts'
import { MemoryState } from './instance/memory-state.ts'
import type { PluginInstance } from './instance/plugin-instance.ts'
import type { PluginCode } from './plugin-code.ts'
import type { GuestConfig } from './guest-config.ts'
import { codecOf } from './values/codec.ts'
import type { WitType } from './wit/model.ts'

/** A sink that a plugin implements. Every `connect` starts a new instance, so that nothing of a failed one is left. */
export class PluginSink implements Sink {
  readonly #code: PluginCode
  readonly #config: GuestConfig
  /** Whether a property may be a template: they cost an encoding of the batch. */
  readonly #hasTemplates: boolean
  readonly #cases: readonly string[]
  readonly #formType: WitType
  /** For batches, which are about as large as the ones before them. */
  readonly #wire: WireWriter
  readonly #memory: MemoryState
  #ctx: StreamContext | undefined
  #instance: PluginInstance | undefined
  #form = ''

  constructor(code: PluginCode, config: GuestConfig) {
    const { types } = code.environment.contract.interface('sink')
    const batch = types.get('batch')
    const form = types.get('form')
    if (batch?.kind !== 'variant' || form === undefined) throw new PlutinoError('internal', 'the WIT has no sink.batch or sink.form')
    this.#code = code
    this.#config = config
    this.#memory = new MemoryState(code)
    this.#hasTemplates = config.text.includes('{{')
    this.#cases = batch.cases.map((one) => one.name)
    this.#formType = form
    this.#wire = new WireWriter(code.limits.payloadBytes, 16_384)
  }

  async connect(ctx: StreamContext): Promise<void> {
    await this.#memory.save(this.#instance, ctx)
    await this.#discard()
    this.#ctx = ctx
    const instance = this.#code.instantiate(ctx, this.#config)
    this.#instance = instance
    try {
      const text = new WireWriter()
      text.text(this.#config.text)
      const configured = await this.#call(instance, 'configure', text.take(), ctx)
      const form = codecOf(this.#formType).read(configured)
      this.#form = typeof form === 'string' ? form : ''
      await this.#memory.restore(instance, ctx)
      await this.#call(instance, 'open', new Uint8Array(), ctx)
    } catch (error) {
      await this.#discard()
      throw error
    }
  }

  async write(batch: SinkBatch, ctx: StreamContext): Promise<void> {
    const instance = this.#instance
    if (instance === undefined || !instance.alive) throw new PlutinoError('plugin_failed', `plugin ${this.#code.name} does not run`)
    const args = this.#encode(batch)
    if (args !== undefined) await this.#call(instance, 'collect', args, ctx)
  }

  async close(): Promise<void> {
    const instance = this.#instance
    if (instance?.alive === true && this.#ctx !== undefined) {
      await this.#memory.save(instance, this.#ctx)
      try {
        await instance.call('sink', 'close', new Uint8Array())
      } catch {
        // it is ended anyway, and its failure has been told where it happened
      }
    }
    await this.#discard()
  }

  async #discard(): Promise<void> {
    const instance = this.#instance
    this.#instance = undefined
    await this.#code.dispose(instance)
  }

  /** The stop of the rule ends a call that is under way, and the instance with it. */
  async #call(instance: PluginInstance, name: string, args: Uint8Array<ArrayBuffer>, { signal }: StreamContext): Promise<WireReader> {
    const stop = (): void => {
      void instance.close()
    }
    signal.addEventListener('abort', stop, { once: true })
    try {
      const wire = new WireReader(await instance.call('sink', name, args))
      this.#code.environment.errors.unwrap(wire)
      return wire
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** The arguments of `collect`, a batch and the properties that are templates; undefined when there is nothing to send. */
  #encode(batch: SinkBatch): Uint8Array<ArrayBuffer> | undefined {
    const { payloadBytes } = this.#code.limits
    const wire = this.#wire
    wire.restart()
    try {
      wire.u8(this.#cases.indexOf(this.#form))
      const count = this.#form === 'rows' ? this.#encodeRows(batch, wire) : encodePayloads(batch.encoded(), wire)
      if (count === 0) return undefined
      this.#encodeProperties(batch, count, wire)
      return wire.take()
    } catch (error) {
      if (!(error instanceof GuestTrap)) throw error
      throw new PlutinoError('rejected', `the batch is larger than the ${payloadBytes} bytes that a plugin may get at once`)
    }
  }

  #encodeRows(batch: SinkBatch, wire: WireWriter): number {
    const { columns, rows } = flatten(batch.rows)
    this.#code.environment.cells.writeRows(wire, columns, rows)
    return rows.length
  }

  /** One row of texts for each of `count` rows or messages; a single message's texts hold for all of its rows. */
  #encodeProperties(batch: SinkBatch, count: number, wire: WireWriter): void {
    const props = this.#hasTemplates ? batch.encoded().props : undefined
    wire.u8(props === undefined ? 0 : 1)
    if (props === undefined) return
    const texts = [...props.values()]
    const messages = texts[0]?.length ?? 0
    if (messages !== count && messages !== 1) {
      throw new PlutinoError('rejected', `the templates of ${[...props.keys()].join(', ')} gave ${messages} texts for ${count} rows`, {
        hint: 'set "sendSingle": true',
      })
    }
    const rows = Array.from({ length: count }, (_, row) => texts.map((column) => column[messages === 1 ? 0 : row] ?? ''))
    this.#code.environment.cells.writeRows(wire, [...props.keys()], rows)
  }
}

function encodePayloads({ payloads }: EncodedBatch, wire: WireWriter): number {
  wire.u32(payloads.length)
  for (const payload of payloads) {
    if (typeof payload === 'string') wire.text(payload)
    else wire.blob(payload)
  }
  return payloads.length
}
