import { rowFailed } from '../../data/row-failed.ts'

const TOKEN =
  /\s+|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|(?<sign>\.\.|\|\||&&|==|!=|\*\*|\?\?|<=|>=|=~|!~|[$@.*[\]():?,<>+\-/%!])/uy

/** Longest path. */
const LONGEST = 1000

interface Token {
  readonly kind: 'number' | 'name' | 'text' | 'sign' | 'end'
  readonly text: string
  readonly at: number
}

/** Reads a path token by token. Throws `row_failed` for what belongs to no path. */
export class Tokens {
  readonly #tokens: readonly Token[]
  #next = 0

  constructor(path: string) {
    if (path.length > LONGEST) throw rowFailed(`the path has ${path.length} characters, at most ${LONGEST} are allowed`)
    this.#tokens = tokensOf(path)
  }

  get current(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', at: 0 }
  }

  take(): Token {
    const token = this.current
    if (token.kind !== 'end') this.#next++
    return token
  }

  /** Takes this sign if it comes next. */
  accept(sign: string): boolean {
    const found = this.current.kind === 'sign' && this.current.text === sign
    if (found) this.#next++
    return found
  }

  expect(sign: string): void {
    if (!this.accept(sign)) throw this.unexpected(`"${sign}"`)
  }

  unexpected(wanted: string): Error {
    const { kind, text, at } = this.current
    return rowFailed(`the path has ${kind === 'end' ? 'its end' : `"${text.slice(0, 20)}"`} at character ${at + 1}, expected ${wanted}`)
  }
}

function tokensOf(path: string): readonly Token[] {
  const tokens: Token[] = []
  const pattern = new RegExp(TOKEN)
  while (pattern.lastIndex < path.length) {
    const at = pattern.lastIndex
    const found = pattern.exec(path)
    if (found === null) throw rowFailed(`the path has "${path.charAt(at)}" at character ${at + 1}`)
    for (const kind of ['number', 'name', 'text', 'sign'] as const) {
      const text = found.groups?.[kind]
      if (text !== undefined) tokens.push({ kind, text: kind === 'text' ? unquote(text) : text, at })
    }
  }
  return [...tokens, { kind: 'end', text: '', at: path.length }]
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

/** What is in single quotes is one character; backquotes leave a text as it is. */
function unquote(text: string): string {
  const inner = text.slice(1, -1)
  if (text.startsWith('`')) return inner
  const read = inner.replace(/\\(?:u([\da-fA-F]{4})|(.))/gsu, (_, code: string | undefined, char: string | undefined) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16))
    return ESCAPES[char ?? ''] ?? char ?? ''
  })
  if (text.startsWith('"') || Array.from(read).length === 1) return read
  throw rowFailed(`the path has ${text.slice(0, 20)} in single quotes, which are for one character`, 'write it in double quotes')
}
