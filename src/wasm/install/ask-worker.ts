import type { Clock } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import { startThread } from '../thread.ts'

const HEAP_MIB = 512

export interface AskParts {
  /** What is done, for messages. */
  readonly what: string
  readonly clock: Clock
  /** Milliseconds that it may take. */
  readonly limit: number
}

/**
 * Starts a thread, gives its first message and ends it: tools that read strange bytes may hang, eat memory or be broken afterwards. `file`:
 * the thread's file without its suffix. Rejects with `plugin_invalid`.
 */
export function askWorker<Answer>(file: URL, request: unknown, { what, clock, limit }: AskParts): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const worker = startThread(file, {
    workerData: request,
    name: what.slice(0, 60),
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  })
  const end = (): void => {
    cancel()
    void worker.terminate()
  }
  const cancel = clock.after(limit, () => {
    end()
    reject(invalid(`${what} took longer than ${limit} ms`, 'make the component smaller'))
  })
  worker.once('message', (answer: Answer) => {
    end()
    resolve(answer)
  })
  worker.once('error', (error) => {
    end()
    reject(
      invalid(`${what} failed: ${error instanceof Error ? error.message : String(error)}`, 'make the component smaller or build it again'),
    )
  })
  worker.once('exit', () => {
    cancel()
    reject(invalid(`${what} ended without an answer`, 'build it again'))
  })
  return promise
}

function invalid(message: string, hint: string): PlutinoError {
  return new PlutinoError('plugin_invalid', message, { hint })
}
