import type { Clock } from '../base/clock.ts'
import { PlutinoError, toPlutinoError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { Offset } from '../api/source.ts'
import { isStruct, type Struct, type Value } from '../data/value.ts'
import { CheckpointMetrics } from './checkpoint-metrics.ts'
import type { CheckpointStore } from './checkpoint-store.ts'
import type { Token } from './confirmations.ts'
import { Epoch } from './epoch.ts'
import { describe } from './error-path.ts'
import type { RuleSpec } from './spec.ts'

/** How often a rule looks whether its sources have come to rest, in milliseconds. */
const REST_MS = 50
/** How long a rule waits after a checkpoint that failed, in milliseconds. */
const FAILED_MS = 10_000
/** Checkpoints because of rest may take this part of the time at most. */
const REST_SHARE = 10

export interface CheckpointParts {
  readonly store: CheckpointStore
  readonly spec: RuleSpec
  readonly clock: Clock
  readonly log: Logger
  /** Calls back with the state of everything when no batch is on its way. */
  readonly snapshot: (take: (state: Value) => void) => void | Promise<void>
}

/** A state, and what happened until then. */
interface Taken {
  readonly saved: Struct
  readonly epoch: Epoch
}

/**
 * Saves the state of a rule: at the rule's interval, at its stop, and when its sources have come to rest while they wait for
 * their acknowledgements, as a broker does that has sent as many messages as it may. A checkpoint counts when all results that were given
 * before it are safe in the sinks; then the sources get the offsets that it contains. So a crash repeats rows, and loses none.
 */
export class Checkpoints {
  readonly metrics = new CheckpointMetrics()
  readonly #parts: CheckpointParts
  readonly #offsets = new Map<number, Offset>()
  #epoch = new Epoch()
  #saving: Promise<boolean> | undefined
  #cancelInterval: (() => void) | undefined
  #cancelRest: (() => void) | undefined
  #stopped = false
  #entered = 0
  #restFrom = 0
  /** Ends the save that waits. */
  #giveUp: (() => void) | undefined

  constructor(parts: CheckpointParts) {
    this.#parts = parts
  }

  /** What the sinks hold for the results that they get now. */
  readonly token = (): Token => this.#epoch

  /** A batch of the source at place `port` has passed the operators. */
  enter(port: number, token: Token | undefined): void {
    if (token?.offset === undefined) return
    this.#entered++
    this.#epoch.enter(token)
    this.#offsets.set(port, token.offset)
    this.#watchRest()
  }

  /** What was saved for this statement, with the offset of each source by its place. Before `start`. */
  load(): { readonly state: Value; readonly offsets: ReadonlyMap<number, Offset> } | undefined {
    const { store, spec, log } = this.#parts
    const saved = store.load(spec.id, spec.plan)
    if (!isStruct(saved)) return undefined
    const { offsets = {}, state = null } = saved
    for (const [port, offset] of Object.entries(isStruct(offsets) ? offsets : {})) this.#offsets.set(Number(port), offset)
    log.info('rule goes on from its checkpoint', { rule: spec.id })
    return { state, offsets: new Map(this.#offsets) }
  }

  start(): void {
    const { clock, spec } = this.#parts
    const again = (): void => {
      void this.save()
      this.#cancelInterval = clock.after(spec.options.checkpointInterval, again)
    }
    this.#cancelInterval = clock.after(spec.options.checkpointInterval, again)
  }

  /** At the end of the rule, when nothing enters any more and everything is safe in the sinks: saves once more. */
  async finish(): Promise<void> {
    this.#stop()
    await this.#saving
    await this.save()
  }

  /** The sinks did not take everything in time: what is saved already has to do, and the sources repeat what came after it. */
  async abandon(): Promise<void> {
    this.#stop()
    this.#giveUp?.()
    await this.#saving
  }

  /** Resolves when the state as of now is saved and the sources know, or when that was not possible. One at a time. */
  save(): Promise<boolean> {
    this.#saving ??= this.#save().finally(() => (this.#saving = undefined))
    return this.#saving
  }

  #stop(): void {
    this.#cancelInterval?.()
    this.#cancelRest?.()
    this.#stopped = true
  }

  /** Looks again and again, as long as a source waits, whether it has come to rest. */
  #watchRest(): void {
    if (this.#cancelRest !== undefined || this.#stopped) return
    const { clock } = this.#parts
    const before = this.#entered
    this.#cancelRest = clock.after(REST_MS, () => {
      this.#cancelRest = undefined
      if (this.#entered === before && clock.elapsed() >= this.#restFrom) void this.save()
      else if (this.#epoch.waiting > 0) this.#watchRest()
    })
  }

  async #save(): Promise<boolean> {
    const { store, spec, clock, log } = this.#parts
    const begin = clock.elapsed()
    let pause = 0
    const { promise: abandoned, reject } = Promise.withResolvers<never>()
    this.#giveUp = () => reject(new PlutinoError('unavailable', 'a sink did not take all results before the rule stopped'))
    let taken: Taken | undefined
    try {
      await Promise.race([this.#parts.snapshot((state) => (taken = this.#take(state))), abandoned])
      if (taken === undefined) return false
      await Promise.race([taken.epoch.close(), abandoned])
      await store.save(spec.id, spec.plan, taken.saved)
      taken.epoch.commit()
      this.metrics.succeed(clock.now())
      pause = (clock.elapsed() - begin) * REST_SHARE
      return true
    } catch (error) {
      taken?.epoch.passTo(this.#epoch)
      pause = FAILED_MS
      const message = `the state could not be saved: ${describe(toPlutinoError(error))}`
      this.metrics.fail(message, clock.now())
      log.error(message, { rule: spec.id })
      return false
    } finally {
      this.#giveUp = undefined
      this.#restFrom = clock.elapsed() + pause
      if (this.#epoch.waiting > 0) this.#watchRest()
    }
  }

  #take(state: Value): Taken {
    const epoch = this.#epoch
    this.#epoch = new Epoch()
    return { saved: { state, offsets: Object.fromEntries(this.#offsets) }, epoch }
  }
}
