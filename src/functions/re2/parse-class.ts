import type { Characters } from './characters.ts'
import { membersOf, others, POSIX, type Range } from './classes.ts'
import { readCharacter, readMembers } from './parse-escape.ts'
import type { Node } from './tree.ts'

/** A class after its opening bracket. */
export function readClass(chars: Characters, fold: boolean): Node {
  const not = chars.accept('^') ? '^' : ''
  let members = readMember(chars, fold)
  while (!chars.accept(']')) members += readMember(chars, fold)
  return { kind: 'set', set: { source: `[${not}${members}]`, fold } }
}

function readMember(chars: Characters, fold: boolean): string {
  const posix = chars.take(/^\[:(\^?)([^]*?):\]/)
  if (posix !== undefined) {
    const ranges = POSIX.get(posix[2] ?? '')
    if (ranges === undefined) throw chars.wrong('an unknown class')
    return membersOf(posix[1] === '^' ? others(ranges, fold) : ranges)
  }
  const escaped = chars.accept('\\')
  const members = escaped ? readMembers(chars, fold) : undefined
  if (members !== undefined) return members
  const from = escaped ? readCharacter(chars) : codePointOf(chars.next())
  if (chars.take(/^-(?!\])/) === undefined) return membersOf([[from, from]])
  const range: Range = [from, chars.accept('\\') ? readCharacter(chars) : codePointOf(chars.next())]
  if (range[0] > range[1]) throw chars.wrong('a range of characters that goes backwards')
  return membersOf([range])
}

function codePointOf(char: string): number {
  return char.codePointAt(0) ?? 0
}
