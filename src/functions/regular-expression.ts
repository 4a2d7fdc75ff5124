import { rowFailed } from '../data/row-failed.ts'

/** Longest pattern. */
const MOST = 1000

/**
 * A pattern of RE2's syntax as a regular expression of the host. Leading flags `(?i)`, `(?s)`, `(?m)` and named groups `(?P<n>…)` are
 * translated. Patterns that could run away on some texts (a repetition inside a repetition) are refused, as RE2 needs no time for them
 * and we would.
 */
export function compilePattern(pattern: string): RegExp {
  if (pattern.length > MOST) throw rowFailed(`the pattern has ${pattern.length} characters, at most ${MOST} are allowed`)
  const flags = /^\(\?([ims]+)\)/.exec(pattern)
  const body = (flags === null ? pattern : pattern.slice(flags[0].length))
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\z', '$')
    .replaceAll('\\A', '^')
  if (repeatsRepetition(body))
    throw rowFailed(`the pattern "${pattern}" repeats a group that repeats`, 'rewrite it without a repetition inside a repetition')
  try {
    return new RegExp(body, `u${flags?.[1] ?? ''}`)
  } catch (error) {
    throw rowFailed(`the pattern "${pattern}" cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** All matches replaced; `$1`, `${1}` and `${name}` stand for groups, `$$` for a dollar. */
export function replaceAll(text: string, pattern: RegExp, replacement: string): string {
  const global = new RegExp(pattern.source, `${pattern.flags}g`)
  return text.replace(global, (...match: readonly unknown[]) => {
    const named = match.at(-1)
    const groups: Readonly<Record<string, unknown>> = typeof named === 'object' && named !== null ? { ...named } : {}
    const numbered = match.filter((part, i) => i === 0 || typeof part === 'string')
    return replacement.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced: string | undefined, plain: string | undefined) => {
      const name = braced ?? plain
      if (name === undefined) return whole === '$$' ? '$' : whole
      const found = /^\d+$/.test(name) ? numbered[Number(name)] : groups[name]
      return typeof found === 'string' ? found : ''
    })
  })
}

/** A group that holds a repetition without bounds and is itself repeated without bounds. */
function repeatsRepetition(pattern: string): boolean {
  const inner: boolean[] = []
  let closed = false
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]
    const afterGroup = closed
    closed = false
    if (char === '\\') i++
    else if (char === '[') i = endOfClass(pattern, i)
    else if (char === '(') inner.push(false)
    else if (char === ')') closed = inner.pop() === true
    else if (char === '*' || char === '+' || /^\{\d+,\}/.test(pattern.slice(i))) {
      if (afterGroup) return true
      if (inner.length > 0) inner[inner.length - 1] = true
    }
    if (char === ')' && closed && inner.length > 0) inner[inner.length - 1] = true
  }
  return false
}

function endOfClass(pattern: string, start: number): number {
  let i = start + (pattern[start + 1] === ']' ? 2 : 1)
  while (i < pattern.length && pattern[i] !== ']') i += pattern[i] === '\\' ? 2 : 1
  return i
}
