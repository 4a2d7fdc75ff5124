import { createContext, Script } from 'node:vm'

/** Runs work that uses no more than the processor, and ends it when it takes too long: a thread of the engine's own watches it. */
export class TimeLimit {
  readonly #context: { work: () => unknown } = { work: () => undefined }
  readonly #script = new Script('work()')

  constructor() {
    createContext(this.#context)
  }

  /** What `work` gives; undefined, and nothing of it goes on, when it is not done within `ms`. */
  run<T>(ms: number, work: () => T): { readonly done: T } | undefined {
    let done: { readonly done: T } | undefined
    this.#context.work = () => {
      done = { done: work() }
    }
    try {
      this.#script.runInContext(this.#context, { timeout: ms })
    } catch (error) {
      if (!isTimeout(error)) throw error
    }
    return done
  }
}

/** The error comes from the other context: it is no `Error` of this one. */
function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}
