import type { StreamContext } from '../api/context.ts'
import type { EncodedBatch, Sink, SinkBatch } from '../api/sink.ts'
import { PlutinoError, toPlutinoError } from '../base/errors.ts'
import type { Json } from '../config/field.ts'
import { flatten } from '../data/record.ts'
import { GuestTrap } from './abi/trap.ts'
import { WireWriter } from './abi/wire.ts'
import type { PluginCode } from './plugin-code.ts'
import type { GuestConfig } from './guest-config.ts'
import type { GuestCall, Seated } from './swap/instances.ts'
import { Seat } from './swap/seat.ts'
import type { CellCodec } from './values/cells.ts'
import { codecOf } from './values/codec.ts'
import type { WitType } from './wit/model.ts'

const AWAY: ReadonlySet<string> = new Set(['unavailable', 'timeout'])

/** The form that a guest asked for: `rows` or `encoded`. */
type Form = string

/** A sink that a plugin implements. Every `connect` starts a new instance, so that nothing of a failed one is left. */
export class PluginSink implements Sink {
  readonly #config: GuestConfig
  readonly #seat: Seat<GuestConfig, Form>
  readonly #cases: readonly string[]
  readonly #formType: WitType
  /** For batches, which are about as large as the ones before them. */
  readonly #wire: WireWriter

  /** `given`: the configuration before its check, from which a later version makes its own. */
  constructor(code: PluginCode, config: GuestConfig, given: Json) {
    const { types } = code.environment.contract.interface('sink')
    const batch = types.get('batch')
    const form = types.get('form')
    if (batch?.kind !== 'variant' || form === undefined) throw new PlutinoError('internal', 'the WIT has no sink.batch or sink.form')
    this.#config = config
    this.#cases = batch.cases.map((one) => one.name)
    this.#formType = form
    this.#wire = new WireWriter(code.limits.payloadBytes, 16_384)
    this.#seat = new Seat({
      interface: 'sink',
      code,
      config,
      configFor: (other) => sinkFor(other, given).#config,
      configure: (call, { text }) => this.#configure(call, text),
      open: (call) => call('open', new Uint8Array()),
      alone: false,
    })
  }

  connect(ctx: StreamContext): Promise<void> {
    return this.#seat.connect(ctx)
  }

  async write(batch: SinkBatch, ctx: StreamContext): Promise<void> {
    let refused = false
    const collect = async (seated: Seated<GuestConfig, Form>): Promise<void> => {
      const args = this.#encode(batch, seated)
      if (args === undefined) return
      try {
        await seated.call('collect', args)
      } catch (error) {
        refused = seated.instance.alive
        throw error
      }
    }
    try {
      await this.#seat.run(ctx, collect, batch.rows.rows.length > 1)
    } catch (error) {
      throw refused && !ctx.signal.aborted ? asRefusal(toPlutinoError(error)) : error
    }
  }

  checkpoint(): Promise<void> {
    return this.#seat.checkpoint()
  }

  close(): Promise<void> {
    return this.#seat.close()
  }

  async #configure(call: GuestCall, config: string): Promise<Form> {
    const text = new WireWriter()
    text.text(config)
    const form = codecOf(this.#formType).read(await call('configure', text.take()))
    return typeof form === 'string' ? form : ''
  }

  /** The arguments of `collect`, a batch and the properties that are templates; undefined when there is nothing to send. */
  #encode(batch: SinkBatch, { code, config, ready: form }: Seated<GuestConfig, Form>): Uint8Array<ArrayBuffer> | undefined {
    const { payloadBytes } = code.limits
    const { cells } = code.environment
    const wire = this.#wire
    wire.restart()
    try {
      wire.u8(this.#cases.indexOf(form))
      const count = form === 'rows' ? encodeRows(batch, cells, wire) : encodePayloads(batch.encoded(), wire)
      if (count === 0) return undefined
      // they cost an encoding of the batch
      const props = config.text.includes('{{') ? batch.encoded().props : undefined
      encodeProperties(props, count, { cells, wire })
      return wire.take()
    } catch (error) {
      if (!(error instanceof GuestTrap)) throw error
      throw new PlutinoError('rejected', `the batch is larger than the ${payloadBytes} bytes that a plugin may get at once`)
    }
  }
}

function sinkFor(code: PluginCode, given: Json): PluginSink {
  const made = code.contribution('sink')?.create(given)
  if (made instanceof PluginSink) return made
  throw new PlutinoError('plugin_invalid', `version ${code.version} of plugin ${code.name} is no sink`)
}

/** What the guest says of a batch: unless the other side is away, the batch goes to the error path, or the rows behind it would wait for ever. */
function asRefusal(error: PlutinoError): PlutinoError {
  return AWAY.has(error.code) ? error : new PlutinoError('rejected', error.message, { cause: error })
}

function encodeRows(batch: SinkBatch, cells: CellCodec, wire: WireWriter): number {
  const { columns, rows } = flatten(batch.rows)
  cells.writeRows(wire, columns, rows)
  return rows.length
}

/** One row of texts for each of `count` rows or messages; a single message's texts hold for all of its rows. */
function encodeProperties(
  props: EncodedBatch['props'],
  count: number,
  { cells, wire }: { readonly cells: CellCodec; readonly wire: WireWriter },
): void {
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
  cells.writeRows(wire, [...props.keys()], rows)
}

function encodePayloads({ payloads }: EncodedBatch, wire: WireWriter): number {
  wire.u32(payloads.length)
  for (const payload of payloads) {
    if (typeof payload === 'string') wire.text(payload)
    else wire.blob(payload)
  }
  return payloads.length
}
