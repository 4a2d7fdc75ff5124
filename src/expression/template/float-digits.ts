import { goExponent } from '../../data/go-float.ts'

/** More digits of a double than any rounding can depend on in practice; `toFixed` and `toExponential` give at most 100. */
const SPARE = 40
const MAX_DIGITS = 60

/** `size` >= 0 with so many digits behind the point; a tie goes to the even digit, as in Go. */
export function fixed(size: number, digits: number): string {
  const kept = Math.min(digits, MAX_DIGITS)
  const padding = '0'.repeat(digits - kept)
  const [whole = '0', fraction = ''] = size >= 1e21 ? [String(BigInt(size)), '0'.repeat(kept)] : size.toFixed(kept + SPARE).split('.')
  const rounded = roundEven(whole + fraction, whole.length + kept)
  const point = rounded.length - kept
  return digits === 0 ? rounded : `${rounded.slice(0, point)}.${rounded.slice(point)}${padding}`
}

/** `size` >= 0 as `d.ddde±xx`, with so many digits behind the point. */
export function exponential(size: number, digits: number): string {
  const kept = Math.min(digits, MAX_DIGITS)
  const [mantissa = '0', exponent = '+0'] = size.toExponential(kept + SPARE).split('e')
  const rounded = roundEven(mantissa.replace('.', ''), kept + 1)
  const carried = rounded.length > kept + 1
  const power = Number(exponent) + (carried ? 1 : 0)
  const behind = rounded.slice(1, kept + 1) + '0'.repeat(digits - kept)
  return goExponent(`${rounded.charAt(0)}${digits === 0 ? '' : `.${behind}`}e${power < 0 ? '-' : '+'}${Math.abs(power)}`)
}

/** `size` >= 0 with so many significant digits, without zeros at the end; with an exponent where Go's `%g` has one. */
export function general(size: number, digits: number): string {
  const wanted = digits === 0 ? 1 : digits
  const [mantissa = '0', exponent = '0'] = exponential(size, wanted - 1).split('e')
  const significant = mantissa.replace('.', '').replace(/(?!^)0+$/, '')
  const power = Number(exponent)
  const limit = wanted > significant.length && significant.length >= power + 1 ? significant.length : wanted
  if (size !== 0 && (power < -4 || power >= limit)) {
    const rest = significant.slice(1)
    return `${significant.charAt(0)}${rest === '' ? '' : `.${rest}`}e${exponent}`
  }
  return fixed(size, Math.max(0, significant.length - 1 - power))
}

/** The first `keep` of the decimal digits, rounded; one more digit when it carries out of the first. */
function roundEven(digits: string, keep: number): string {
  const head = digits.slice(0, keep)
  const rest = digits.slice(keep)
  const half = `5${'0'.repeat(Math.max(0, rest.length - 1))}`
  const up = rest > half || (rest === half && Number(head.at(-1)) % 2 === 1)
  return up ? String(BigInt(head) + 1n).padStart(keep, '0') : head
}
