import type { Matcher } from './match.ts'
import { type Assertion, type CharacterSet, allNodes, isNullable, type Node, type Repeat } from './tree.ts'

/** So many repetitions beside each other are left to the host, which tries all ways to share a text among them. */
const FEW = 8

const ASSERTIONS: Readonly<Record<Assertion, string>> = {
  'text start': '^',
  'text end': '$',
  'line start': '(?<![^\\n])',
  'line end': '(?![^\\n])',
  word: '(?:(?<![0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<=[0-9A-Za-z_])(?![0-9A-Za-z_]))',
  'no word': '(?:(?<![0-9A-Za-z_])(?![0-9A-Za-z_])|(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_]))',
}

/**
 * A matcher by the host's regular expressions, which are fast. Undefined for patterns that they would match otherwise, or in a time that
 * grows without bounds on some texts.
 */
export function hostMatcher(tree: Node): Matcher | undefined {
  const nodes = allNodes(tree)
  const words = nodes.some((node) => node.kind === 'assertion' && node.what.endsWith('word'))
  const folds = new Set(nodes.flatMap((node) => (node.kind === 'set' && node.set.fold !== undefined ? [node.set.fold] : [])))
  const repeats = nodes.filter((node) => node.kind === 'repeat')
  // Without regard to case, letters beyond ASCII would be parts of words.
  if (
    folds.size > 1 ||
    (words && folds.has(true)) ||
    repeats.filter(varies).length > FEW ||
    repeats.some((repeat) => runsAway(repeat) || skipsEmpty(repeat))
  )
    return undefined
  const expression = new RegExp(sourceOf(tree), folds.has(true) ? 'giu' : 'gu')
  return (text, from) => {
    expression.lastIndex = from
    let found = expression.exec(text)
    while (found !== null && splitsPair(text, found.index)) {
      expression.lastIndex = found.index + 1
      found = expression.exec(text)
    }
    return found === null ? undefined : { at: found.index, parts: found }
  }
}

function varies({ least, most }: Repeat): boolean {
  return least !== most
}

/** A repetition of what can itself match in several ways. */
function runsAway({ of, most }: Repeat): boolean {
  return most > 1 && allNodes(of).some((node) => node.kind === 'choice' || (node.kind === 'repeat' && varies(node)))
}

/** The host takes no repetition for one that is empty. */
function skipsEmpty(repeat: Repeat): boolean {
  return varies(repeat) && isNullable(repeat.of)
}

/** The host finds empty matches also in the middle of a character of two code units. */
function splitsPair(text: string, at: number): boolean {
  return at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xff_ff
}

function sourceOf(node: Node): string {
  switch (node.kind) {
    case 'set':
      return node.set.source
    case 'assertion':
      return ASSERTIONS[node.what]
    case 'group':
      return `(${sourceOf(node.of)})`
    case 'repeat':
      return `(?:${sourceOf(node.of)}){${node.least},${node.most === Number.POSITIVE_INFINITY ? '' : node.most}}${node.greedy ? '' : '?'}`
    case 'sequence':
      return node.items.map((item) => sourceOf(item)).join('')
    case 'choice':
      return `(?:${node.items.map((item) => sourceOf(item)).join('|')})`
  }
}

/** Whether a character is in the set. */
export function testOf({ source, fold }: CharacterSet): (char: string) => boolean {
  const expression = new RegExp(source, fold === true ? 'iu' : 'u')
  return (char) => expression.test(char)
}
