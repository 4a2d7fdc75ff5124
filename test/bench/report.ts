export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What the figure must not exceed (`most`) or fall below (`least`). */
  readonly most?: number
  readonly least?: number
  /** A peer measured in the same run. */
  readonly rival?: { readonly name: string; readonly value: number }
}

/** Prints one figure a line: its limit and its rival beside it. */
export function print(figure: Figure): boolean {
  const { name, value, unit, most, least, rival } = figure
  const kept = (most === undefined || value <= most) && (least === undefined || value >= least)
  const limit = most !== undefined ? `<= ${show(most)}` : least !== undefined ? `>= ${show(least)}` : ''
  const other = rival === undefined ? '' : `${rival.name}: ${show(rival.value)}`
  const mark = most === undefined && least === undefined ? '    ' : kept ? 'ok  ' : 'MISS'
  process.stdout.write(`${mark} ${name.padEnd(64)} ${show(value).padStart(10)} ${unit.padEnd(14)} ${limit.padEnd(12)} ${other}\n`)
  return kept
}

function show(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US')
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}
