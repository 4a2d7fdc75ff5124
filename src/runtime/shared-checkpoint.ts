import type { Clock } from '../base/clock.ts'
import { toPlutinoError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { Offset } from '../api/source.ts'
import { isStruct, type Struct } from '../data/value.ts'
import type { CheckpointStore } from './checkpoint-store.ts'
import { NodeState } from './context.ts'
import { describe } from './error-path.ts'
import type { RunningSource } from './running-source.ts'
import type { StreamSpec } from './spec.ts'

/** How often it is looked whether there is something new to save, in milliseconds; more seldom where saving would take more than this part of the time. */
const INTERVAL_MS = 1_000
const SHARE = 10
/** How long it waits after a save that failed, in milliseconds. */
const FAILED_MS = 10_000
/** How long the end waits for the source, and for the rules to be done with what it gave, in milliseconds. */
const GRACE_MS = 1_200

export interface SharedCheckpointParts {
  readonly store: CheckpointStore
  readonly clock: Clock
  readonly log: Logger
  /** Whose it is: `$stream/<name>`. */
  readonly owner: string
  readonly stream: StreamSpec
}

export interface Halt {
  /** The source stands between two batches, and its state is as of the last one. */
  readonly reached: boolean
  /** The source may go on. */
  goOn(): void
}

interface Taken {
  readonly batches: number
  readonly saved: Struct
  /** Resolves when every rule is done with what came before. */
  readonly settled: Promise<void>
}

/**
 * Keeps over restarts of the server where the source of a shared stream goes on, with its state: both as of the same batch, and saved when
 * every rule is done with that. They belong to the stream, not to its rules, and end with it.
 */
export class SharedCheckpoint {
  /** Of the source's node. */
  readonly state = new NodeState()
  readonly #parts: SharedCheckpointParts
  #source: RunningSource | undefined
  #holders = 0
  #held: Promise<() => void> | undefined
  /** As many batches are saved. */
  #saved = 0
  #saving: Promise<void> | undefined
  #last: Taken | undefined
  #closed = false
  #cancel: (() => void) | undefined

  constructor(parts: SharedCheckpointParts) {
    this.#parts = parts
  }

  /** Where the source goes on; its state is in `state`. Undefined: from the beginning. */
  load(): Offset | undefined {
    const { store, owner, stream, log } = this.#parts
    const kept = store.load(owner, stream)
    if (!isStruct(kept)) return undefined
    const { offset, state } = kept
    if (isStruct(state)) this.state.restore(state)
    log.info('shared stream goes on from its checkpoint', { stream: stream.name })
    return offset
  }

  /** Saves again and again until `finish`. */
  start(source: RunningSource): void {
    this.#source = source
    this.#saveIn(INTERVAL_MS)
  }

  /** Resolves when the source stands between two batches, or when it does not come there in time. Any number may halt it at a time. */
  async halt(): Promise<Halt> {
    let reached = false
    const held = this.#hold()
    const standing = held.then(() => void (reached = true)).catch(() => {})
    await Promise.race([standing, this.#parts.clock.sleep(GRACE_MS)])
    return { reached, goOn: () => void held.then((release) => release()).catch(() => {}) }
  }

  /** While the source stands between two batches for the last time: that is what is to be saved. */
  takeLast(): void {
    if (this.#source !== undefined && this.#source.batches !== this.#saved) this.#last = this.#take(this.#source)
  }

  /** After the source has stopped: saves what `takeLast` has taken, if the rules are done with it in time. */
  async finish(): Promise<void> {
    this.#cancel?.()
    const last = this.#last
    const saved = async (): Promise<void> => {
      await this.#saving
      if (last !== undefined) await this.#guarded(() => this.#write(last))
    }
    await Promise.race([saved(), this.#parts.clock.sleep(GRACE_MS)])
    this.#closed = true
  }

  #saveIn(pause: number): void {
    this.#cancel = this.#parts.clock.after(pause, () => {
      this.#saving = this.#saveAndGoOn()
    })
  }

  async #saveAndGoOn(): Promise<void> {
    const pause = (await this.#guarded(() => this.#save())) ?? FAILED_MS
    this.#saving = undefined
    if (!this.#closed && this.#last === undefined) this.#saveIn(pause)
  }

  /** Gives how long to wait for the next one. */
  async #save(): Promise<number> {
    const { clock } = this.#parts
    const source = this.#source
    if (source === undefined || source.batches === this.#saved) return INTERVAL_MS
    const begin = clock.elapsed()
    const release = await this.#hold()
    const taken = this.#take(source)
    release()
    const held = clock.elapsed() - begin
    await taken.settled
    const settled = clock.elapsed()
    await this.#write(taken)
    return Math.max(INTERVAL_MS, (held + clock.elapsed() - settled) * SHARE)
  }

  async #hold(): Promise<() => void> {
    const source = this.#source
    if (source === undefined) return () => {}
    this.#holders++
    this.#held ??= source.hold()
    const held = this.#held
    const leave = (): boolean => {
      if (--this.#holders > 0) return false
      this.#held = undefined
      return true
    }
    try {
      const release = await held
      return () => {
        if (leave()) release()
      }
    } catch (error) {
      leave()
      throw error
    }
  }

  #take(source: RunningSource): Taken {
    const { batches, offset } = source
    const saved = { ...(offset === undefined ? {} : { offset }), state: this.state.snapshot() }
    return { batches, saved, settled: source.settled() }
  }

  async #write({ batches, saved, settled }: Taken): Promise<void> {
    const { store, owner, stream } = this.#parts
    await settled
    if (this.#closed || batches <= this.#saved) return
    await store.save(owner, stream, saved)
    this.#saved = batches
  }

  async #guarded<T>(step: () => Promise<T>): Promise<T | undefined> {
    const { log, stream } = this.#parts
    try {
      return await step()
    } catch (error) {
      log.error(`where the stream goes on could not be saved: ${describe(toPlutinoError(error))}`, { stream: stream.name })
      return undefined
    }
  }
}
