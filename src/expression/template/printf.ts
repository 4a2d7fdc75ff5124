import { rowFailed } from '../../data/row-failed.ts'
import { isStruct, type Cell, type Value } from '../../data/value.ts'
import { infiniteText } from '../../data/go-float.ts'
import { exponential, fixed, general } from './float-digits.ts'
import { goText, goTypeName, sortedNames } from './print.ts'
import { goQuote } from './quote.ts'

/** One directive of a format, such as `%-8.2f`. */
interface Spec {
  readonly verb: string
  readonly flags: string
  readonly width: number
  /** -1: none. */
  readonly precision: number
}

const DIRECTIVE = /%([-+# 0]*)(\d+|\*)?(?:\.(\*|\d*))?([^]?)/gu
const MAX_WIDTH = 10_000
const MAX_DEPTH = 1000

/**
 * Go's `Sprintf`, mistakes included: `%!d(string=a)`, `%!d(MISSING)`, `%!(EXTRA int=2)`. An int is a bigint, a float a number. Not
 * here: Go syntax (`%#v`) and floats in binary or hexadecimal.
 */
export function sprintf(format: string, args: readonly Cell[]): string {
  let next = 0
  const text = format.replace(DIRECTIVE, (_all, ...found: readonly (string | undefined)[]) => {
    const [flags = '', width, precision, verb = ''] = found
    const size = width === '*' ? starOf(args[next++]) : Number(width ?? 0)
    const digits = precision === undefined ? -1 : precision === '*' ? starOf(args[next++]) : Number(precision)
    if (Math.abs(size) > MAX_WIDTH || digits > MAX_WIDTH) throw rowFailed(`printf: width and precision are at most ${MAX_WIDTH}`)
    if (verb === '') return '%!(NOVERB)'
    if (verb === '%') return '%'
    if (next >= args.length) return `%!${verb}(MISSING)`
    return formatArgument({ verb, flags: size < 0 ? `${flags}-` : flags, width: Math.abs(size), precision: digits }, args[next++] ?? null)
  })
  const extra = args.slice(next).map((arg) => (arg === null || arg === undefined ? '<nil>' : `${goTypeName(arg)}=${goText(arg)}`))
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`
}

function starOf(value: Cell): number {
  return typeof value === 'bigint' || typeof value === 'number' ? Number(value) : 0
}

function formatArgument(spec: Spec, value: Value): string {
  if (spec.verb === 'T') return pad(spec, goTypeName(value))
  if (value === null) return spec.verb === 'v' ? pad(spec, '<nil>') : `%!${spec.verb}(<nil>)`
  // With %v a plus asks for names of struct fields, which no value of ours has.
  return formatValue(spec.verb === 'v' ? { ...spec, flags: spec.flags.replaceAll('+', '') } : spec, value, 0)
}

function formatValue(spec: Spec, value: Value, depth: number): string {
  if (value === null) return '<nil>'
  if (typeof value === 'string') return formatString(spec, value)
  if (typeof value === 'bigint') return formatInt(spec, value)
  if (typeof value === 'number') return formatFloat(spec, value)
  if (typeof value === 'boolean') return spec.verb === 'v' || spec.verb === 't' ? pad(spec, String(value)) : badVerb(spec, value)
  if (value instanceof Date) return spec.verb === 'v' || spec.verb === 's' ? pad(spec, goText(value)) : badVerb(spec, value)
  if (value instanceof Uint8Array) return formatBytes(spec, value)
  if (depth > MAX_DEPTH) throw rowFailed(`a value is nested deeper than ${MAX_DEPTH} levels`)
  if (!isStruct(value)) return `[${value.map((item) => formatValue(spec, item, depth + 1)).join(' ')}]`
  const members = sortedNames(value).map((name) => `${formatString(spec, name)}:${formatValue(spec, value[name] ?? null, depth + 1)}`)
  return `map[${members.join(' ')}]`
}

/** What does not go together is shown with its type; the value itself as `%v` with the same flags. */
function badVerb(spec: Spec, value: Value, type = goTypeName(value)): string {
  return `%!${spec.verb}(${type}=${formatValue({ ...spec, verb: 'v' }, value, 0)})`
}

function formatString(spec: Spec, value: string): string {
  const text = spec.precision < 0 ? value : Array.from(value).slice(0, spec.precision).join('')
  switch (spec.verb) {
    case 'v':
    case 's':
      return pad(spec, text)
    case 'q':
      return pad(spec, spec.flags.includes('#') && !/[`\p{Cc}\ufeff]/u.test(text) ? `\`${text}\`` : goQuote(text))
    case 'x':
    case 'X':
      return formatHex(spec, Buffer.from(value, 'utf8'))
    default:
      return badVerb(spec, value)
  }
}

