import { typeNameOf } from '../data/describe-value.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { PlutinoError } from '../base/errors.ts'
import { readTime } from '../data/time-text.ts'
import type { Cell } from '../data/value.ts'
import { patternReader } from './timestamp-pattern.ts'

/** The time of a row in whole milliseconds, from its TIMESTAMP column; undefined when that holds none. `received`: what a text leaves out of its date. */
export type TimestampReader = (cell: Cell, received: number) => number | undefined

/** `pattern`: TIMESTAMP_FORMAT; a text that does not follow it is read as one without a format. Times without an offset are of `zone`. */
export function timestampReader(pattern: string | undefined, zone: string): TimestampReader {
  const byPattern = pattern === undefined ? undefined : patternReader(pattern, zone)
  return (cell, received) => {
    if (typeof cell === 'number') return Number.isFinite(cell) ? Math.trunc(cell) : undefined
    if (typeof cell === 'bigint') return Number(cell)
    if (typeof cell === 'string') return byPattern?.(cell) ?? readTime(cell, received, zone)?.time
    return cell instanceof Date ? timeOfDate(cell) : undefined
  }
}

/** Why the row has no time. */
export function timestampError(column: string, cell: Cell): PlutinoError {
  if (cell === undefined) {
    return rowFailed(`cannot find timestamp field ${column} in tuple`, 'every row of a rule with isEventTime needs the TIMESTAMP column')
  }
  const why = typeof cell === 'string' ? `Can't parse string as time: ${cell.slice(0, 100)}` : unsupported(cell)
  return rowFailed(`cannot convert timestamp field ${column} to timestamp with error ${why}`)
}

function unsupported(cell: Cell): string {
  return `unsupported type to convert to timestamp ${cell === null ? '<nil>' : typeNameOf(cell)}`
}

function timeOfDate(date: Date): number | undefined {
  const time = date.getTime()
  return Number.isNaN(time) ? undefined : time
}
