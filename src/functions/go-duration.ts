import { describeValue } from '../data/describe-value.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { Cell } from '../data/value.ts'
import { toText } from './collections.ts'

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }
const WHOLE = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)$/
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g
const LARGEST = 2 ** 63
/** Longest text that can be a duration. */
const LONGEST = 100

/** Nanoseconds of a duration such as `1h30m`, `-1.5h`, `300ms`. Throws `row_failed` for other texts. */
export function nanosOf(value: Cell): bigint {
  const text = toText(value)
  const found = text.length > LONGEST ? null : WHOLE.exec(text)
  if (found === null)
    throw rowFailed(`expected a duration, got ${describeValue(text)}`, 'write it as "1h30m"; the units are ns, us, ms, s, m and h')
  let size = 0
  for (const [, count, unit] of (found[2] ?? '').matchAll(PART)) size += Number(count) * (UNITS[unit ?? ''] ?? 0)
  if (size >= LARGEST) throw rowFailed(`the duration ${text} is too long`)
  return BigInt(Math.round(found[1] === '-' ? -size : size))
}
