import { rowFailed } from '../../data/row-failed.ts'
import { Tokens } from './tokens.ts'
import type { Expression, Operator, Path, Step } from './tree.ts'

/** Deepest nesting of brackets. */
const DEEPEST = 50

/** Operators from the weakest to the strongest. */
const LEVELS: readonly (readonly Operator[])[] = [
  ['??'],
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', '=~', '!~', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
  ['**'],
]

/**
 * Reads `$.store.book[?(@.price > 10)].title` and the like; also `$.price * 2`, as a path is an expression. Throws `row_failed` with the
 * place of the fault.
 */
export function parsePath(text: string): Expression {
  const parser = new Parser(text)
  return parser.whole()
}

class Parser {
  readonly #tokens: Tokens
  #depth = 0

  constructor(text: string) {
    this.#tokens = new Tokens(text)
  }

  whole(): Expression {
    const expression = this.#expression()
    if (this.#tokens.current.kind !== 'end') throw this.#tokens.unexpected('".", "[" or the end')
    return expression
  }

  #steps(root: Path['root']): Path {
    const steps: Step[] = []
    for (;;) {
      if (this.#tokens.accept('..')) {
        steps.push({ kind: 'descend' })
        const step = this.#tokens.accept('[') ? this.#bracket() : this.#afterDot()
        if (step.kind === 'slice') throw this.#tokens.unexpected('no slice after ".."')
        steps.push(step)
      } else if (this.#tokens.accept('.')) steps.push(this.#afterDot())
      else if (this.#tokens.accept('[')) steps.push(this.#bracket())
      else return { root, steps }
    }
  }

  #afterDot(): Step {
    if (this.#tokens.accept('*')) return { kind: 'all' }
    const { kind, text } = this.#tokens.current
    if (kind !== 'name') throw this.#tokens.unexpected('a name or "*"')
    this.#tokens.take()
    return { kind: 'key', key: text }
  }

  #bracket(): Step {
    const step = this.#inBrackets()
    this.#tokens.expect(']')
    return step
  }

  #inBrackets(): Step {
    if (this.#tokens.accept('*')) return { kind: 'all' }
    if (this.#tokens.accept('?')) return this.#nested(() => this.#filter())
    const first = this.#isSign(':') ? undefined : this.#key()
    if (this.#isSign(':')) return this.#slice(first)
    const keys = [first ?? '']
    while (this.#tokens.accept(',')) keys.push(this.#key())
    const [only] = keys
    return keys.length === 1 && only !== undefined ? { kind: 'key', key: only } : { kind: 'union', keys }
  }

  #filter(): Step {
    this.#tokens.expect('(')
    const condition = this.#expression()
    this.#tokens.expect(')')
    return { kind: 'filter', condition }
  }

  #slice(from: string | number | undefined): Step {
    const bounds: (number | undefined)[] = [typeof from === 'string' ? Number.NaN : from]
    while (this.#tokens.accept(':')) bounds.push(this.#isSign(':') || this.#isSign(']') ? undefined : this.#integer())
    const [start, to, step] = bounds
    if (bounds.length > 3 || Number.isNaN(start)) throw this.#tokens.unexpected('a slice such as 0:2 or 0:4:2')
    return {
      kind: 'slice',
      ...(start === undefined ? {} : { from: start }),
      ...(to === undefined ? {} : { to }),
      ...(step === undefined ? {} : { step }),
    }
  }

  #key(): string | number {
    const { kind, text } = this.#tokens.current
    if (kind !== 'text') return this.#integer()
    this.#tokens.take()
    return text
  }

  #integer(): number {
    const negative = this.#tokens.accept('-')
    const { kind, text } = this.#tokens.current
    if (kind !== 'number' || !/^\d+$/.test(text)) throw this.#tokens.unexpected('a whole number, a quoted name, "*" or "?("')
    this.#tokens.take()
    return negative ? -Number(text) : Number(text)
  }

  #expression(level = 0): Expression {
    const operators = LEVELS[level]
    if (operators === undefined) return this.#unary()
    let left = this.#expression(level + 1)
    for (let op = this.#operator(operators); op !== undefined; op = this.#operator(operators)) {
      left = { kind: 'binary', op, left, right: this.#expression(level + 1) }
    }
    return left
  }

  #operator(operators: readonly Operator[]): Operator | undefined {
    const { kind, text } = this.#tokens.current
    const found = kind === 'sign' || text === 'in' ? operators.find((op) => op === text) : undefined
    if (found !== undefined) this.#tokens.take()
    return found
  }

  #unary(): Expression {
    if (this.#tokens.accept('!')) return { kind: 'unary', op: '!', operand: this.#nested(() => this.#unary()) }
    if (this.#tokens.accept('-')) return { kind: 'unary', op: '-', operand: this.#nested(() => this.#unary()) }
    return this.#nested(() => this.#primary())
  }

  #primary(): Expression {
    if (this.#tokens.accept('@')) return { kind: 'path', path: this.#steps('@') }
    if (this.#tokens.accept('$')) return { kind: 'path', path: this.#steps('$') }
    if (this.#tokens.accept('[')) return this.#list()
    if (this.#tokens.accept('(')) {
      const inner = this.#expression()
      this.#tokens.expect(')')
      return inner
    }
    const { kind, text } = this.#tokens.current
    if (kind !== 'name' || text === 'true' || text === 'false') return { kind: 'literal', value: this.#literal() }
    return { kind: 'member', names: this.#names() }
  }

  #list(): Expression {
    const items: Expression[] = []
    if (this.#tokens.accept(']')) return { kind: 'list', items }
    do items.push(this.#expression())
    while (this.#tokens.accept(','))
    this.#tokens.expect(']')
    return { kind: 'list', items }
  }

  #names(): readonly string[] {
    const names: string[] = []
    do {
      const { kind, text } = this.#tokens.take()
      if (kind !== 'name') throw this.#tokens.unexpected('a name')
      names.push(text)
    } while (this.#tokens.accept('.'))
    return names
  }

  #literal(): string | number | boolean {
    const { kind, text } = this.#tokens.current
    if (kind !== 'name' && kind !== 'text' && kind !== 'number') throw this.#tokens.unexpected('a value')
    this.#tokens.take()
    return kind === 'text' ? text : kind === 'number' ? Number(text) : text === 'true'
  }

  #isSign(sign: string): boolean {
    return this.#tokens.current.kind === 'sign' && this.#tokens.current.text === sign
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > DEEPEST) throw rowFailed(`the path is nested deeper than ${DEEPEST} levels`)
    const result = read()
    this.#depth--
    return result
  }
}
