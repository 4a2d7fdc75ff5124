/** From a code point to another, both included. */
export type Range = readonly [from: number, to: number]

const LAST = 0x10_ff_ff

const DIGITS: readonly Range[] = [[0x30, 0x39]]
const UPPER: readonly Range[] = [[0x41, 0x5a]]
const LOWER: readonly Range[] = [[0x61, 0x7a]]
const LETTERS: readonly Range[] = [...UPPER, ...LOWER]
const WORD: readonly Range[] = [...DIGITS, ...UPPER, [0x5f, 0x5f], ...LOWER]

/** `\d` and the like. */
export const PERL: ReadonlyMap<string, readonly Range[]> = new Map<string, readonly Range[]>([
  ['d', DIGITS],
  [
    's',
    [
      [0x09, 0x0a],
      [0x0c, 0x0d],
      [0x20, 0x20],
    ],
  ],
  ['w', WORD],
])

/** `[:alpha:]` and the like. */
export const POSIX: ReadonlyMap<string, readonly Range[]> = new Map<string, readonly Range[]>([
  ['alnum', [...DIGITS, ...LETTERS]],
  ['alpha', LETTERS],
  ['ascii', [[0x00, 0x7f]]],
  [
    'blank',
    [
      [0x09, 0x09],
      [0x20, 0x20],
    ],
  ],
  [
    'cntrl',
    [
      [0x00, 0x1f],
      [0x7f, 0x7f],
    ],
  ],
  ['digit', DIGITS],
  ['graph', [[0x21, 0x7e]]],
  ['lower', LOWER],
  ['print', [[0x20, 0x7e]]],
  [
    'punct',
    [
      [0x21, 0x2f],
      [0x3a, 0x40],
      [0x5b, 0x60],
      [0x7b, 0x7e],
    ],
  ],
  [
    'space',
    [
      [0x09, 0x0d],
      [0x20, 0x20],
    ],
  ],
  ['upper', UPPER],
  ['word', WORD],
  ['xdigit', [...DIGITS, [0x41, 0x46], [0x61, 0x66]]],
])

/** All other code points; with `fold` without those that differ from one of `ranges` by case alone. */
export function others(ranges: readonly Range[], fold: boolean): readonly Range[] {
  const result: Range[] = []
  let next = 0
  for (const [from, to] of (fold ? folded(ranges) : ranges).toSorted((a, b) => a[0] - b[0])) {
    if (from > next) result.push([next, from - 1])
    next = Math.max(next, to + 1)
  }
  return [...result, [next, LAST]]
}

/** Classes of ASCII have all letters of a case or none beyond F; the long s and the sign for kelvin are letters as s and k. */
function folded(ranges: readonly Range[]): readonly Range[] {
  const letters = ranges.some(([from, to]) => (from <= 0x53 && to >= 0x53) || (from <= 0x73 && to >= 0x73))
  return letters ? [...ranges, ...LETTERS, [0x01_7f, 0x01_7f], [0x21_2a, 0x21_2a]] : ranges
}

/** As members of a class of the host. */
export function membersOf(ranges: readonly Range[]): string {
  return ranges.map(([from, to]) => (from === to ? written(from) : `${written(from)}-${written(to)}`)).join('')
}

/** A code point as the host writes it, in a class or outside. */
export function written(codePoint: number): string {
  return `\\u{${codePoint.toString(16)}}`
}

/** `\p{Greek}` as the host writes it; undefined for a property that is not known. */
export function property(name: string, negative: boolean): string | undefined {
  const escape = negative ? 'P' : 'p'
  if (!/^\w+$/.test(name)) return undefined
  return [name, `Script=${name}`].map((full) => `\\${escape}{${full}}`).find((source) => isKnown(source, name))
}

function isKnown(source: string, name: string): boolean {
  // Longer names of the host are other properties, such as Alphabetic.
  if (!source.includes('=') && name.length > 2 && name !== 'Any') return false
  try {
    return new RegExp(source, 'u').unicode
  } catch {
    return false
  }
}
