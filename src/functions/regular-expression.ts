import { hostMatcher } from './re2/host.ts'
import { machineMatcher } from './re2/machine.ts'
import type { Match, Matcher } from './re2/match.ts'
import { parsePattern } from './re2/parse.ts'

/** So many patterns are remembered, those asked for last. */
const REMEMBERED = 100

const remembered = new Map<string, CompiledPattern>()

/** A pattern of RE2's syntax, ready to be looked for. */
export interface CompiledPattern {
  readonly names: readonly (string | undefined)[]
  readonly find: Matcher
}

/** Throws `row_failed` for a pattern that is wrong. */
export function compilePattern(pattern: string): CompiledPattern {
  const known = remembered.get(pattern)
  if (known !== undefined) return known
  const { tree, names } = parsePattern(pattern)
  const compiled = { names, find: hostMatcher(tree) ?? machineMatcher(tree) }
  const [oldest] = remembered.keys()
  if (remembered.size === REMEMBERED && oldest !== undefined) remembered.delete(oldest)
  remembered.set(pattern, compiled)
  return compiled
}

export function matches(text: string, pattern: string): boolean {
  return compilePattern(pattern).find(text, 0) !== undefined
}

/**
 * All matches replaced; `$1`, `${1}` and `${name}` stand for groups, `$$` for a dollar. An empty match right behind another one is none.
 */
export function replaceAll(text: string, pattern: CompiledPattern, replacement: string): string {
  let result = ''
  let done = 0
  for (let from = 0; from <= text.length;) {
    const found = pattern.find(text, from)
    if (found === undefined) break
    const end = found.at + (found.parts[0] ?? '').length
    result += text.slice(done, found.at)
    if (end > done || found.at === 0) result += expanded(replacement, found, pattern.names)
    done = end
    from = end > from ? end : from + String.fromCodePoint(text.codePointAt(from) ?? 0).length
  }
  return result + text.slice(done)
}

function expanded(replacement: string, { parts }: Match, names: CompiledPattern['names']): string {
  return replacement.replace(/\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu, (_, braced?: string, plain?: string) => {
    const name = braced ?? plain
    if (name === undefined) return '$'
    if (/^(?:0|[1-9]\d*)$/.test(name)) return parts[Number(name)] ?? ''
    return parts.find((part, i) => part !== undefined && names[i] === name) ?? ''
  })
}
