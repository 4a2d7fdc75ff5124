import type { StreamContext } from '../../api/context.ts'
import { defineSink, type SinkDefinition } from '../../api/definition.ts'
import type { Sink, SinkBatch } from '../../api/sink.ts'
import type { ConnectionObserver } from '../../api/source.ts'
import { PlutinoError } from '../../base/errors.ts'
import type { Json } from '../../config/field.ts'
import { orAborted } from '../abort.ts'
import { brokerAddress, checkConnection, sessionOptions } from './connection.ts'
import { SINK_FIELDS, type SinkConfig } from './fields.ts'
import type { Lane, LaneHandlers } from './lane/lane.ts'
import { encodeUserProperties } from './lane/properties.ts'
import { isTopicName } from './lane/topics.ts'
import { FIRST_PAUSE, followConnection } from './presence.ts'
import { Publishing, type PublishOptions } from './publishing.ts'
import type { SinkLane, SinkLanes } from './sink-lanes.ts'

/** How long a batch waits for a broker that is away before the rule's status says so, in milliseconds. */
const PATIENCE_MS = 10_000

/**
 * Publishes each message. Reconnects by itself and then sends again what was not acknowledged; a batch that the driver repeats goes on
 * where it was, so that nothing is sent twice knowingly.
 */
class MqttSink implements Sink {
  readonly #lanes: SinkLanes
  readonly #config: SinkConfig
  readonly #observe: ConnectionObserver
  readonly #options: PublishOptions
  readonly #properties: Buffer | undefined
  #joined: SinkLane | undefined
  #unfollow: (() => void) | undefined
  #publishing: Publishing | undefined
  /** Told when an attempt to connect has ended, with its error when it failed. */
  #attempted: ((error?: unknown) => void) | undefined
  #lastError: unknown

  /** Throws `config_invalid`. */
  constructor(lanes: SinkLanes, config: SinkConfig, observe: ConnectionObserver) {
    this.#lanes = lanes
    checkConnection(config)
    const { topic, qos, retained } = config
    if (!topic.includes('{{') && !isTopicName(topic)) {
      throw new PlutinoError('config_invalid', `topic: expected a topic to publish to, got "${topic}"`, {
        hint: 'wildcards are for subscriptions',
      })
    }
    this.#config = config
    this.#observe = observe
    this.#options = { topic, qos: qos === 0 ? 0 : qos === 1 ? 1 : 2, retain: retained }
    this.#properties = userProperties(config.properties)
  }

  async connect(ctx: StreamContext): Promise<void> {
    if (this.#lane === undefined) await this.#open(ctx)
    await this.#waitForBroker(ctx)
  }

  async write(batch: SinkBatch, ctx: StreamContext): Promise<void> {
    const lane = this.#lane
    if (lane === undefined) throw new PlutinoError('unavailable', 'the connection is closed')
    const publishing = this.#publishing?.batch === batch ? this.#publishing : new Publishing(lane, this.#options, batch)
    this.#publishing = publishing
    await this.#waitFor(publishing, ctx)
    this.#publishing = undefined
    const { count, reason, all } = publishing.refused
    if (count === 0) return
    const message = `the broker refused the message with reason ${reason}`
    if (all) throw new PlutinoError('rejected', message)
    // the others are out: a batch that came again would send them twice
    ctx.log.error(message, { refused: count })
  }

  /** Only where nothing is acknowledged: what the connection has taken is out. */
  writeNow(batch: SinkBatch): boolean {
    const lane = this.#lane
    if (this.#options.qos > 0 || lane?.ready !== true) return false
    const publishing = new Publishing(lane, this.#options, batch)
    if (!publishing.finished) this.#publishing = publishing
    return publishing.finished
  }

  async close(): Promise<void> {
    const joined = this.#joined
    this.#joined = undefined
    this.#publishing = undefined
    this.#unfollow?.()
    await joined?.leave()
  }

  get #lane(): Lane | undefined {
    return this.#joined?.lane
  }

  async #open(ctx: StreamContext): Promise<void> {
    const joined = await this.#lanes.join(
      this.#config,
      {
        drain: () => this.#publishing?.advance(),
        acknowledged: (through) => this.#publishing?.acknowledged(through),
        refused: (_message, reason) => this.#publishing?.refuse(reason),
      },
      (handlers) => this.#openLane(ctx, handlers),
    )
    this.#joined = joined
    this.#follow(joined.lane, ctx)
  }

