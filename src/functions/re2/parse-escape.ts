import type { Characters } from './characters.ts'
import { membersOf, others, PERL, property, written } from './classes.ts'
import type { Node } from './tree.ts'

const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }

/** What follows a backslash: an assertion, a class, one character, or several that are quoted. */
export function readEscape(chars: Characters, fold: boolean): readonly Node[] {
  if (chars.accept('A')) return [{ kind: 'assertion', what: 'text start' }]
  if (chars.accept('z')) return [{ kind: 'assertion', what: 'text end' }]
  if (chars.accept('b')) return [{ kind: 'assertion', what: 'word' }]
  if (chars.accept('B')) return [{ kind: 'assertion', what: 'no word' }]
  if (chars.accept('Q')) {
    const quoted = chars.take(/^([^]*?)(?:\\E|$)/)?.[1] ?? ''
    return Array.from(quoted, (char) => literal(char, fold))
  }
  const members = readMembers(chars, fold)
  if (members !== undefined) return [{ kind: 'set', set: { source: `[${members}]`, fold } }]
  return [literal(String.fromCodePoint(readCharacter(chars)), fold)]
}

/** `d`, `p{Greek}` and the like after a backslash, as members of a class; undefined for anything else. */
export function readMembers(chars: Characters, fold: boolean): string | undefined {
  const perl = chars.take(/^[dsw]/i)?.[0]
  if (perl !== undefined) {
    const ranges = PERL.get(perl.toLowerCase()) ?? []
    return membersOf(perl === perl.toLowerCase() ? ranges : others(ranges, fold))
  }
  const found = chars.take(/^([pP])(?:\{(\^?)([^}]*)\}|([^{]))/u)
  if (found === undefined) return undefined
  const [, letter, not, braced, single] = found
  const members = property(braced ?? single ?? '', (letter === 'P') !== (not === '^'))
  if (members === undefined) throw chars.wrong('an unknown property')
  return members
}

/** The code point that is written after a backslash. */
export function readCharacter(chars: Characters): number {
  const octal = chars.take(/^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/)?.[0]
  if (octal !== undefined) return Number.parseInt(octal, 8)
  const hexadecimal = chars.take(/^x(?:([\da-f]{2})|\{([\da-f]+)\})/i)
  if (hexadecimal !== undefined) {
    const codePoint = Number.parseInt(hexadecimal[1] ?? hexadecimal[2] ?? '', 16)
    if (codePoint <= 0x10_ff_ff) return codePoint
    throw chars.wrong('a character beyond 10ffff')
  }
  const simple = chars.take(/^[!-/:-@[-`{-~\0- \x7f]|^[afnrtv]/)?.[0]
  if (simple === undefined) throw chars.wrong('an unknown escape')
  return CONTROL[simple] ?? simple.charCodeAt(0)
}

export function literal(char: string, fold: boolean): Node {
  const source = written(char.codePointAt(0) ?? 0)
  return hasCase(char) ? { kind: 'set', set: { source, fold } } : anyOf(source)
}

/** A set to which it makes no difference whether case counts. */
export function anyOf(source: string): Node {
  return { kind: 'set', set: { source } }
}

function hasCase(char: string): boolean {
  return char.toLowerCase() !== char || char.toUpperCase() !== char
}
