import { PlutinoError, type ErrorCode, type Position } from '../base/errors.ts'
import { nearest } from '../base/suggest.ts'
import type { Node } from '../sql/ast.ts'
import { positionAt } from '../sql/position.ts'

/** `did you mean "x"?` when a known name is near. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const found = nearest(name, known)
  return found === undefined ? undefined : `did you mean "${found}"?`
}

/** More errors than anybody reads; further ones are not looked into. */
const MOST = 100

/** What to do about an error; a function when it costs something to find out. */
type Hint = string | (() => string | undefined)

/** Collects the independent errors of one statement, so that a person sees them all at once. */
export class Problems {
  readonly #text: string
  readonly #found: PlutinoError[] = []

  constructor(text: string) {
    this.#text = text
  }

  add(node: Node, message: string, hint?: Hint): void {
    this.#note('sql_invalid', node, message, hint)
  }

  /** For what is valid, but not executed by this version. */
  unsupported(node: Node, what: string): void {
    this.#note('sql_unsupported', node, `${what} not supported yet`)
  }

  /** Throws the first error in the order of the text, the others within it. */
  throwIfAny(): void {
    const [first, ...others] = this.#found.toSorted((a, b) => order(a) - order(b))
    if (first === undefined) return
    throw new PlutinoError(first.code, first.message, {
      ...(first.hint === undefined ? {} : { hint: first.hint }),
      ...(first.position === undefined ? {} : { position: first.position }),
      others,
    })
  }

  #note(code: ErrorCode, node: Node, message: string, hint?: Hint): void {
    if (this.#found.length >= MOST) return
    const position = positionAt(this.#text, node.at, node.end)
    const known = this.#found.some((error) => error.message === message && order(error) === orderOf(position))
    if (known) return
    const advice = typeof hint === 'function' ? hint() : hint
    this.#found.push(new PlutinoError(code, message, { position, ...(advice === undefined ? {} : { hint: advice }) }))
  }
}

function order(error: PlutinoError): number {
  return error.position === undefined ? 0 : orderOf(error.position)
}

function orderOf({ line, column }: Position): number {
  return line * 10_000_000 + column
}
