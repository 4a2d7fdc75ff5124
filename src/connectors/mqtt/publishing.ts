import type { Payload, SinkBatch } from '../../api/sink.ts'
import { PlutinoError } from '../../base/errors.ts'
import type { Lane } from './lane/lane.ts'
import { isTopicName } from './lane/topics.ts'

export interface PublishOptions {
  readonly topic: string
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
}

/** One batch on its way to the broker. It outlives a lost connection: what has been handed over is not handed over again. */
export class Publishing {
  readonly batch: SinkBatch
  readonly #lane: Lane
  readonly #options: PublishOptions
  readonly #payloads: readonly Payload[]
  readonly #topics: readonly string[] | undefined
  /** There when somebody waits. */
  #waiting: PromiseWithResolvers<void> | undefined
  #finished = false
  #failure: unknown
  #next = 0
  /** The lane's number of the last message. */
  #last = 0
  /** Messages that the broker has refused (MQTT 5), and its reason for the latest. */
  #refused = 0
  #reason = 0

  /** Throws `rejected` when one of the messages cannot be sent at all; then none has been. */
  constructor(lane: Lane, options: PublishOptions, batch: SinkBatch) {
    const { payloads, props } = batch.encoded()
    this.batch = batch
    this.#lane = lane
    this.#options = options
    this.#payloads = payloads
    this.#topics = props?.get('topic')
    this.#check()
    if (options.qos === 2) this.#publishExactlyOnce()
    else this.advance()
  }

  /** Everything is handed over and, at QoS 1 and 2, acknowledged. */
  get finished(): boolean {
    return this.#finished
  }

  /** Resolves when it is finished. */
  done(): Promise<void> {
    this.#waiting ??= Promise.withResolvers<void>()
    if (this.#finished) this.#waiting.resolve()
    else if (this.#failure !== undefined) this.#waiting.reject(this.#failure)
    return this.#waiting.promise
  }

  /** How many of the messages the broker has refused. */
  get refused(): { readonly count: number; readonly reason: number; readonly all: boolean } {
    return { count: this.#refused, reason: this.#reason, all: this.#refused === this.#payloads.length }
  }

  /** Hands over as much as the lane takes. Called again when it has room. */
  advance(): void {
    const { qos, retain } = this.#options
    if (qos === 2) return
    for (; this.#next < this.#payloads.length; this.#next++) {
      const number = this.#lane.publish(this.#topic(this.#next), this.#payloads[this.#next] ?? '', qos, retain)
      if (number < 0) return
      this.#last = number
    }
    this.acknowledged(this.#lane.acknowledged)
  }

  acknowledged(through: number): void {
    if (this.#options.qos !== 2 && this.#next === this.#payloads.length && through >= this.#last) this.#finish()
  }

  refuse(reason: number): void {
    this.#refused++
    this.#reason = reason
  }

  #topic(index: number): string {
    return this.#topics?.[index] ?? this.#options.topic
  }

  #check(): void {
    for (let i = 0; i < this.#payloads.length; i++) {
      const topic = this.#topic(i)
      if (this.#topics !== undefined && !isTopicName(topic))
        throw new PlutinoError('rejected', `expected a topic to publish to, got "${topic}"`)
      if (!this.#lane.fits(topic, this.#payloads[i] ?? ''))
        throw new PlutinoError('rejected', 'the message is larger than the broker takes')
    }
  }

  #publishExactlyOnce(): void {
    const { retain } = this.#options
    const sent = this.#payloads.map(async (payload, i) => {
      const bytes = typeof payload === 'string' ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
      await this.#lane.client.publishAsync(this.#topic(i), bytes, { qos: 2, retain }).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && typeof error.code === 'number') this.refuse(error.code)
        else throw error
      })
    })
    Promise.all(sent).then(
      () => this.#finish(),
      (error: unknown) => {
        this.#failure = error
        this.#waiting?.reject(error)
      },
    )
  }

  #finish(): void {
    this.#finished = true
    this.#waiting?.resolve()
  }
}
