import type { PlutinoError } from '../../base/errors.ts'
import type { UseMetrics } from './use-metrics.ts'

/** An instance of the next version that stands beside the one that works. */
export interface Prepared {
  /** Between two calls: takes over what the one before knows. Rejects when the next version does not take it; then the one before goes on. */
  commit(): Promise<void>
  cancel(): Promise<void>
}

/** A plugin at work in one node of one rule. */
export interface Use<Code> {
  readonly kind: 'source' | 'sink' | 'function'
  readonly rule: string
  readonly node: string
  /** The version that runs. */
  readonly code: Code
  readonly metrics: UseMetrics
  /** Rejects when the next version does not start here. */
  prepare(next: Code): Promise<Prepared>
}

/** The version before, as long as the current one may still turn out to be bad. */
interface Before<Code> {
  readonly code: Code
  readonly failed: (error: PlutinoError) => void
}

/** The versions of one plugin as they follow each other, and what runs them. */
export class PluginLine<Code> {
  current: Code
  readonly uses = new Set<Use<Code>>()
  #before: Before<Code> | undefined

  constructor(first: Code) {
    this.current = first
  }

  /** `failed`: called once, when the first calls of `next` fail somewhere; undefined: `next` is not on trial. */
  follow(next: Code, failed: ((error: PlutinoError) => void) | undefined): void {
    this.#before = failed === undefined ? undefined : { code: this.current, failed }
    this.current = next
  }

  /** What runs in the place of `code` when it fails on its trial. */
  before(code: Code): Code | undefined {
    return this.current === code ? this.#before?.code : undefined
  }

  condemn(code: Code, error: PlutinoError): void {
    const before = this.#before
    if (this.current !== code || before === undefined) return
    this.current = before.code
    this.#before = undefined
    before.failed(error)
  }
}
