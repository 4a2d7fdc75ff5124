import { TimeLimit } from '../base/time-limit.ts'

/** Milliseconds for one text. */
const LIMIT_MS = 100
const REPETITIONS = /[*+?{]/g
const ALTERNATIVES = /\|/

/**
 * Whether a text matches a regular expression. Those of plugins' manifests come from strangers: one that takes for ever, as `^(a+)+$` does,
 * matches nothing.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const expression = new RegExp(pattern)
  const repetitions = pattern.match(REPETITIONS)?.length ?? 0
  // a single repetition without alternatives goes back over the text once at most
  const quick = repetitions === 0 || (repetitions === 1 && !ALTERNATIVES.test(pattern))
  if (quick) return expression.test(text)
  return new TimeLimit().run(LIMIT_MS, () => expression.test(text))?.done === true
}
