import { nearest } from '../../base/suggest.ts'
import type { Cursor } from './cursor.ts'
import type { Token } from './lex.ts'
import type { Scope } from './scope.ts'
import type { Command, Operand, Pipeline } from './tree.ts'

const MAX_NESTING = 100

/** Pipelines of one template body. */
export class PipelineParser {
  readonly #cursor: Cursor
  readonly #scope: Scope
  readonly #functions: ReadonlySet<string>
  #nesting = 0

  constructor(cursor: Cursor, scope: Scope, functions: ReadonlySet<string>) {
    this.#cursor = cursor
    this.#scope = scope
    this.#functions = functions
  }

  /** Up to and with the closing `}}`. `targets`: how many variables may be set. */
  parse(context: string, targets: number): Pipeline {
    const at = this.#cursor.offset
    const names = this.#targets(targets)
    const commands = this.#commands(context)
    this.#cursor.expectClose(context)
    // Declared only now: in `$x := $x` the second one is the outer variable.
    const slots = names.names.map((name) => (names.declares ? this.#scope.declare(name) : this.#slot(name, at)))
    return { at, targets: slots, commands }
  }

  #targets(max: number): { names: readonly string[]; declares: boolean } {
    const names: string[] = []
    const rewind = this.#cursor.mark()
    while (this.#cursor.peek()?.kind === 'variable') {
      names.push(this.#cursor.take()?.text ?? '')
      if (this.#cursor.at(':=') || this.#cursor.at('=')) {
        const at = this.#cursor.offset
        if (names.length > max) throw this.#cursor.invalid(at, 'too many variables on the left side')
        return { names, declares: this.#cursor.take()?.text === ':=' }
      }
      if (!this.#cursor.accept(',')) break
    }
    rewind()
    return { names: [], declares: false }
  }

  #commands(context: string): readonly Command[] {
    const commands: Command[] = []
    do commands.push(this.#command(context, commands.length > 0))
    while (this.#cursor.accept('|'))
    return commands
  }

  #command(context: string, piped: boolean): Command {
    const at = this.#cursor.offset
    const operands: Operand[] = []
    while (!this.#cursor.atClose() && !this.#cursor.at('|') && !this.#cursor.at(')')) {
      const token = this.#cursor.peek()
      const spaced = token === undefined || !('spaced' in token) || token.spaced
      if (operands.length > 0 && !spaced) throw this.#cursor.invalid(this.#cursor.offset, 'expected a blank between two arguments')
      operands.push(this.#operand(context))
    }
    const [first] = operands
    if (first === undefined) throw this.#cursor.invalid(at, `missing value for ${context}`)
    if (piped && first.kind !== 'function' && first.kind !== 'member') {
      throw this.#cursor.invalid(at, 'only a function can stand behind |')
    }
    if (first.kind !== 'function' && (operands.length > 1 || piped)) {
      throw this.#cursor.invalid(at, 'arguments were given to something that is no function')
    }
    return { at, operands }
  }

  /** A term and the members that follow it without a blank. */
  #operand(context: string): Operand {
    let operand = this.#term(context)
    for (;;) {
      const token = this.#cursor.peek()
      if (token?.kind !== 'field' || token.spaced || token.text === '.') return operand
      if (operand.kind === 'constant' || operand.kind === 'nil')
        throw this.#cursor.unexpected(token, 'an operand: a constant has no members')
      this.#cursor.take()
      operand = { kind: 'member', at: token.at, object: operand, name: token.text.slice(1) }
    }
  }

  #term(context: string): Operand {
    const token = this.#cursor.take()
    if (token === undefined) throw this.#cursor.unexpected(token, context)
    switch (token.kind) {
      case 'literal':
        return { kind: 'constant', at: token.at, value: token.value }
      case 'variable':
        return { kind: 'variable', at: token.at, slot: this.#slot(token.text, token.at) }
      case 'field': {
        const dot: Operand = { kind: 'dot', at: token.at }
        return token.text === '.' ? dot : { kind: 'member', at: token.at, object: dot, name: token.text.slice(1) }
      }
      case 'name':
        return this.#word(token)
      case 'punctuation':
        if (token.text === '(') return this.#nested(token, context)
        throw this.#cursor.unexpected(token, context)
      case 'text':
      case 'open':
      case 'close':
        throw this.#cursor.unexpected(token, context)
    }
  }

  #word(token: Token): Operand {
    if (token.text === 'true' || token.text === 'false') return { kind: 'constant', at: token.at, value: token.text === 'true' }
    if (token.text === 'nil') return { kind: 'nil', at: token.at }
    if (this.#functions.has(token.text)) return { kind: 'function', at: token.at, name: token.text }
    const known = nearest(token.text, [...this.#functions])
    throw this.#cursor.invalid(
      token.at,
      `function "${token.text}" is not defined`,
      known === undefined ? undefined : `did you mean ${known}?`,
    )
  }

  #nested(open: Token, context: string): Operand {
    if (++this.#nesting > MAX_NESTING) throw this.#cursor.invalid(open.at, `parentheses are nested deeper than ${MAX_NESTING}`)
    const commands = this.#commands('parentheses')
    this.#nesting--
    if (!this.#cursor.accept(')')) throw this.#cursor.unexpected(this.#cursor.peek(), `${context}: expected )`)
    return { kind: 'pipeline', at: open.at, pipeline: { at: open.at, targets: [], commands } }
  }

  #slot(name: string, at: number): number {
    const slot = this.#scope.find(name)
    if (slot === undefined) throw this.#cursor.invalid(at, `undefined variable ${name}`)
    return slot
  }
}