  async #openLane(ctx: StreamContext, handlers: LaneHandlers): Promise<Lane> {
    const address = await brokerAddress(this.#config)
    const session = { ...sessionOptions(this.#config), reconnectPeriod: FIRST_PAUSE }
    const properties = this.#properties === undefined ? {} : { publishProperties: this.#properties }
    // loaded late, as in the source
    const { Lane } = await import('./lane/lane.ts')
    return new Lane({ clock: ctx.clock, address, session, maxPacket: 1 << 20, nap: 0, ...properties }, handlers)
  }

  #follow(lane: Lane, ctx: StreamContext): void {
    this.#unfollow = followConnection({
      lane,
      server: this.#config.server,
      ctx,
      observe: this.#observe,
      onConnect: () => {
        this.#lastError = undefined
        this.#observe('connected')
        this.#attempted?.()
      },
      onDown: (error) => {
        this.#lastError = error
        this.#attempted?.(error)
      },
    })
  }

  /** The first failure ends the wait: the driver shows it and asks again. */
  async #waitForBroker(ctx: StreamContext): Promise<void> {
    if (this.#lane?.ready !== false) return
    const late = this.#bound(ctx, () => true)
    const up = new Promise<void>((resolve, reject) => {
      this.#attempted = (error) => {
        if (error === undefined) resolve()
        else reject(error)
      }
    })
    try {
      await orAborted(Promise.race([up, late.promise]), ctx.signal)
    } finally {
      this.#attempted = undefined
      late.cancel()
    }
  }

  async #waitFor(publishing: Publishing, ctx: StreamContext): Promise<void> {
    const late = this.#bound(ctx, () => this.#lane?.ready !== true)
    try {
      await orAborted(Promise.race([publishing.done(), late.promise]), ctx.signal)
    } finally {
      late.cancel()
    }
  }

  /** Rejects with `unavailable` when `isAway` holds twice, PATIENCE_MS apart. */
  #bound(ctx: StreamContext, isAway: () => boolean): { readonly promise: Promise<never>; cancel(): void } {
    const { promise, reject } = Promise.withResolvers<never>()
    let wasAway = isAway()
    let cancel = (): void => {}
    const check = (): void => {
      cancel = ctx.clock.after(PATIENCE_MS, () => {
        if (isAway() && wasAway)
          reject(this.#lastError ?? new PlutinoError('unavailable', `no answer from the broker ${this.#config.server}`))
        else {
          wasAway = isAway()
          check()
        }
      })
    }
    check()
    return { promise, cancel: () => cancel() }
  }
}

function userProperties(properties: Json | undefined): Buffer | undefined {
  if (properties === undefined || properties === null) return undefined
  const texts: Record<string, string> = Object.create(null)
  const entries = typeof properties === 'object' && !Array.isArray(properties) ? Object.entries(properties) : undefined
  if (entries === undefined) throw new PlutinoError('config_invalid', 'properties: expected an object of texts')
  for (const [name, value] of entries) {
    if (typeof value !== 'string') throw new PlutinoError('config_invalid', `properties.${name}: expected a text`)
    texts[name] = value
  }
  return encodeUserProperties(texts)
}

/** The sinks share connections through `lanes`. */
export const mqttSink = (lanes: SinkLanes): SinkDefinition =>
  defineSink({
    name: 'mqtt',
    doc: 'Publishes to an MQTT broker',
    payload: 'bytes',
    fields: SINK_FIELDS,
    create: (config, observe) => new MqttSink(lanes, config, observe),
  })
