import { rowFailed } from '../data/row-failed.ts'

/** Go prints halves to even here, as the decimal digits of the double say; toFixed does the same with all its digits. */
export function formatNumber(x: number, digits: number, locale: string | undefined): string {
  if (digits < 0 || digits > 100) throw rowFailed(`expected 0 to 100 digits, got ${digits}`)
  if (!Number.isFinite(x)) throw rowFailed(`${x} has no decimals`)
  if (locale === undefined) return fixed(x, digits)
  if (!/^[a-z]{2,3}[-_][A-Z]{2}$/.test(locale) || !isKnown(locale)) {
    throw rowFailed(`locale "${locale}" is not known`, 'give language and country, such as "de-DE"')
  }
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: 'always', numberingSystem: 'latn' } as const
  const text = new Intl.NumberFormat(locale.replace('_', '-'), options).format(x)
  return text.replaceAll(/[\u202f']/g, (separator) => SEPARATORS[separator] ?? separator)
}

/** Separators of thousands that older versions of the locales, whose texts users know, write otherwise. */
const SEPARATORS: Readonly<Record<string, string>> = { '\u202f': '\u00a0', "'": '’' }

function isKnown(locale: string): boolean {
  return Intl.NumberFormat.supportedLocalesOf(locale.replace('_', '-')).length > 0
}

function fixed(x: number, digits: number): string {
  const text = Math.abs(x) < 1e21 ? x.toFixed(digits) : `${BigInt(x)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`
  return isHalf(x, digits) ? evenHalf(x, digits) : text
}

/** Exactly between two texts, which doubles are only for multiples of a half at the last digit. */
function isHalf(x: number, digits: number): boolean {
  const scaled = Math.abs(x) * 10 ** digits
  return digits === 0 && scaled < 2 ** 52 && scaled - Math.floor(scaled) === 0.5
}

function evenHalf(x: number, digits: number): string {
  const low = Math.floor(Math.abs(x))
  const even = low % 2 === 0 ? low : low + 1
  return (x < 0 ? -even : even).toFixed(digits)
}
