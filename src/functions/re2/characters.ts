import type { PlutinoError } from '../../base/errors.ts'
import { rowFailed } from '../../data/row-failed.ts'

/** Deepest nesting of groups. */
const DEEPEST = 200

/** A pattern, read character by character. */
export class Characters {
  readonly #pattern: string
  #at = 0
  #depth = 0

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  get at(): number {
    return this.#at
  }

  get current(): string | undefined {
    const codePoint = this.#pattern.codePointAt(this.#at)
    return codePoint === undefined ? undefined : String.fromCodePoint(codePoint)
  }

  next(): string {
    const { current } = this
    if (current === undefined) throw this.wrong('an end too early')
    this.#at += current.length
    return current
  }

  accept(text: string): boolean {
    const found = this.#pattern.startsWith(text, this.#at)
    if (found) this.#at += text.length
    return found
  }

  /** What `form`, which begins with ^, matches here. */
  take(form: RegExp): RegExpExecArray | undefined {
    const found = form.exec(this.#pattern.slice(this.#at)) ?? undefined
    if (found !== undefined) this.#at += found[0].length
    return found
  }

  nested<T>(read: () => T): T {
    if (++this.#depth > DEEPEST) throw this.wrong(`groups nested deeper than ${DEEPEST} levels`)
    const result = read()
    this.#depth--
    return result
  }

  wrong(what: string): PlutinoError {
    return rowFailed(`the pattern "${this.#pattern}" cannot be read: ${what} before "${this.#pattern.slice(this.#at)}"`)
  }
}
