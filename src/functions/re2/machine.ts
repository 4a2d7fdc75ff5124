import { rowFailed } from '../../data/row-failed.ts'
import { testOf } from './host.ts'
import type { Matcher } from './match.ts'
import { allNodes, type Assertion, isNullable, type Node, type Repeat } from './tree.ts'

/** Longest program. */
const LONGEST = 10_000

type Step =
  | { readonly op: 'character'; readonly test: (char: string) => boolean }
  | { readonly op: 'either'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'mark'; readonly slot: number }
  | { readonly op: 'assertion'; readonly what: Assertion }
  | { readonly op: 'end' }

/** A way to match: the step that it is at, and where the groups began and ended. */
interface Way {
  readonly step: number
  readonly slots: readonly number[]
}

/**
 * A matcher that follows all ways to match at once, one character after another: its time is that of the text times the pattern, whatever
 * they are. The ways are kept in the order in which one that tries them in turn would, so that the match is the same.
 */
export function machineMatcher(tree: Node): Matcher {
  const program = new Compiler().whole(tree)
  const groups = allNodes(tree).filter((node) => node.kind === 'group').length
  const unmarked = Array.from({ length: 2 + groups * 2 }, () => -1)
  return (text, from) => new Run(program, unmarked, text).from(from)
}

class Compiler {
  readonly #steps: Step[] = []

  whole(tree: Node): readonly Step[] {
    this.#node({ kind: 'group', number: 0, of: tree })
    this.#push({ op: 'end' })
    return this.#steps
  }

  #push<S extends Step>(step: S): S {
    if (this.#steps.length === LONGEST) throw rowFailed(`the pattern repeats too much: it has more than ${LONGEST} steps`)
    this.#steps.push(step)
    return step
  }

  get #next(): number {
    return this.#steps.length
  }

  #node(node: Node): void {
    switch (node.kind) {
      case 'set':
        this.#push({ op: 'character', test: testOf(node.set) })
        break
      case 'assertion':
        this.#push({ op: 'assertion', what: node.what })
        break
      case 'group':
        this.#push({ op: 'mark', slot: node.number * 2 })
        this.#node(node.of)
        this.#push({ op: 'mark', slot: node.number * 2 + 1 })
        break
      case 'repeat':
        this.#repeat(node)
        break
      case 'sequence':
        for (const item of node.items) this.#node(item)
        break
      case 'choice':
        this.#choice(node.items)
    }
  }

  #choice(items: readonly Node[]): void {
    const ends = items.slice(0, -1).map((item) => {
      const either = this.#push({ op: 'either', first: this.#next + 1, second: 0 })
      this.#node(item)
      const end = this.#push({ op: 'jump', to: 0 })
      either.second = this.#next
      return end
    })
    const last = items.at(-1)
    if (last !== undefined) this.#node(last)
    for (const end of ends) end.to = this.#next
  }

  #repeat({ of, least, most, greedy }: Repeat): void {
    for (let i = 1; i < least; i++) this.#node(of)
    if (most === Number.POSITIVE_INFINITY) this.#loop(of, least > 0, greedy)
    else {
      if (least > 0) this.#node(of)
      const skips = Array.from({ length: most - least }, () => {
        const skip = this.#branch(greedy)
        this.#node(of)
        return skip
      })
      for (const skip of skips) skip(this.#next)
    }
  }

  /** At least once, or also never. What can be empty is left out by a step of its own, so that being empty comes after being something. */
  #loop(of: Node, atLeastOnce: boolean, greedy: boolean): void {
    if (atLeastOnce || isNullable(of)) {
      const skip = atLeastOnce ? undefined : this.#branch(greedy)
      const begin = this.#next
      this.#node(of)
      const leave = this.#branch(greedy)
      this.#push({ op: 'jump', to: begin })
      leave(this.#next)
      skip?.(this.#next)
      return
    }
    const begin = this.#next
    const leave = this.#branch(greedy)
    this.#node(of)
    this.#push({ op: 'jump', to: begin })
    leave(this.#next)
  }

  /** A step that goes on or, if what follows fails, elsewhere; the other way round if it is not greedy. The result tells it where. */
  #branch(greedy: boolean): (elsewhere: number) => void {
    const here = this.#next + 1
    const either = this.#push({ op: 'either', first: here, second: here })
    return (elsewhere) => {
      if (greedy) either.second = elsewhere
      else either.first = elsewhere
    }
  }
}

