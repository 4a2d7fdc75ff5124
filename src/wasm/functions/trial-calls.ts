import type { StreamContext } from '../../api/context.ts'
import { type PlutinoError, toPlutinoError } from '../../base/errors.ts'
import type { WireReader } from '../abi/wire.ts'
import { noted } from '../instance/memory-state.ts'
import type { PluginCode } from '../plugin-code.ts'
import { Trial } from '../swap/trial.ts'
import type { UseMetrics } from '../swap/use-metrics.ts'
import type { CallInstance, CurrentInstance, GuestRequest } from './current-instance.ts'

export type Restore = (call: CallInstance) => Promise<void>

interface OnTrial {
  readonly trial: Trial
  readonly before: PluginCode
  /** What the version before knew when it ended, and what has been called since then. */
  readonly restores: readonly Restore[]
  /** Puts the state of the node back to what it was then. */
  readonly putBack: () => void
  readonly calls: GuestRequest[]
}

/** The calls of a version that has just taken over: when the first of them fail, the version before goes on as if it had made them. */
export class TrialCalls {
  readonly #ctx: StreamContext
  readonly #metrics: UseMetrics
  readonly #current: CurrentInstance
  #onTrial: OnTrial | undefined

  constructor(ctx: StreamContext, metrics: UseMetrics, current: CurrentInstance) {
    this.#ctx = ctx
    this.#metrics = metrics
    this.#current = current
  }

  get over(): boolean {
    return this.#onTrial === undefined
  }

  /** `next` has taken over from `before`, with what it got of it. */
  begin(next: PluginCode, before: PluginCode, restores: readonly Restore[]): void {
    const tried = next.line.before(next) === before
    this.#onTrial = tried ? { trial: new Trial(), before, restores, putBack: noted(this.#ctx), calls: [] } : undefined
  }

  /** Something is called whose result nobody looks at. */
  note(request: GuestRequest): void {
    this.#onTrial?.calls.push(copyOf(request))
  }

  /** Rejects with what the guest gave as error, or why it ended. */
  async call(request: GuestRequest): Promise<WireReader> {
    const tried = this.#onTrial
    if (tried === undefined) return this.#current.call(request)
    const copy = copyOf(request)
    try {
      const wire = await this.#current.call(request)
      tried.calls.push(copy)
      tried.trial.passed()
      if (tried.trial.over) this.#onTrial = undefined
      return wire
    } catch (error) {
      if (this.#ctx.signal.aborted || !tried.trial.condemns(toPlutinoError(error))) throw error
      await this.#goBack(tried, toPlutinoError(error))
      return this.#current.call(copy)
    }
  }

  /** What the version gave cannot be: the version before goes on. Rejects when that cannot be started. */
  async condemn(error: PlutinoError): Promise<void> {
    const tried = this.#onTrial
    if (tried !== undefined && !this.#ctx.signal.aborted) await this.#goBack(tried, error)
  }

  async #goBack({ before, restores, putBack, calls }: OnTrial, error: PlutinoError): Promise<void> {
    const bad = this.#current.code
    this.#ctx.log.error(`version ${bad.version} of plugin ${bad.name} failed its first calls: version ${before.version} takes over again`, {
      plugin: bad.name,
      error: error.message,
    })
    this.#metrics.lastRollback = `version ${bad.version}: ${error.message}`
    await this.#current.stop()
    this.#onTrial = undefined
    this.#current.become(before)
    bad.line.condemn(bad, error)
    putBack()
    await this.#current.goOn(async (call) => {
      for (const restore of restores) await restore(call)
      for (const one of calls) await call(one.interface, one.function, one.args).catch(() => {})
    })
  }
}

function copyOf(request: GuestRequest): GuestRequest {
  return { ...request, args: request.args.slice() }
}
