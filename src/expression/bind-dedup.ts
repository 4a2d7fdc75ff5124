import type { Call } from '../sql/ast.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'

/** `dedup_trigger(start, end, now, expire)`: three columns with times in milliseconds, and seconds. At most once in a statement. */
export function bindDedup(binder: Binding, call: Call): BoundExpr {
  const [start, end, now, expire] = call.args
  const columns = [start, end, now]
  if (call.args.length !== 4 || columns.some((arg) => arg?.kind !== 'column') || expire?.kind !== 'integer')
    return binder.refuse(call, 'dedup_trigger() expects three columns and a whole number', 'dedup_trigger(start, end, now, seconds)')
  if (binder.calls.dedup.length > 0) return binder.refuse(call, 'dedup_trigger() twice in a statement')
  const [first, last, time] = columns.map((arg) => (arg === undefined ? undefined : binder.bind(arg)))
  const slot = binder.slots.computed()
  if (first !== undefined && last !== undefined && time !== undefined)
    binder.calls.dedup.push({ slot, start: first, end: last, now: time, expire: Number(expire.value) * 1000 })
  return { kind: 'slot', slot, name: 'dedup_trigger()', type: 'array', at: call.at }
}
