import type { ErrorDetail } from '../base/errors.ts'
import { PlutinoError } from '../base/errors.ts'
import { nearest } from '../base/suggest.ts'
import type { Node } from './ast.ts'
import { STRUCTURE } from './keywords.ts'
import { tokenize } from './lexer.ts'
import { positionAt } from './position.ts'
import type { Token } from './token.ts'
import { isKeyword, isSymbol, isWord } from './token.ts'

/** A longer statement is refused at once, in UTF-16 units. */
export const MAX_LENGTH = 256 * 1024
/** Parentheses, calls, CASE, brackets and types within each other. */
export const MAX_NESTING = 200
/** Height of an expression: also a chain `a AND b AND …` grows the tree by one with each operator. */
export const MAX_HEIGHT = 1000

/** The tokens of one statement and a place among them; the errors that name a place; the limits. */
export class Cursor {
  readonly text: string
  /** How often a token was looked at: the measure of the work done, for the test that it is linear. */
  reads = 0
  readonly #tokens: readonly Token[]
  readonly #heights = new Map<Node, number>()
  #index = 0
  #nesting = 0

  constructor(text: string) {
    if (text.length > MAX_LENGTH) {
      throw new PlutinoError('sql_syntax', `statement of ${text.length} characters, expected at most ${MAX_LENGTH}`, {
        position: { line: 1, column: 1, length: 1 },
        hint: 'keep long lists of values in a table and join it',
      })
    }
    this.text = text
    this.#tokens = tokenize(text)
  }

  /** The token `ahead` places after the next one; past the end always the one of kind `end`. */
  peek(ahead = 0): Token {
    this.reads++
    const token = this.#tokens[this.#index + ahead] ?? this.#tokens.at(-1)
    if (token === undefined) throw new PlutinoError('internal', 'a statement without tokens')
    return token
  }

  next(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.#index++
    return token
  }

  /** Offset after the last token taken. */
  get end(): number {
    return this.#tokens[this.#index - 1]?.end ?? 0
  }

  symbol(value: string): boolean {
    return this.#take(isSymbol(this.peek(), value))
  }

  keyword(value: string): boolean {
    return this.#take(isKeyword(this.peek(), value))
  }

  word(value: string): boolean {
    return this.#take(isWord(this.peek(), value))
  }

  expectSymbol(value: string): Token {
    if (!isSymbol(this.peek(), value)) throw this.unexpected([`"${value}"`])
    return this.next()
  }

  expectKeyword(value: string): Token {
    if (!isKeyword(this.peek(), value)) throw this.unexpected([value])
    return this.next()
  }

  /** Takes the `)` or `]` that belongs to `open`; `others` is what could have stood here besides. */
  expectClose(open: Token, others: readonly string[] = []): Token {
    const close = open.value === '(' ? ')' : ']'
    const token = this.peek()
    if (isSymbol(token, close)) return this.next()
    const expected = [...others, `"${close}"`]
    if (OPERANDS.has(token.kind)) {
      const missing = others.includes('","') ? { hint: `a comma is missing before ${this.#shown(token)}` } : {}
      throw this.unexpected(expected, missing, ['AND', 'LIKE', 'BETWEEN'])
    }
    const { line, column } = positionAt(this.text, open.at)
    throw this.unexpected(expected, { hint: `"${open.value}" of line ${line}, column ${column} is not closed` })
  }

  expectName(what: string): Token {
    const token = this.peek()
    if (token.kind !== 'name') throw this.unexpected([what], this.keywordHint(token))
    return this.next()
  }

  /** What to do about a keyword where a name should stand, if somebody may have meant a name by it. */
  keywordHint(token: Token): ErrorDetail {
    if (token.kind !== 'keyword' || STRUCTURE.has(token.value)) return {}
    const name = this.text.slice(token.at, token.end)
    return { hint: `${token.value} is a keyword: as a name it stands between backticks, \`${name}\`` }
  }

  /** Reads one level deeper, within `token`. */
  nested<T>(token: Token, read: () => T): T {
    if (++this.#nesting > MAX_NESTING) throw this.errorAt(token, `nested too deep, expected at most ${MAX_NESTING} levels`)
    const result = read()
    this.#nesting--
    return result
  }

  /** Registers a new tree node over its children; refuses a tree that nobody could walk without overflowing the stack. */
  grown<const T extends Node>(node: T, children: readonly (Node | undefined)[]): T {
    let height = 1
    for (const child of children) if (child !== undefined) height = Math.max(height, 1 + (this.#heights.get(child) ?? 1))
    if (height > MAX_HEIGHT) {
      throw this.errorAt(this.peek(), `expression too deep, expected at most ${MAX_HEIGHT} operators in a chain`, {
        hint: 'a long list of alternatives is written x IN (…)',
      })
    }
    this.#heights.set(node, height)
    return node
  }

  errorAt(node: Node, message: string, detail: ErrorDetail = {}): PlutinoError {
    return new PlutinoError('sql_syntax', message, { ...detail, position: positionAt(this.text, node.at, node.end) })
  }

  /** The next token is none of `expected`: keywords, quoted symbols or descriptions such as `a name`. */
  unexpected(expected: readonly string[], detail: ErrorDetail = {}, also: readonly string[] = []): PlutinoError {
    const token = this.peek()
    const hint = this.#hint(token, [...expected, ...also]) ?? detail.hint
    const message = `unexpected ${this.#shown(token)}, expected ${either(expected)}`
    return this.errorAt(token, message, hint === undefined ? detail : { ...detail, hint })
  }

  #shown(token: Token): string {
    if (token.kind === 'end') return 'end of statement'
    const text = this.text.slice(token.at, token.end)
    const short = text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`
    return token.kind === 'string' ? `text ${short}` : `"${short}"`
  }

  #hint(token: Token, expected: readonly string[]): string | undefined {
    if (isSymbol(token, ')') && this.#nesting === 0) return 'there is no "(" for this ")"'
    const previous = this.#tokens[this.#index - 1]
    if (previous !== undefined && token.kind === 'symbol' && previous.value === token.value && previous.kind === 'symbol') {
      const doubled = DOUBLED.get(token.value)
      if (doubled !== undefined) return doubled
    }
    if ((token.kind !== 'name' && token.kind !== 'keyword') || token.quote !== undefined) return undefined
    const words = expected.filter((word) => /^[A-Z]/.test(word)).map((word) => word.split(' ')[0] ?? word)
    const meant = nearest(token.value, words)
    return meant === undefined || meant === token.value.toUpperCase() ? undefined : `did you mean "${meant}"?`
  }

  #take(matches: boolean): boolean {
    if (matches) this.#index++
    return matches
  }
}

/** A token of the text is shown in a message up to this length. */
const SHOWN = 40

/** Kinds of tokens with which an operand may begin. */
const OPERANDS: ReadonlySet<Token['kind']> = new Set(['name', 'integer', 'number', 'string'] as const)

const DOUBLED: ReadonlyMap<string, string> = new Map([
  ['=', 'equality is a single ='],
  ['&', 'write AND'],
  ['|', 'write OR, and concat(a, b) to join texts'],
  [',', 'remove one comma'],
])

function either(expected: readonly string[]): string {
  return expected.length < 2 ? expected.join('') : `${expected.slice(0, -1).join(', ')} or ${expected.at(-1)}`
}
