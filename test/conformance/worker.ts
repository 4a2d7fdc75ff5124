import { parentPort } from 'node:worker_threads'
import { verdictOf } from './verdict.ts'

/** Runs the cases that come as texts, one after another, and answers with their verdicts. */
parentPort?.on('message', (text: string) => {
  void verdictOf(text)
    .catch((error: unknown) => ({ failure: error instanceof Error ? error.stack : String(error) }))
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    .then((verdict) => parentPort?.postMessage(verdict))
})
