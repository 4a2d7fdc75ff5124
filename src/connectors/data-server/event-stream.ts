import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Payload } from '../../api/sink.ts'
import type { Clock } from '../../base/clock.ts'
import { payloadText } from '../payload-text.ts'
import { Audience, type Listener } from './audience.ts'

/** What may be kept for the first subscriber, in characters. */
const MOST_KEPT = 4 * 1024 * 1024

/** Server-sent events at one path. */
export class EventStream {
  readonly #audience: Audience
  readonly #responses = new Set<ServerResponse>()
  readonly #keep: number
  #kept: string[] = []
  #keptLength = 0

  /** `keep`: how many events wait for the first subscriber; the oldest of more are lost. */
  constructor(clock: Clock, keep: number) {
    this.#audience = new Audience(clock)
    this.#keep = keep
  }

  /** Resolves when nobody is far behind; with nobody there, what is not kept is gone. */
  publish(payloads: readonly Payload[]): Promise<void> {
    return this.#publish(payloads.map((payload) => eventOf(payloadText(payload))))
  }

  /** An event with a name, which tells it from the others. */
  send(name: string, text: string): Promise<void> {
    return this.#publish([`event: ${name}\n${eventOf(text)}`])
  }

  subscribe(_request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' })
    response.flushHeaders()
    const listener = new Subscriber(response)
    const leave = (): void => {
      this.#responses.delete(response)
      this.#audience.delete(listener)
    }
    response.on('close', leave)
    response.on('error', leave)
    this.#responses.add(response)
    this.#audience.add(listener)
    if (this.#kept.length > 0) listener.send(this.#kept)
    this.#kept = []
    this.#keptLength = 0
  }

  /** Ends the stream of every subscriber. */
  close(): void {
    for (const response of this.#responses) response.end()
    this.#kept = []
  }

  #publish(events: readonly string[]): Promise<void> {
    if (this.#audience.size > 0) return this.#audience.publish(events)
    for (const event of events) this.#hold(event)
    return Promise.resolve()
  }

  #hold(text: string): void {
    if (this.#keep === 0) return
    this.#kept.push(text)
    this.#keptLength += text.length
    while (this.#kept.length > this.#keep || (this.#keptLength > MOST_KEPT && this.#kept.length > 1)) {
      this.#keptLength -= this.#kept.shift()?.length ?? 0
    }
  }
}

class Subscriber implements Listener {
  readonly #response: ServerResponse

  constructor(response: ServerResponse) {
    this.#response = response
  }

  get behind(): number {
    return this.#response.destroyed ? 0 : this.#response.writableLength
  }

  /** Events as they are written. */
  send(events: readonly Payload[]): void {
    this.#response.write(events.map(payloadText).join(''))
  }

  caughtUp(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#response.off('drain', done)
        this.#response.off('close', done)
        resolve()
      }
      this.#response.on('drain', done)
      this.#response.on('close', done)
    })
  }

  cut(): void {
    this.#response.destroy()
  }
}

function eventOf(text: string): string {
  return `data: ${/[\r\n]/.test(text) ? text.split(/\r\n|\r|\n/).join('\ndata: ') : text}\n\n`
}
