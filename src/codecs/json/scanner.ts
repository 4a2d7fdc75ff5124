import type { Row } from '../../data/batch.ts'
import type { ToCell } from '../../data/column-value.ts'
import { exactNumber, parseExact } from '../../data/exact-json.ts'
import { generate } from './generate.ts'
import { createInterner, MAX_INTERNED } from './interner.ts'
import { mayHoldUnwhole, type WholeNeeds } from './whole.ts'
import { skipNumber, skipString, skipValue } from './skip.ts'

/**
 * Reads the wanted members of one JSON object. Undefined: not accepted; the caller takes the way of `JSON.parse`, which also finds
 * out what is wrong, if anything is.
 */
export type Scan = (bytes: Buffer, start: number, end: number) => Row | undefined

/** A wanted member: its name, what becomes of it, and whether that is more than passing it on. */
export interface Wanted {
  readonly name: string
  readonly toCell: ToCell
  readonly asIs: boolean
  /** Where its numbers have to be written as whole ones: others are left to the way of `JSON.parse`. */
  readonly whole: WholeNeeds
}

/** 10^0 .. 10^15: with at most 15 digits, digits / power is the correctly rounded double. */
const POWERS = Array.from({ length: 16 }, (_, n) => 10 ** n)

/**
 * Compiles a scanner for these members. It walks over the whole text and agrees with `JSON.parse` in what it accepts and in every
 * value: the last of equal keys wins, skipped values are checked as strictly as read ones. It does not accept: keys with escapes,
 * arrays at the top, nesting beyond `MAX_SKIP_DEPTH`, and whatever `JSON.parse` refuses.
 */
export function compileScanner(wanted: readonly Wanted[], width: number): Scan {
  const cells = wanted.map((column) => column.toCell)
  const scope = { POWERS, intern: createInterner(), parseExact, exactNumber, skipNumber, skipString, skipValue, mayHoldUnwhole, cells }
  return generate<Scan>(scope, scannerSource(wanted, width))
}

function scannerSource(wanted: readonly Wanted[], width: number): string {
  const variables = wanted.map((_, i) => `let v${i}; `).join('')
  const slots = Array.from({ length: width }, (_, i) => (i < wanted.length ? `v${i}` : 'undefined'))
  const finish = wanted.map((column, i) => (column.asIs ? '' : `v${i} = cells[${i}](v${i})\n`)).join('')
  return `function scan(b, start, end) {
  let p = start, c = b[p], column = -1; ${variables}
  ${space('c')}
  if (c !== 123 || p >= end) return undefined
  c = b[++p]
  ${space('c')}
  if (c === 125) p++
  else for (;;) {
    if (c !== 34) return undefined
    const key = ++p
    while ((c = b[p]) !== 34) {
      if (c === 92 || c < 32 || p >= end) return undefined
      p++
    }
    column = -1
    ${keySwitch(wanted)}
    c = b[++p]
    ${space('c')}
    if (c !== 58) return undefined
    c = b[++p]
    ${space('c')}
    if (column < 0) {
      ${SKIP}
    } else {
      let v
      ${valueSource(wanted)}
      ${store(wanted)}
    }
    c = b[p]
    ${space('c')}
    if (c === 44) {
      c = b[++p]
      ${space('c')}
      continue
    }
    if (c !== 125) return undefined
    p++
    break
  }
  while (p < end) {
    c = b[p]
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return undefined
    p++
  }
  if (p !== end) return undefined
  ${finish}return [${slots.join(', ')}]
}`
}

function space(c: string): string {
  return `while (${c} <= 32) {
      if (${c} !== 32 && ${c} !== 10 && ${c} !== 13 && ${c} !== 9) return undefined
      ${c} = b[++p]
    }`
}

