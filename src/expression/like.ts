import { describeValue } from '../data/describe-value.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { Cell } from '../data/value.ts'
import type { Truth } from './comparison.ts'

/** Tests a whole text. */
export type Matcher = (text: string) => boolean

const ANY_RUN = -1
const ANY_ONE = -2

/**
 * Compiles a LIKE pattern: `%` is any run of characters, `_` one character, `\` takes the next one literally; neither wildcard
 * matches a line break. Case counts. A match takes at most |text| x |pattern| steps.
 */
export function likeMatcher(pattern: string): Matcher {
  const tokens = tokensOf(pattern)
  if (!tokens.some((token) => token < 0)) {
    const text = tokens.map((token) => String.fromCodePoint(token)).join('')
    return (candidate) => candidate === text
  }
  return (text) => matches(tokens, text)
}

/** LIKE with a pattern that is known only now: unknown when either is null. Throws `row_failed` for what is no text. */
export function like(text: Cell, pattern: Cell): Truth {
  if (text === null || text === undefined) return null
  if (typeof text !== 'string') throw rowFailed(`LIKE operator left operand expects string, but found ${describeValue(text)}`)
  if (pattern === null || pattern === undefined) return null
  if (typeof pattern !== 'string') throw rowFailed(`LIKE operator right operand expects string, but found ${describeValue(pattern)}`)
  return matches(tokensOf(pattern), text)
}

function tokensOf(pattern: string): number[] {
  const tokens: number[] = []
  let escaped = false
  for (const character of pattern) {
    if (!escaped && character === '\\') {
      escaped = true
      continue
    }
    const run = !escaped && character === '%'
    if (!run || tokens.at(-1) !== ANY_RUN)
      tokens.push(run ? ANY_RUN : !escaped && character === '_' ? ANY_ONE : (character.codePointAt(0) ?? 0))
    escaped = false
  }
  if (escaped) tokens.push(0x5c)
  return tokens
}

/** Greedy matching that goes back to the last `%` only. */
function matches(tokens: readonly number[], text: string): boolean {
  let at = 0
  let token = 0
  let run = -1
  let runAt = 0
  while (at < text.length) {
    const code = text.codePointAt(at) ?? 0
    const expected = tokens[token]
    if (expected === ANY_RUN) {
      run = token++
      runAt = at
    } else if (expected === code || (expected === ANY_ONE && code !== 0x0a)) {
      token++
      at += widthOf(code)
    } else {
      const skipped = text.codePointAt(runAt) ?? 0
      if (run < 0 || skipped === 0x0a) return false
      runAt += widthOf(skipped)
      at = runAt
      token = run + 1
    }
  }
  return token === tokens.length || (token === tokens.length - 1 && tokens[token] === ANY_RUN)
}

function widthOf(code: number): number {
  return code > 0xffff ? 2 : 1
}