class Run {
  readonly #program: readonly Step[]
  readonly #text: string
  /** Where each step was last reached. */
  readonly #reached: Int32Array
  readonly #unmarked: readonly number[]
  #best: readonly number[] | undefined

  constructor(program: readonly Step[], unmarked: readonly number[], text: string) {
    this.#program = program
    this.#text = text
    this.#reached = new Int32Array(program.length).fill(-1)
    this.#unmarked = unmarked
  }

  from(start: number): ReturnType<Matcher> {
    let ways: readonly Way[] = []
    for (let at = start; at <= this.#text.length; at += charAt(this.#text, at)?.length ?? 1) {
      if (this.#best === undefined) ways = [...ways, ...this.#follow({ step: 0, slots: this.#unmarked }, at)]
      else if (ways.length === 0) break
      ways = this.#take(ways, at)
    }
    return this.#best === undefined ? undefined : { at: this.#best[0] ?? start, parts: this.#parts(this.#best) }
  }

  /** Where the ways lead with the next character. One that is at the end is the best so far, and those after it are worse. */
  #take(ways: readonly Way[], at: number): readonly Way[] {
    const char = charAt(this.#text, at)
    const next: Way[] = []
    for (const { step: number, slots } of ways) {
      const step = this.#program[number]
      if (step?.op === 'end') {
        this.#best = slots
        break
      }
      if (step?.op !== 'character' || char === undefined || !step.test(char)) continue
      next.push(...this.#follow({ step: number + 1, slots }, at + char.length))
    }
    return next
  }

  /** The steps that take a character, or are the end, to which a way leads; without those that a better one has reached. */
  #follow(first: Way, at: number): readonly Way[] {
    const ways: Way[] = []
    const open = [first]
    for (let way = open.pop(); way !== undefined; way = open.pop()) {
      const { step: number, slots } = way
      const step = this.#program[number]
      if (step === undefined || this.#reached[number] === at) continue
      this.#reached[number] = at
      if (step.op === 'jump') open.push({ step: step.to, slots })
      else if (step.op === 'either') open.push({ step: step.second, slots }, { step: step.first, slots })
      else if (step.op === 'mark') open.push({ step: number + 1, slots: slots.with(step.slot, at) })
      else if (step.op !== 'assertion') ways.push(way)
      else if (holds(step.what, this.#text, at)) open.push({ step: number + 1, slots })
    }
    return ways
  }

  #parts(slots: readonly number[]): readonly (string | undefined)[] {
    return Array.from({ length: slots.length / 2 }, (_, i) => {
      const [begin = -1, end = -1] = slots.slice(i * 2, i * 2 + 2)
      return begin < 0 || end < 0 ? undefined : this.#text.slice(begin, end)
    })
  }
}

function holds(what: Assertion, text: string, at: number): boolean {
  switch (what) {
    case 'text start':
      return at === 0
    case 'text end':
      return at === text.length
    case 'line start':
      return at === 0 || text[at - 1] === '\n'
    case 'line end':
      return at === text.length || text[at] === '\n'
    case 'word':
      return isWord(text[at - 1]) !== isWord(text[at])
    case 'no word':
      return isWord(text[at - 1]) === isWord(text[at])
  }
}

function charAt(text: string, at: number): string | undefined {
  const codePoint = text.codePointAt(at)
  return codePoint === undefined ? undefined : String.fromCodePoint(codePoint)
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && /\w/.test(char)
}
