import type { StreamContext } from '../../api/context.ts'
import { defineSource } from '../../api/definition.ts'
import type { ConnectionObserver, Source, SourceBatch } from '../../api/source.ts'
import { PlutinoError } from '../../base/errors.ts'
import { boolean, type ConfigOf, duration, integer, json, list, string } from '../../config/field.ts'
import { parseExact } from '../../data/exact-json.ts'
import { jsonText } from '../../data/json-text.ts'
import { isStruct, type Struct, type Value } from '../../data/value.ts'
import { abortReason, orAborted } from '../abort.ts'
import { SimulatedDevices } from './devices.ts'

const FIELDS = {
  data: list('Records to send, one each interval; without them devices are simulated', json('One record, an object'), { optional: true }),
  records: string('The same as JSON text, in which large integers keep their digits', { optional: true, advanced: true }),
  interval: duration('Pause between records, or between readings of all devices', { default: '1s' }),
  loop: boolean('Begin again after the last record', { default: true }),
  end: boolean('Without loop: the source ends after the last record, and a rule with it', { default: true, advanced: true }),
  devices: integer('Number of simulated devices', { default: 10, min: 1, max: 100_000 }),
  seed: integer('The same seed gives the same readings', { default: 1 }),
  datasource: string('Ignored', { optional: true, advanced: true }),
} as const

type SimulatorConfig = ConfigOf<typeof FIELDS>

/** Records that were given, or readings of devices that do not exist, at a steady pace. The first come at once. */
class SimulatorSource implements Source {
  readonly #config: SimulatorConfig
  readonly #data: readonly Struct[] | undefined
  readonly #devices: SimulatedDevices
  readonly #observe: ConnectionObserver
  readonly #closed = new AbortController()
  #next = 0
  /** What is due and has not been read. */
  #waiting: readonly Struct[] = []
  #time = 0
  /** When the next batch is due; steady, however long a reader takes. */
  #due: number | undefined

  /** Throws `config_invalid`. */
  constructor(config: SimulatorConfig, observe: ConnectionObserver) {
    this.#config = config
    this.#observe = observe
    this.#data = (config.records === undefined ? config.data : parseRecords(config.records))?.map(toStruct)
    this.#devices = new SimulatedDevices(config.devices, config.seed)
  }

  async connect(): Promise<void> {
    if (this.#closed.signal.aborted) throw new PlutinoError('unavailable', 'the source is closed')
    this.#observe('connected')
  }

  async read(limit: number, ctx: StreamContext): Promise<SourceBatch | undefined> {
    if (this.#waiting.length === 0) {
      if (this.#data !== undefined && this.#next >= this.#data.length) {
        if (this.#config.end) return undefined
        await this.#forEver(ctx)
      }
      await this.#pause(ctx)
      this.#time = ctx.clock.now()
      this.#waiting = this.#data === undefined ? this.#devices.readings(this.#time) : this.#nextRecord(this.#data)
    }
    const records = this.#waiting.slice(0, Math.max(1, limit))
    this.#waiting = this.#waiting.slice(records.length)
    return { from: 0, length: records.length, records, time: this.#time }
  }

  async close(): Promise<void> {
    this.#closed.abort(new PlutinoError('unavailable', 'the source is closed'))
  }

  /** Rejects when the rule or the source ends. */
  #forEver({ signal }: StreamContext): Promise<never> {
    const either = AbortSignal.any([signal, this.#closed.signal])
    return orAborted(new Promise<never>(() => {}), either)
  }

  async #pause({ clock, signal }: StreamContext): Promise<void> {
    const now = clock.elapsed()
    const due = Math.max(now, this.#due ?? now)
    // a reader that was away long does not get all that was missed at once
    this.#due = due + this.#config.interval
    const either = AbortSignal.any([signal, this.#closed.signal])
    if (either.aborted) throw abortReason(either)
    // without an interval others must have their turn too
    if (due > now || this.#config.interval === 0) await clock.sleep(due - now, either)
  }

  #nextRecord(data: readonly Struct[]): readonly Struct[] {
    const record = data[this.#next++]
    if (this.#config.loop && this.#next >= data.length) this.#next = 0
    return record === undefined ? [] : [record]
  }
}

function parseRecords(text: string): readonly Value[] {
  let records: Value
  try {
    records = parseExact(text)
  } catch (error) {
    throw new PlutinoError('config_invalid', `records: the text is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (Array.isArray(records)) return records
  throw new PlutinoError('config_invalid', 'records: expected a list of objects')
}

function toStruct(record: Value, index: number): Struct {
  if (!isStruct(record)) throw new PlutinoError('config_invalid', `data[${index}]: expected an object, got ${jsonText(record)}`)
  return record
}

export const simulatorSource = defineSource({
  name: 'simulator',
  doc: 'Made-up messages: records that are given, or readings of simulated devices',
  payload: 'values',
  delivery: 'at-most-once',
  fields: FIELDS,
  create: (config, observe) => new SimulatorSource(config, observe),
})
