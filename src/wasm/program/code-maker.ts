import type { Clock } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import type { GuestCode } from '../guest/code.ts'
import { askWorker } from '../install/ask-worker.ts'
import { InOrder } from '../instance/in-order.ts'
import type { Contract } from '../wit/contract.ts'
import type { CodeRequest } from './code-request.ts'
import type { CodeAnswer } from './code-worker.ts'

export interface CodeMakerParts {
  readonly contract: Contract
  readonly clock: Clock
  /** Milliseconds that it may take to make the code of one component. */
  readonly limit: number
  /** Where translations are kept; absent: they are made again in each life of the server. */
  readonly folder?: string
}

interface Made {
  readonly memoryBytes: number
  readonly code: Promise<GuestCode>
}

/** Makes code ready to run, each in a thread that ends afterwards, one after the other: it takes 100 MB and more. */
export class CodeMaker {
  readonly #parts: CodeMakerParts
  /** By the bytes themselves: what is made lasts as long as whoever holds them. An installation needs it twice. */
  readonly #made = new WeakMap<Uint8Array, Made>()
  readonly #order = new InOrder()

  constructor(parts: CodeMakerParts) {
    this.#parts = parts
  }

  /** Rejects with `plugin_invalid`. */
  code(request: CodeRequest): Promise<GuestCode> {
    const known = this.#made.get(request.component)
    if (known?.memoryBytes === request.memoryBytes) return known.code
    const code = this.#order.run(() => this.#make(request))
    this.keep(request, code)
    return code
  }

  /** For whoever makes it in a thread of its own, and says so with `keep`. */
  request(of: Omit<CodeRequest, 'wit' | 'folder'>): CodeRequest {
    const { contract, folder } = this.#parts
    return { ...of, wit: contract.text, ...(folder === undefined ? {} : { folder }) }
  }

  /** A failure is not kept. */
  keep({ component, memoryBytes }: CodeRequest, code: Promise<GuestCode>): void {
    const made = { memoryBytes, code }
    this.#made.set(component, made)
    void code.catch(() => {
      if (this.#made.get(component) === made) this.#made.delete(component)
    })
  }

  async #make(request: CodeRequest): Promise<GuestCode> {
    const { clock, limit } = this.#parts
    const worker = new URL('code-worker', import.meta.url)
    const answer = await askWorker<CodeAnswer>(worker, request, { what: `the preparation of ${request.file}`, clock, limit })
    if (answer.ok) return answer.code
    throw new PlutinoError('plugin_invalid', answer.message, answer.hint === undefined ? {} : { hint: answer.hint })
  }
}
