import type { PlutinoError } from '../../base/errors.ts'
import { templateInvalid } from './fault.ts'
import type { Token } from './lex.ts'

/** Reads tokens one by one. */
export class Cursor {
  readonly source: string
  readonly #tokens: readonly Token[]
  #next = 0

  constructor(source: string, tokens: readonly Token[]) {
    this.source = source
    this.#tokens = tokens
  }

  peek(): Token | undefined {
    return this.#tokens[this.#next]
  }

  take(): Token | undefined {
    return this.#tokens[this.#next++]
  }

  /** The function that goes back to here. */
  mark(): () => void {
    const next = this.#next
    return () => {
      this.#next = next
    }
  }

  /** Whether the next token is this punctuation or name. */
  at(text: string): boolean {
    const token = this.peek()
    return (token?.kind === 'punctuation' || token?.kind === 'name') && token.text === text
  }

  /** Takes the next token when it is this punctuation or name. */
  accept(text: string): boolean {
    if (!this.at(text)) return false
    this.take()
    return true
  }

  atClose(): boolean {
    return this.peek()?.kind === 'close'
  }

  expectClose(context: string): void {
    const token = this.take()
    if (token?.kind !== 'close') throw this.unexpected(token, context)
  }

  get offset(): number {
    return this.peek()?.at ?? this.source.length
  }

  unexpected(token: Token | undefined, context: string): PlutinoError {
    if (token === undefined) return templateInvalid(this.source, this.source.length, `the template ends in ${context}`)
    return templateInvalid(this.source, token.at, `unexpected ${JSON.stringify(token.text)} in ${context}`)
  }

  invalid(at: number, message: string, hint?: string): PlutinoError {
    return templateInvalid(this.source, at, message, hint)
  }
}