/** Which of the wanted names stands in bytes `key .. p - 1`: by length, then byte for byte. */
function keySwitch(wanted: readonly Wanted[]): string {
  const byLength = new Map<number, string[]>()
  for (const [i, { name }] of wanted.entries()) {
    if (!name.isWellFormed() || name.includes('\uFFFD')) continue
    const bytes = [...Buffer.from(name, 'utf8')]
    const same = bytes.map((byte, k) => `b[key + ${k}] === ${byte}`).join(' && ')
    const tests = byLength.get(bytes.length) ?? []
    byLength.set(bytes.length, [...tests, `if (${same === '' ? 'true' : same}) column = ${i}`])
  }
  const cases = [...byLength].map(([length, tests]) => `case ${length}: ${tests.join('\n      else ')}\n      break`)
  return cases.length === 0 ? '' : `switch (p - key) {\n      ${cases.join('\n      ')}\n    }`
}

function store(wanted: readonly Wanted[]): string {
  return `switch (column) { ${wanted.map((_, i) => `case ${i}: v${i} = v; break;`).join(' ')} }`
}

const SKIP = `if (c === 34) {
        p++
        while ((c = b[p]) !== 34) {
          if (c === 92 || c < 32 || p >= end) break
          p++
        }
        if (c === 34) p++
        else if ((p = skipString(b, p, end)) < 0) return undefined
      } else if ((p = skipValue(b, p, end, 0)) < 0) return undefined`

/** Strings, numbers of up to 15 digits and words in place; what is longer or nested by its slice of the text. */
function valueSource(wanted: readonly Wanted[]): string {
  const maskOf = (needs: WholeNeeds): number => wanted.reduce((mask, { whole }, i) => (whole === needs ? mask | (1 << i) : mask), 0)
  const [itself, inside] = [maskOf('itself'), maskOf('inside')]
  const leave = (mask: number, condition: string): string => (mask === 0 ? '' : `if ((${mask} >> column) & 1${condition}) return undefined`)
  return `${STRING}} else if (c === 45 || (c >= 48 && c <= 57)) {
        const s = p
        let m = 0
        if (c === 45) c = b[++p]
        const first = p
        while (c >= 48 && c <= 57) {
          m = m * 10 + (c - 48)
          c = b[++p]
        }
        let digits = p - first, fraction = 0
        if (digits === 0 || (digits > 1 && b[first] === 48)) return undefined
        if (c === 46) {
          ${leave(itself, '')}
          c = b[++p]
          const point = p
          while (c >= 48 && c <= 57) {
            m = m * 10 + (c - 48)
            c = b[++p]
          }
          fraction = p - point
          if (fraction === 0) return undefined
          digits += fraction
        }
        if (digits > 15 || c === 101 || c === 69) {
          ${leave(itself, ' && (c === 101 || c === 69)')}
          p = skipNumber(b, s, end)
          if (p < 0) return undefined
          v = exactNumber(b.toString('latin1', s, p))
        } else {
          if (fraction > 0) m = m / POWERS[fraction]
          v = first > s ? -m : m
        }
      } else {
        const s = p
        p = skipValue(b, p, end, 0)
        if (p < 0) return undefined
        if (c === 116 || c === 102 || c === 110) v = c === 116 ? true : c === 102 ? false : null
        else {
          const text = b.toString('utf8', s, p)
          ${leave(inside, ' && mayHoldUnwhole(text)')}
          v = parseExact(text)
        }
      }`
}

/** Without escapes in place. */
const STRING = `if (c === 34) {
        const s = ++p
        let hash = 0, all = 0
        while ((c = b[p]) !== 34) {
          if (c === 92 || c < 32 || p >= end) break
          all |= c
          hash = (Math.imul(hash, 31) + c) | 0
          p++
        }
        if (c === 34) {
          v = all >= 128 ? b.toString('utf8', s, p) : p - s <= ${MAX_INTERNED} ? intern(b, s, p, hash) : b.toString('latin1', s, p)
          p++
        } else {
          p = skipString(b, p, end)
          if (p < 0) return undefined
          v = JSON.parse(b.toString('utf8', s - 1, p))
        }
      `
