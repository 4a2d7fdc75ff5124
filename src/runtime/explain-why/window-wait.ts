import type { Operator } from '../../api/operator.ts'
import type { WindowSpec } from '../../plan/nodes.ts'
import type { Fate } from './fates.ts'
import { bare } from './why-not.ts'

/** What a row in a window waits for. `seen`: how many rows have come into it. */
export function windowWait(spec: WindowSpec, { wakeAt }: { readonly wakeAt: Operator['wakeAt'] }, seen: number): Fate {
  switch (spec.type) {
    case 'tumbling':
    case 'hopping':
    case 'session':
      return until(`in a ${spec.type} window that ends at`, wakeAt?.())
    case 'sliding':
      return sliding(spec, wakeAt?.())
    case 'count': {
      const rows = missing(spec, seen)
      return { what: 'waiting', rows, why: `in a count window for ${rows} more row${rows === 1 ? '' : 's'}` }
    }
    case 'state':
      return { what: 'waiting', why: `in a state window, for a row that makes ${bare(spec.emit ?? spec.begin)} true` }
  }
}

function sliding({ delay, when }: Extract<WindowSpec, { readonly type: 'sliding' }>, wakeAt: number | undefined): Fate {
  if (delay > 0 && wakeAt !== undefined) return until('for the delay of a sliding window, which ends at', wakeAt)
  if (when !== undefined) return { what: 'waiting', why: `in a sliding window, for a row that makes ${bare(when)} true` }
  return { what: 'waiting', why: 'in a sliding window, until the watermark has come to its time' }
}

function until(text: string, time: number | undefined): Fate {
  return { what: 'waiting', why: `${text} ${timeText(time)}`, ...(time === undefined ? {} : { until: time }) }
}

/** Rows until it fires next. */
function missing({ length, step }: Extract<WindowSpec, { readonly type: 'count' }>, seen: number): number {
  const next = step - (seen % step)
  const short = length - Math.min(seen, length) - next
  return short <= 0 ? next : next + Math.ceil(short / step) * step
}

/** A time for people; times beyond the calendar as they are. */
export function timeText(time: number | undefined): string {
  const date = new Date(time ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? String(time ?? 'a time that is not known yet') : date.toISOString()
}
