import { PlutinoError } from '../base/errors.ts'
import type { BoundExpr } from './bound.ts'

/** More statements than any statement of a person needs: what would be larger is refused instead of compiled. */
const MOST_STATEMENTS = 100_000

/**
 * Collects the statements of generated code. Every value has a name, and an expression that was computed already in this block or
 * around it is not computed again. Constants and functions are passed in by index, never pasted.
 */
export class Emitter {
  readonly lines: string[] = []
  readonly constants: unknown[] = []
  readonly functions: string[] = []
  readonly #blocks: Map<BoundExpr | number, string>[] = [new Map()]
  #names = 0

  name(): string {
    return `v${this.#names++}`
  }

  emit(line: string): void {
    if (this.lines.length >= MOST_STATEMENTS) throw new PlutinoError('sql_invalid', 'the statement is too large to be compiled')
    this.lines.push(line)
  }

  /** Names the value of a JavaScript expression. */
  define(code: string): string {
    const name = this.name()
    this.emit(`const ${name} = ${code};`)
    return name
  }

  /** Emits a block; what is computed inside it is not known after it. */
  block(head: string, body: () => void): void {
    this.emit(`${head} {`)
    this.#blocks.push(new Map())
    body()
    this.#blocks.pop()
    this.emit('}')
  }

  known(key: BoundExpr | number): string | undefined {
    for (const block of this.#blocks) {
      const name = block.get(key)
      if (name !== undefined) return name
    }
    return undefined
  }

  remember(key: BoundExpr | number, name: string): string {
    this.#blocks.at(-1)?.set(key, name)
    return name
  }

  constant(value: unknown): string {
    this.constants.push(value)
    return `k${this.constants.length - 1}`
  }

  function(name: string): string {
    const known = this.functions.indexOf(name)
    return `f${known >= 0 ? known : this.functions.push(name) - 1}`
  }
}
