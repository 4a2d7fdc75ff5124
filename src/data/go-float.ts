/**
 * A float as Go's `%v` prints it: the fewest digits that identify it, with an exponent of at least two digits below 1e-4 and from 1e6
 * (1e+06, 1.5e-05); `NaN`, `+Inf`, `-Inf`.
 */
export function goFloatText(value: number): string {
  const size = Math.abs(value)
  if (size === 0) return Object.is(value, -0) ? '-0' : '0'
  if (size >= 1e-4 && size < 1e6) return String(value)
  return Number.isFinite(value) ? goExponent(value.toExponential()) : infiniteText(value)
}

/** JavaScript's exponent form with Go's two digits of exponent: `1e+6` -> `1e+06`. */
export function goExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}

export function infiniteText(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}
