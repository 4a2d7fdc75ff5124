import type { StreamContext } from '../../api/context.ts'
import { defineSource } from '../../api/definition.ts'
import type { ConnectionObserver, Offset, Source, SourceBatch } from '../../api/source.ts'
import { PlutinoError } from '../../base/errors.ts'
import { orAborted } from '../abort.ts'
import { brokerAddress, checkConnection, sessionOptions } from './connection.ts'
import { SOURCE_FIELDS, type SourceConfig } from './fields.ts'
import { Inbox } from './inbox.ts'
import type { Lane } from './lane/lane.ts'
import { OversizedReport } from './oversized-report.ts'
import { FIRST_PAUSE, followConnection } from './presence.ts'
import { subscribe, topicFilters } from './subscription.ts'

interface Connection {
  readonly lane: Lane
  readonly inbox: Inbox
}

/**
 * Messages of a subscription. Reconnects by itself; what QoS 1 and 2 brought is acknowledged at `commit`, so with a session that the
 * broker keeps (`enableClientSession`) nothing is lost, whoever dies.
 */
class MqttSource implements Source {
  readonly #config: SourceConfig
  readonly #observe: ConnectionObserver
  readonly #filters: readonly string[]
  #connection: Connection | undefined

  /** Throws `config_invalid`. */
  constructor(config: SourceConfig, observe: ConnectionObserver) {
    checkConnection(config)
    this.#config = config
    this.#observe = observe
    this.#filters = topicFilters(config.datasource)
  }

  async connect(ctx: StreamContext): Promise<void> {
    await this.close()
    const address = await brokerAddress(this.#config)
    const { server, maxMessageSize, nap } = this.#config
    const report = new OversizedReport(ctx, maxMessageSize)
    const begun = Promise.withResolvers<void>()
    // mqtt.js is loaded with the first connection: a server without MQTT needs neither its time nor its memory
    const { Lane } = await import('./lane/lane.ts')
    const lane = new Lane(
      {
        clock: ctx.clock,
        address,
        session: { ...sessionOptions(this.#config), reconnectPeriod: FIRST_PAUSE },
        maxPacket: maxMessageSize,
        nap,
      },
      {
        batch: (batch) => {
          // a broker that has kept the session sends at once, maybe before it answers to the subscription
          begun.resolve()
          return inbox.offer(batch)
        },
        oversized: (topic, size) => report.add(topic, size),
      },
    )
    const inbox = new Inbox(ctx.clock, () => lane.resume())
    this.#connection = { lane, inbox }
    let running = false
    followConnection({
      lane,
      server,
      ctx,
      observe: this.#observe,
      onConnect: (sessionPresent) => {
        this.#subscribe(lane, running && sessionPresent)
          .then(() => begun.resolve())
          .catch((error: unknown) => {
            begun.reject(error)
            if (running) inbox.fail(error)
          })
      },
      onDown: (error) => begun.reject(error),
    })
    try {
      await orAborted(begun.promise, ctx.signal)
      running = true
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async read(limit: number, ctx: StreamContext): Promise<SourceBatch | undefined> {
    if (this.#connection === undefined) throw new PlutinoError('unavailable', 'the connection is closed')
    return this.#connection.inbox.read(limit, ctx.signal)
  }

  commit(offset: Offset): void {
    if (typeof offset === 'number') this.#connection?.lane.commit(offset)
  }

  async close(): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    connection?.inbox.fail(new PlutinoError('unavailable', 'the connection is closed'))
    await connection?.lane.close()
  }

  async #subscribe(lane: Lane, kept: boolean): Promise<void> {
    if (!kept) await subscribe(lane.client, this.#filters, toQos(this.#config.qos))
    if (lane.client.connected) this.#observe('connected')
  }
}

function toQos(qos: number): 0 | 1 | 2 {
  return qos === 0 ? 0 : qos === 1 ? 1 : 2
}

export const mqttSource = defineSource({
  name: 'mqtt',
  doc: 'Messages of an MQTT broker',
  payload: 'bytes',
  delivery: 'at-least-once',
  fields: SOURCE_FIELDS,
  create: (config, observe) => new MqttSource(config, observe),
})
