/** What the lexer hands over. Offsets into the text, `end` exclusive. */
export interface Token {
  readonly kind: 'name' | 'keyword' | 'integer' | 'number' | 'string' | 'symbol' | 'end'
  /** name: without backticks; keyword: upper case; string: the value, without quotes and escapes; symbol: without blanks inside. */
  readonly value: string
  readonly at: number
  readonly end: number
  /** Names: `` ` ``. Strings: `"` or `'`. */
  readonly quote?: string
}

export function isSymbol(token: Token, value: string): boolean {
  return token.kind === 'symbol' && token.value === value
}

export function isKeyword(token: Token, value: string): boolean {
  return token.kind === 'keyword' && token.value === value
}

/** A word that is a keyword at some places only, like DISTINCT or STREAM: not between backticks, without regard to case. */
export function isWord(token: Token, value: string): boolean {
  return token.kind === 'name' && token.quote === undefined && token.value.toUpperCase() === value
}
