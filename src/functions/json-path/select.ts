import { describeValue } from '../../data/describe-value.ts'
import { rowFailed } from '../../data/row-failed.ts'
import { isStruct, type Cell, type Value } from '../../data/value.ts'
import { type Expression, isPlain, type Path, type Step } from './tree.ts'

/** Most values that one path may look at. */
const MOST = 1_000_000

/** Where a path starts, and how many values may still be looked at. */
export interface Scope {
  readonly root: Value
  readonly here: Value
  readonly budget: { left: number }
  /** Tells whether a condition holds in a scope. */
  readonly holds: (condition: Expression, scope: Scope) => boolean
}

export function scopeOf(root: Value, holds: Scope['holds']): Scope {
  return { root, here: null, budget: { left: MOST }, holds }
}

/** The value at a plain path, which must be there; otherwise the array of all values that the path leads to. Throws `row_failed`. */
export function valueAt(path: Path, scope: Scope): Value {
  const start = path.root === '$' ? scope.root : scope.here
  if (isPlain(path)) return path.steps.reduce((value: Value, step) => (step.kind === 'key' ? keyed(value, step.key) : value), start)
  return path.steps.reduce<readonly Value[]>(
    (values, step) => values.flatMap((value) => counted(scope, stepInto(value, step, scope))),
    [start],
  )
}

function stepInto(value: Value, step: Step, scope: Scope): readonly Value[] {
  switch (step.kind) {
    case 'key':
      return optional(value, step.key)
    case 'union':
      return step.keys.flatMap((key) => optional(value, key))
    case 'all':
      return childrenOf(value)
    case 'descend':
      return descendants(value, scope)
    case 'slice':
      return Array.isArray(value) ? slice(value, step) : []
    case 'filter':
      return childrenOf(value).filter((child) => scope.holds(step.condition, { ...scope, here: child }))
  }
}

function counted(scope: Scope, values: readonly Value[]): readonly Value[] {
  scope.budget.left -= values.length + 1
  if (scope.budget.left < 0) throw rowFailed(`the path leads to more than ${MOST} values`)
  return values
}

function keyed(value: Value, key: string | number): Value {
  if (isStruct(value)) {
    const name = String(key)
    if (!Object.hasOwn(value, name)) throw rowFailed(`unknown key ${name}`)
    return value[name] ?? null
  }
  if (!Array.isArray(value)) throw rowFailed(`${describeValue(value)} has no members: expected an object or an array`)
  const at = placeOf(key)
  if (at === undefined) throw rowFailed(`expected the number of an element, got "${key}"`)
  const found: Cell = value[at]
  if (found === undefined) throw rowFailed(`index ${at} out of bounds: the array has ${value.length} elements`)
  return found
}

function optional(value: Value, key: string | number): readonly Value[] {
  if (isStruct(value)) return Object.hasOwn(value, String(key)) ? [value[String(key)] ?? null] : []
  const at = placeOf(key)
  if (!Array.isArray(value) || at === undefined) return []
  const found: Cell = value[at]
  return found === undefined ? [] : [found]
}

function placeOf(key: string | number): number | undefined {
  return typeof key === 'number' ? key : /^\d+$/.test(key) ? Number(key) : undefined
}

function childrenOf(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value
  return isStruct(value) ? Object.values(value) : []
}

/** The value first, then what is inside it, in order. */
function descendants(value: Value, scope: Scope): readonly Value[] {
  const found: Value[] = []
  const waiting: Value[] = [value]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    found.push(next)
    if (found.length > scope.budget.left) counted(scope, found)
    waiting.push(...childrenOf(next).toReversed())
  }
  return found
}

function slice(values: readonly Value[], { from = 0, to, step = 1 }: Extract<Step, { kind: 'slice' }>): readonly Value[] {
  // As in eKuiper: bounds from both ends, such as 1:-1, enclose nothing.
  if (to !== undefined && from > to) return []
  const start = within(from, values.length)
  const end = to === undefined ? values.length : within(to, values.length)
  const part = values.slice(start, end)
  if (step < 0) return part.toReversed().filter((_, i) => i % -step === 0)
  return step > 1 ? part.filter((_, i) => i % step === 0) : part
}

/** Negative numbers count from the end. */
function within(place: number, length: number): number {
  return place < 0 ? Math.max(0, place + length) : Math.min(place, length)
}
