import type { StreamContext } from '../../api/context.ts'
import type { SourceBatch } from '../../api/source.ts'
import { PlutinoError } from '../../base/errors.ts'
import { abortReason } from '../abort.ts'

/** What may wait for one reader before senders have to wait. A larger message goes in alone. */
const MOST_MESSAGES = 10_000
const MOST_BYTES = 16 * 1024 * 1024

/** Messages on their way from sockets to one source: bounded by senders that wait for room. */
export class Inbox {
  #messages: Uint8Array[] = []
  #bytes = 0
  #failure: PlutinoError | undefined
  #arrived: () => void = () => {}
  #room: PromiseWithResolvers<void> | undefined

  /** Nothing comes any more. */
  get ended(): boolean {
    return this.#failure !== undefined
  }

  /** Takes the message, always; `room` says when to stop giving. */
  push(message: Uint8Array): void {
    if (this.#failure !== undefined) return
    this.#messages.push(message)
    this.#bytes += message.byteLength
    this.#arrived()
  }

  /** When it is full: resolves as soon as it is not. */
  room(): Promise<void> | undefined {
    if (this.#failure !== undefined || !this.#full) return undefined
    this.#room ??= Promise.withResolvers<void>()
    return this.#room.promise
  }

  /** Nothing comes any more: reads fail with `error` once everything is read. */
  end(error: PlutinoError): void {
    this.#failure ??= error
    this.#arrived()
    this.#makeRoom()
  }

  /** As `Source.read`. */
  async read(limit: number, { signal, clock }: StreamContext): Promise<SourceBatch> {
    for (;;) {
      if (signal.aborted) throw abortReason(signal)
      if (this.#messages.length > 0) return batchOf(this.#take(Math.max(1, limit)), clock.now())
      if (this.#failure !== undefined) throw this.#failure
      await this.#arrival(signal)
    }
  }

  get #full(): boolean {
    return this.#messages.length >= MOST_MESSAGES || this.#bytes >= MOST_BYTES
  }

  #take(limit: number): readonly Uint8Array[] {
    const taken = this.#messages.slice(0, limit)
    this.#messages = this.#messages.slice(taken.length)
    for (const message of taken) this.#bytes -= message.byteLength
    if (!this.#full) this.#makeRoom()
    return taken
  }

  #makeRoom(): void {
    this.#room?.resolve()
    this.#room = undefined
  }

  async #arrival(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = (): void => resolve()
    this.#arrived = wake
    signal.addEventListener('abort', wake, { once: true })
    await promise
    signal.removeEventListener('abort', wake)
    this.#arrived = () => {}
  }
}

function batchOf(messages: readonly Uint8Array[], time: number): SourceBatch {
  const { length } = messages
  const starts = new Int32Array(length)
  const ends = new Int32Array(length)
  let at = 0
  for (const [i, message] of messages.entries()) {
    starts[i] = at
    at += message.byteLength
    ends[i] = at
  }
  return { from: 0, length, payloads: { bytes: Buffer.concat(messages, at), starts, ends, from: 0, length }, time }
}

/** What reads of a source that was closed fail with. */
export function sourceClosed(): PlutinoError {
  return new PlutinoError('unavailable', 'the source is closed')
}
