import type { Clock } from '../../base/clock.ts'
import { abortReason } from '../abort.ts'
import type { SourceBatch } from '../../api/source.ts'
import type { LaneBatch } from './lane/batch.ts'
import { MqttBatch } from './message-batch.ts'

interface Reader {
  readonly limit: number
  resolve(batch: SourceBatch): void
  reject(error: unknown): void
}

/** Where the lane's batches meet the reads: a batch is taken only when somebody waits for it, so that the socket feels every pause. */
export class Inbox {
  readonly #clock: Clock
  /** Has the lane offer its batch again. */
  readonly #ask: () => void
  #reader: Reader | undefined
  #batch: LaneBatch | undefined
  /** First message of the batch that has not been handed out. */
  #next = 0
  /** Parts of the batch that have not been released, and one for what has not been handed out. */
  #parts = { open: 0 }
  #time = 0
  #failure: unknown
  #signal: AbortSignal | undefined

  constructor(clock: Clock, ask: () => void) {
    this.#clock = clock
    this.#ask = ask
  }

  /** What the lane calls. */
  offer(batch: LaneBatch): boolean {
    const reader = this.#reader
    if (reader === undefined) return false
    this.#reader = undefined
    this.#batch = batch
    this.#next = 0
    this.#parts = { open: 1 }
    this.#time = this.#clock.now()
    reader.resolve(this.#part(batch, reader.limit))
    return true
  }

  /** At most `limit` messages, at once or when they come. Rejects when `signal` is aborted. */
  read(limit: number, signal: AbortSignal): Promise<SourceBatch> {
    if (signal.aborted) return Promise.reject(abortReason(signal))
    if (this.#failure !== undefined) return Promise.reject(this.#takeFailure())
    if (this.#batch !== undefined) return Promise.resolve(this.#part(this.#batch, limit))
    this.#listen(signal)
    return new Promise((resolve, reject) => {
      this.#reader = { limit, resolve, reject }
      this.#ask()
    })
  }

  /** The read that waits, or the next one, fails with this. */
  fail(error: unknown): void {
    const reader = this.#reader
    this.#reader = undefined
    if (reader === undefined) this.#failure = error
    else reader.reject(error)
  }

  #part(batch: LaneBatch, limit: number): SourceBatch {
    const from = this.#next
    const to = Math.min(batch.length, from + Math.max(1, limit))
    const parts = this.#parts
    this.#next = to
    if (to === batch.length) this.#batch = undefined
    else parts.open++
    return new MqttBatch(batch, { from, to }, this.#time, () => {
      if (--parts.open === 0) batch.release()
    })
  }

  #takeFailure(): Error {
    const failure = this.#failure
    this.#failure = undefined
    return failure instanceof Error ? failure : new Error(String(failure))
  }

  #listen(signal: AbortSignal): void {
    if (signal === this.#signal) return
    this.#signal = signal
    signal.addEventListener('abort', () => {
      const reader = this.#reader
      this.#reader = undefined
      reader?.reject(abortReason(signal))
    })
  }
}
