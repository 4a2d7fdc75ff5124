import type { Binder } from '../expression/bind.ts'
import type { Problems } from '../expression/problems.ts'
import type { TimeUnit, Window } from '../sql/ast.ts'
import type { WindowSpec } from './nodes.ts'

/** Milliseconds of a time unit. */
const UNITS: Readonly<Record<TimeUnit, number>> = { MS: 1, SS: 1_000, MI: 60_000, HH: 3_600_000, DD: 86_400_000 }

/** The window of a statement with its lengths in milliseconds and its conditions bound. Reports lengths that no window can have. */
export function windowSpec(window: Window, binder: Binder, problems: Problems): WindowSpec {
  const unit = window.unit ?? 'MS'
  const scale = UNITS[unit]
  const length = (window.length ?? 0) * scale
  switch (window.type) {
    case 'tumbling':
      positive(window, problems, [length])
      return { type: 'tumbling', unit, length }
    case 'hopping':
      positive(window, problems, [length, window.interval])
      return { type: 'hopping', unit, length, hop: (window.interval ?? 0) * scale }
    case 'sliding':
      return slidingSpec(window, binder, problems)
    case 'session':
      positive(window, problems, [length, window.interval])
      return { type: 'session', unit, length, gap: (window.interval ?? 0) * scale }
    case 'count':
      return countSpec(window, problems)
    case 'state': {
      const emit = window.emit === undefined ? {} : { emit: binder.bind(window.emit) }
      const [begin, partition] = [window.begin, window.over?.partition ?? []]
      if (begin === undefined) throw new Error('a state window has a condition')
      return { type: 'state', begin: binder.bind(begin), ...emit, partition: partition.map((expr) => binder.bind(expr)) }
    }
  }
}

function slidingSpec(window: Window, binder: Binder, problems: Problems): WindowSpec {
  const unit = window.unit ?? 'MS'
  const { length = 0, delay = 0, over } = window
  if (length < 0 || delay < 0) problems.add(window, 'the lengths of a sliding window must not be less than 0')
  const when = over?.when === undefined ? {} : { when: binder.bind(over.when) }
  return { type: 'sliding', unit, length: length * UNITS[unit], delay: delay * UNITS[unit], ...when }
}

function countSpec(window: Window, problems: Problems): WindowSpec {
  const length = window.length ?? 0
  const step = window.interval === undefined || window.interval === 0 ? length : window.interval
  positive(window, problems, [length, step])
  if (step > length) {
    problems.add(window, `a count window of ${length} rows cannot fire every ${step}`, 'the second number is at most the first')
  }
  return { type: 'count', length, step }
}

function positive(window: Window, problems: Problems, lengths: readonly (number | undefined)[]): void {
  if (lengths.every((length) => length !== undefined && length > 0)) return
  problems.add(window, `the lengths of a ${window.type} window must be greater than 0`)
}
