import { Worker } from 'node:worker_threads'
import type { Verdict } from './verdict.ts'

const WORKER = new URL('worker.ts', import.meta.url)

/** A thread that runs cases one at a time; one that takes too long or dies fails its case alone and is replaced. */
export class WatchedWorker {
  readonly #patience: number
  readonly #script: URL
  #worker: Worker | undefined
  #lost = 0

  /** `patience`: milliseconds for one case. */
  constructor(patience: number, script = WORKER) {
    this.#patience = patience
    this.#script = script
  }

  /** Threads that were lost since the last answer. */
  get lost(): number {
    return this.#lost
  }

  async run(text: string): Promise<Verdict> {
    const worker = (this.#worker ??= new Worker(this.#script))
    const { promise, resolve } = Promise.withResolvers<Verdict>()
    const lose = (why: string): void => {
      if (this.#worker === worker) this.#worker = undefined
      this.#lost++
      void worker.terminate()
      resolve({ failure: `the runner ${why}` })
    }
    const timer = setTimeout(() => lose(`did not come back in ${this.#patience} ms`), this.#patience)
    const onMessage = (verdict: Verdict): void => {
      this.#lost = 0
      resolve(verdict)
    }
    const onError = (error: unknown): void => lose(`died: ${error instanceof Error ? error.message : String(error)}`)
    const onExit = (): void => lose('died')
    worker.once('message', onMessage).once('error', onError).once('exit', onExit)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(text)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
    }
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }
}
