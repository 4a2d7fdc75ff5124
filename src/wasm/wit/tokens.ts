import { PlutinoError } from '../../base/errors.ts'

/** Names, keywords and versions are words; everything else is one character or `->`. */
const TOKEN = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|(->|%?[A-Za-z0-9][A-Za-z0-9_.-]*|[{}()<>=,;:/@_*])/y

/** The words of a WIT text, without comments, and a place in them. */
export class Tokens {
  readonly #words: readonly string[]
  #at = 0

  /** Throws `internal`: the only texts are the ones that ship with the product. */
  constructor(text: string) {
    const words: string[] = []
    TOKEN.lastIndex = 0
    while (TOKEN.lastIndex < text.length) {
      const from = TOKEN.lastIndex
      const match = TOKEN.exec(text)
      if (match === null) throw new PlutinoError('internal', `WIT: unexpected text "${text.slice(from, from + 20)}"`)
      if (match[1] !== undefined) words.push(match[1].replace(/^%/, ''))
    }
    this.#words = words
  }

  get done(): boolean {
    return this.#at >= this.#words.length
  }

  peek(ahead = 0): string {
    return this.#words[this.#at + ahead] ?? ''
  }

  next(): string {
    return this.#words[this.#at++] ?? ''
  }

  /** Takes `word` when it is the next one. */
  take(word: string): boolean {
    if (this.peek() !== word) return false
    this.#at++
    return true
  }

  expect(word: string): void {
    if (!this.take(word)) throw new PlutinoError('internal', `WIT: expected "${word}", got "${this.peek()}"`)
  }

  /** `item, item, item close`: a comma after the last item is allowed. */
  listUntil<T>(close: string, item: () => T): T[] {
    const items: T[] = []
    while (!this.take(close)) {
      items.push(item())
      if (!this.take(',')) {
        this.expect(close)
        break
      }
    }
    return items
  }
}
