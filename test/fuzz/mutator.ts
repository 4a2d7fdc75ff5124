const CHARACTERS = '()[]{},.;:=<>!-+*/%&|^#@$?~\\\'"`_ \n\t\0éß😀\u2028\ufeff\ud800'
const WORDS = `-> <= >= != -- /* */ [0:1] 1e .5 0x1 9223372036854775808 1e999 true null a.b.c a->b __proto__ constructor
  SELECT FROM WHERE GROUP BY HAVING ORDER LIMIT AS AND OR NOT IN BETWEEN LIKE CASE WHEN THEN ELSE END OVER( PARTITION FILTER(WHERE
  DISTINCT EXCEPT REPLACE INNER LEFT JOIN ON CREATE STREAM TABLE WITH( STRUCT( ARRAY( BIGINT TUMBLINGWINDOW(ss,1)
  HOPPINGWINDOW(ss,2,1) SESSIONWINDOW( count(*) lag(a) unnest(a) meta(`

/** Pieces of statements and of what is no statement. */
const PIECES: readonly string[] = [...Array.from(CHARACTERS), ...WORDS.split(/\s+/)]

/** How often a part of a statement comes again, at most. */
const MOST_REPEATS = 400
const LONGEST = 40_000

/** Statements by chance, the same for the same seed. */
export class Mutator {
  readonly #seeds: readonly string[]
  #state: number

  constructor(seeds: readonly string[], seed: number) {
    this.#seeds = seeds
    this.#state = seed >>> 0
  }

  next(): string {
    let text = this.#pick(this.#seeds)
    for (let left = 1 + this.#below(2) * this.#below(4); left > 0; left--) text = this.#mutated(text)
    return text.slice(0, LONGEST)
  }

  #mutated(text: string): string {
    const [from, to] = this.#range(text)
    const part = text.slice(from, to)
    switch (this.#below(16)) {
      case 0:
      case 1:
      case 2:
        return text.slice(0, from) + text.slice(to)
      case 3:
        return text.slice(0, to) + part + text.slice(to)
      case 4:
        return this.#grown(text, to, part)
      case 5:
      case 6: {
        const other = this.#pick(this.#seeds)
        const [start, end] = this.#range(other)
        return text.slice(0, from) + other.slice(start, end) + text.slice(to)
      }
      case 7:
        return text.slice(0, from) + part.toUpperCase() + text.slice(to)
      case 8:
        return text.slice(0, from) + String.fromCodePoint(this.#below(0x1_0000)) + text.slice(from + 1)
      case 9:
        return text.slice(0, from)
      case 10:
        return `${text.slice(0, from)}${this.#pick(PIECES)}${part}${this.#pick(PIECES)}${text.slice(to)}`
      default:
        return `${text.slice(0, from)} ${this.#pick(PIECES)} ${text.slice(this.#below(2) === 0 ? from : to)}`
    }
  }

  /** Many times over, seldom: what grows faster than the text shows. */
  #grown(text: string, at: number, part: string): string {
    const piece = this.#below(2) === 0 ? part : this.#pick(PIECES)
    const times = this.#below(20) === 0 ? this.#below(MOST_REPEATS) : this.#below(8)
    return text.slice(0, at) + piece.repeat(times) + text.slice(at)
  }

  /** A part of the text, most often a short one. */
  #range(text: string): readonly [number, number] {
    const from = this.#below(text.length + 1)
    const longest = this.#below(4) === 0 ? text.length : 12
    return [from, Math.min(text.length, from + this.#below(longest + 1))]
  }

  #pick(list: readonly string[]): string {
    return list[this.#below(list.length)] ?? ''
  }

  /** A whole number from 0 to `limit` - 1 (mulberry32). */
  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}
