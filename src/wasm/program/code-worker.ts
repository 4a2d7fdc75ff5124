import { parentPort, workerData } from 'node:worker_threads'
import { toPlutinoError } from '../../base/errors.ts'
import type { GuestCode } from '../guest/code.ts'
import { codeOf } from './code.ts'
import type { CodeRequest } from './code-request.ts'

/** What the thread answers, once. */
export type CodeAnswer =
  | { readonly ok: true; readonly code: GuestCode }
  | { readonly ok: false; readonly message: string; readonly hint: string | undefined }

async function answerTo(request: CodeRequest): Promise<CodeAnswer> {
  try {
    return { ok: true, code: await codeOf(request) }
  } catch (error) {
    const { message, hint } = toPlutinoError(error)
    return { ok: false, message, hint }
  }
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only starter of this file gives a CodeRequest
const answer = await answerTo(workerData as CodeRequest)
parentPort?.postMessage(answer, [])
