import type { Call } from '../sql/ast.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'
import type { WindowBound } from './calls.ts'
import { literal } from './make.ts'

const BOUNDS: Readonly<Record<string, WindowBound['bound']>> = { window_start: 'start', window_end: 'end', window_trigger: 'trigger' }

/** `row_number()`, `window_start()`, `window_end()`, `window_trigger()`. */
export function bindWindowCall(binder: Binding, call: Call, name: string): BoundExpr {
  if (call.args.length > 0) return binder.refuse(call, `function ${name} expects 0 arguments, but found ${call.args.length}`)
  const bound = BOUNDS[name]
  if (bound === undefined) return rowNumber(binder, call)
  if (!binder.windowed) return literal(null, 'bigint', call.at)
  return boundOf(binder, bound, call.at)
}

/** The slot of what the window knows about itself. */
export function boundOf(binder: Binding, bound: WindowBound['bound'], at: number): BoundExpr {
  let known = binder.calls.bounds.find((candidate) => candidate.bound === bound)
  if (known === undefined) binder.calls.bounds.push((known = { slot: binder.slots.computed(), bound }))
  return { kind: 'slot', slot: known.slot, name: `window_${bound}()`, type: 'json', at }
}

function rowNumber(binder: Binding, call: Call): BoundExpr {
  const [order] = call.over?.order ?? []
  if (order !== undefined)
    return binder.refuse(order.expr, 'ORDER BY in OVER of row_number()', 'rows are numbered in the order of the window')
  if (call.over?.when !== undefined && call.over.partition.length === 0)
    return binder.refuse(
      call.over.when,
      'WHEN in OVER of row_number() without PARTITION BY',
      'write the condition into WHERE, or name a partition',
    )
  const when = call.over?.when === undefined ? {} : { when: binder.bind(call.over.when) }
  const slot = binder.slots.computed()
  binder.calls.number.push({ slot, partition: (call.over?.partition ?? []).map((expr) => binder.bind(expr)), ...when })
  return { kind: 'slot', slot, name: 'row_number()', type: 'json', at: call.at }
}
