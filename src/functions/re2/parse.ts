import { rowFailed } from '../../data/row-failed.ts'
import { readClass } from './parse-class.ts'
import { anyOf, literal, readEscape } from './parse-escape.ts'
import { Characters } from './characters.ts'
import { type Node, partsOf, type Pattern } from './tree.ts'

/** Longest pattern. */
const LONGEST = 1000

/** How often something may be repeated by number, those inside of each other multiplied. */
const MOST_REPEATS = 1000

interface Flags {
  readonly fold: boolean
  readonly lines: boolean
  readonly dotAll: boolean
  readonly lazy: boolean
}

const FLAGS: Readonly<Record<string, keyof Flags>> = { i: 'fold', m: 'lines', s: 'dotAll', U: 'lazy' }
const NONE: Flags = { fold: false, lines: false, dotAll: false, lazy: false }

/** Reads a pattern of RE2's syntax as Go has it. Throws `row_failed` for what that does not know, such as references to groups. */
export function parsePattern(pattern: string): Pattern {
  if (pattern.length > LONGEST) throw rowFailed(`the pattern has ${pattern.length} characters, at most ${LONGEST} are allowed`)
  return new Parser(pattern).whole()
}

class Parser {
  readonly #chars: Characters
  readonly #names: (string | undefined)[] = [undefined]
  #flags = NONE
  /** Where the last repetition ended: there must not be another one. */
  #repeated = -1
  /** Where the one that is being read begins. */
  #begin = 0

  constructor(pattern: string) {
    this.#chars = new Characters(pattern)
  }

  whole(): Pattern {
    const tree = this.#choice()
    if (this.#chars.current !== undefined) throw this.#chars.wrong('an unexpected )')
    return { tree, names: this.#names }
  }

  #choice(): Node {
    const items = [this.#sequence()]
    while (this.#chars.accept('|')) items.push(this.#sequence())
    const [only] = items
    return items.length === 1 && only !== undefined ? only : { kind: 'choice', items }
  }

  #sequence(): Node {
    const items: Node[] = []
    for (;;) {
      const { current } = this.#chars
      if (current === undefined || current === '|' || current === ')') return { kind: 'sequence', items }
      const bounds = this.#bounds()
      if (bounds === undefined) this.#atom(items)
      else items.push(this.#repeat(items.pop(), bounds))
    }
  }

  #repeat(of: Node | undefined, [least, most]: readonly [number, number]): Node {
    if (of === undefined) throw this.#chars.wrong('a repetition of nothing')
    const greedy = this.#chars.accept('?') === this.#flags.lazy
    if (this.#repeated === this.#begin) throw this.#chars.wrong('a repetition of a repetition')
    this.#repeated = this.#chars.at
    const node: Node = { kind: 'repeat', of, least, most, greedy }
    if (!repeatsAtMost(node, MOST_REPEATS)) throw this.#chars.wrong(`more than ${MOST_REPEATS} repetitions`)
    return node
  }

  #bounds(): readonly [number, number] | undefined {
    this.#begin = this.#chars.at
    if (this.#chars.accept('*')) return [0, Number.POSITIVE_INFINITY]
    if (this.#chars.accept('+')) return [1, Number.POSITIVE_INFINITY]
    if (this.#chars.accept('?')) return [0, 1]
    const found = this.#chars.take(/^\{(0|[1-9]\d*)(,(0|[1-9]\d*)?)?\}/)
    if (found === undefined) return undefined
    const least = Number(found[1])
    const most = found[2] === undefined ? least : found[3] === undefined ? Number.POSITIVE_INFINITY : Number(found[3])
    const largest = most === Number.POSITIVE_INFINITY ? least : most
    if (largest > MOST_REPEATS || least > most) throw this.#chars.wrong(`a number of repetitions that is not within 0 to ${MOST_REPEATS}`)
    return [least, most]
  }

  #atom(items: Node[]): void {
    const chars = this.#chars
    const { fold } = this.#flags
    if (chars.accept('(')) this.#parenthesis(items)
    else if (chars.accept('[')) items.push(readClass(chars, fold))
    else if (chars.accept('.')) items.push(anyOf(this.#flags.dotAll ? '[^]' : '[^\\n]'))
    else if (chars.accept('^')) items.push({ kind: 'assertion', what: this.#flags.lines ? 'line start' : 'text start' })
    else if (chars.accept('$')) items.push({ kind: 'assertion', what: this.#flags.lines ? 'line end' : 'text end' })
    else if (chars.accept('\\')) items.push(...readEscape(chars, fold))
    else items.push(literal(chars.next(), fold))
  }

  #parenthesis(items: Node[]): void {
    const chars = this.#chars
    const before = this.#flags
    const name = chars.take(/^\?P?<(\w+)>/)?.[1]
    const flags = name === undefined ? chars.take(/^\?([imsU]*)(?:-([imsU]+))?([:)])/) : undefined
    if (flags !== undefined) {
      this.#flags = changed(changed(before, flags[1] ?? '', true), flags[2] ?? '', false)
      if (flags[3] === ')') return
      items.push(this.#closed())
    } else {
      if (chars.current === '?') throw chars.wrong('an unknown kind of group')
      const number = this.#names.push(name) - 1
      items.push({ kind: 'group', number, of: this.#closed() })
    }
    this.#flags = before
  }

  #closed(): Node {
    const inner = this.#chars.nested(() => this.#choice())
    if (!this.#chars.accept(')')) throw this.#chars.wrong('a missing )')
    return inner
  }
}

function changed(flags: Flags, letters: string, to: boolean): Flags {
  return { ...flags, ...Object.fromEntries(Array.from(letters, (letter) => [FLAGS[letter], to])) }
}

function repeatsAtMost(node: Node, most: number): boolean {
  const times = node.kind !== 'repeat' ? 1 : node.most === Number.POSITIVE_INFINITY ? node.least : node.most
  return times <= most && partsOf(node).every((part) => repeatsAtMost(part, Math.floor(most / Math.max(times, 1))))
}
