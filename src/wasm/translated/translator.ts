import { createHash } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import { limitModule, limitPart } from '../component/limit-module.ts'
import { ownsMemory } from '../component/take-apart.ts'
import type { TranslatedCode } from '../guest/code.ts'
import { askWorker } from '../install/ask-worker.ts'
import type { Contract } from '../wit/contract.ts'
import { readTranslation, type Translation, writeTranslation } from './stored.ts'
import type { TranslateAnswer, TranslateRequest } from './translate-worker.ts'

export interface TranslatorParts {
  readonly contract: Contract
  readonly clock: Clock
  /** Milliseconds that a translation may take. */
  readonly limit: number
  /** Where translations are kept; absent: they are made again in each life of the server. */
  readonly folder?: string
}

/** Has components translated by jco, each in a thread that ends afterwards, one after the other: a translation takes 100 MB. */
export class Translator {
  readonly #parts: TranslatorParts
  #last: { readonly sha256: string; readonly made: Promise<Translation> } | undefined
  #tail: Promise<unknown> = Promise.resolve()

  constructor(parts: TranslatorParts) {
    this.#parts = parts
  }

  /** Rejects with `plugin_invalid`. `file`: for messages. */
  async translate(component: Uint8Array, file: string, memoryBytes: number): Promise<TranslatedCode> {
    const { script, modules } = await this.#translation(component, file)
    const owners = [...modules].filter(([, bytes]) => ownsMemory(bytes)).map(([name]) => name)
    const share = memoryBytes / Math.max(1, owners.length)
    const compiled = [...modules].map(
      async ([name, bytes]) =>
        [name, await WebAssembly.compile(owners.includes(name) ? limitModule(bytes, share) : limitPart(bytes))] as const,
    )
    const ready = new Map(await Promise.all(compiled))
    for (const module of ready.values()) checkNames(module, file)
    return { kind: 'translated', script, modules: ready, owners }
  }

  #translation(component: Uint8Array, file: string): Promise<Translation> {
    const sha256 = createHash('sha256').update(component).digest('hex')
    if (this.#last?.sha256 === sha256) return this.#last.made
    const work = (): Promise<Translation> => this.#make(component, file, sha256)
    const made = this.#tail.then(work, work)
    this.#tail = made.catch(() => {
      if (this.#last?.made === made) this.#last = undefined
    })
    // an installation needs it twice
    this.#last = { sha256, made }
    return made
  }

  async #make(component: Uint8Array, file: string, sha256: string): Promise<Translation> {
    const { contract, clock, limit, folder } = this.#parts
    const stored = folder === undefined ? undefined : await readTranslation(folder, sha256)
    if (stored !== undefined) return stored
    const request: TranslateRequest = { component, wit: contract.text }
    const answer = await askWorker<TranslateAnswer>(new URL('../translated/translate-worker', import.meta.url), request, {
      what: `the translation of ${file}`,
      clock,
      limit,
    })
    if (!answer.ok)
      throw new PlutinoError('plugin_invalid', `${file} cannot be translated: ${answer.message}`, { hint: 'build it with current tools' })
    const made = { script: answer.script, modules: new Map(answer.modules) }
    if (folder !== undefined) await writeTranslation(folder, sha256, made)
    return made
  }
}

/** Names of imports and exports become part of JavaScript as they are. */
const UNSAFE = /['"`\\\p{Cc}\u2028\u2029]/u

function checkNames(module: WebAssembly.Module, file: string): void {
  const names = [
    ...WebAssembly.Module.imports(module).flatMap((one) => [one.module, one.name]),
    ...WebAssembly.Module.exports(module).map((one) => one.name),
  ]
  const strange = names.find((name) => UNSAFE.test(name))
  if (strange === undefined) return
  throw new PlutinoError('plugin_invalid', `${file} has the strange name ${JSON.stringify(strange.slice(0, 80))} in a core module`, {
    hint: 'build it with current tools',
  })
}