function formatHex(spec: Spec, bytes: Uint8Array): string {
  const shown = spec.precision < 0 ? bytes : bytes.subarray(0, spec.precision)
  const pairs = Array.from(shown, (byte) => byte.toString(16).padStart(2, '0'))
  const prefix = spec.flags.includes('#') && pairs.length > 0 ? '0x' : ''
  const text = spec.flags.includes(' ') ? pairs.map((pair) => prefix + pair).join(' ') : prefix + pairs.join('')
  return pad(spec, spec.verb === 'X' ? text.toUpperCase() : text)
}

function formatBytes(spec: Spec, bytes: Uint8Array): string {
  if (spec.verb === 'x' || spec.verb === 'X') return formatHex(spec, bytes)
  if (spec.verb === 's' || spec.verb === 'q') return formatString(spec, Buffer.from(bytes).toString('utf8'))
  const known = ['v', 'd', 'c', 'U', 'o', 'b'].includes(spec.verb)
  return `[${Array.from(bytes, (byte) => (known ? formatInt(spec, BigInt(byte)) : badVerb(spec, BigInt(byte), 'uint8'))).join(' ')}]`
}

const RADIX: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 }
const PREFIX: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' }

function formatInt(spec: Spec, value: bigint): string {
  if (spec.verb === 'c') return pad({ ...spec, flags: spec.flags.replaceAll('0', '') }, charOf(value))
  if (spec.verb === 'q') return pad(spec, goQuote(charOf(value), "'"))
  if (spec.verb === 'U') return pad(spec, `U+${BigInt.asUintN(64, value).toString(16).toUpperCase().padStart(4, '0')}`)
  const radix = RADIX[spec.verb]
  if (radix === undefined) return badVerb(spec, value)
  const negative = value < 0n
  const digits = (negative ? -value : value).toString(radix).padStart(spec.precision, '0')
  const prefix = spec.verb === 'O' ? '0o' : spec.flags.includes('#') ? (PREFIX[spec.verb] ?? '') : ''
  return padNumber(spec, negative, prefix, spec.verb === 'X' ? digits.toUpperCase() : digits)
}

function charOf(value: bigint): string {
  const valid = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value < 0xe000n)
  return valid ? String.fromCodePoint(Number(value)) : '\ufffd'
}

function formatFloat(spec: Spec, value: number): string {
  if (!['v', 'f', 'F', 'e', 'E', 'g', 'G'].includes(spec.verb)) return badVerb(spec, value)
  if (!Number.isFinite(value)) {
    return pad({ ...spec, flags: spec.flags.replaceAll('0', '') }, infiniteText(value))
  }
  const negative = value < 0 || Object.is(value, -0)
  const text = floatDigits(spec, Math.abs(value))
  return padNumber({ ...spec, precision: -1 }, negative, '', spec.verb === 'E' || spec.verb === 'G' ? text.toUpperCase() : text)
}

function floatDigits({ verb, precision }: Spec, size: number): string {
  switch (verb) {
    case 'f':
    case 'F':
      return fixed(size, precision < 0 ? 6 : precision)
    case 'e':
    case 'E':
      return exponential(size, precision < 0 ? 6 : precision)
    default:
      return precision < 0 ? goText(size) : general(size, precision)
  }
}

function padNumber(spec: Spec, negative: boolean, prefix: string, digits: string): string {
  const sign = negative ? '-' : spec.flags.includes('+') ? '+' : spec.flags.includes(' ') ? ' ' : ''
  const zeros = spec.flags.includes('0') && !spec.flags.includes('-') && spec.precision < 0
  if (zeros) return sign + prefix + digits.padStart(spec.width - sign.length - prefix.length, '0')
  return pad({ ...spec, flags: spec.flags.replaceAll('0', '') }, sign + prefix + digits)
}

/** Widths count characters, not bytes. */
function pad(spec: Spec, text: string): string {
  const missing = spec.width - (spec.width > 0 ? Array.from(text).length : 0)
  if (missing <= 0) return text
  if (spec.flags.includes('-')) return text + ' '.repeat(missing)
  return (spec.flags.includes('0') ? '0' : ' ').repeat(missing) + text
}
