import type { BoundExpr } from './bound.ts'
import { branch } from './make.ts'

/** The expressions directly inside another, in the order in which they are evaluated. */
export function childrenOf(expr: BoundExpr): readonly BoundExpr[] {
  switch (expr.kind) {
    case 'literal':
    case 'slot':
      return []
    case 'unary':
    case 'isNull':
      return [expr.operand]
    case 'binary':
      return [expr.left, expr.right]
    case 'like':
      return [expr.operand, expr.pattern]
    case 'between':
      return [expr.operand, expr.low, expr.high]
    case 'in':
      return present([expr.operand, ...(expr.items ?? []), expr.array])
    case 'case':
      return present([expr.operand, ...expr.whens.flatMap(({ when, then }) => [when, then]), expr.otherwise])
    case 'member':
      return [expr.object]
    case 'index':
      return [expr.object, expr.index]
    case 'slice':
      return present([expr.object, expr.from, expr.to])
    case 'call':
      return expr.args
    case 'firstPresent':
      return expr.options
    case 'object':
      return expr.values
    case 'record':
      return [expr.record, ...expr.replace.map(({ value }) => value)]
  }
}

/**
 * The same tree with `change` applied to every expression, innermost first. Parts that occur several times are changed once and
 * stay shared; `seen` carries this over several trees.
 */
export function mapExpr(expr: BoundExpr, change: (expr: BoundExpr) => BoundExpr, seen: Map<BoundExpr, BoundExpr> = new Map()): BoundExpr {
  const known = seen.get(expr)
  if (known !== undefined) return known
  const children = childrenOf(expr)
  const changed = children.map((child) => mapExpr(child, change, seen))
  const result = change(changed.every((child, i) => child === children[i]) ? expr : withChildren(expr, changed))
  seen.set(expr, result)
  return result
}

/** The slots that an expression reads, each once. */
export function slotsOf(expr: BoundExpr): readonly number[] {
  const slots = new Set<number>()
  mapExpr(expr, (part) => {
    if (part.kind === 'slot') slots.add(part.slot)
    return part
  })
  return [...slots]
}

/** How many levels the deepest of these trees has; counted without recursion, for trees of any depth. */
export function depthOf(exprs: readonly BoundExpr[]): number {
  const depths = new Map<BoundExpr, number>()
  const open = [...exprs]
  for (let expr = open.at(-1); expr !== undefined; expr = open.at(-1)) {
    const children = childrenOf(expr)
    const before = open.length
    for (const child of children) if (!depths.has(child)) open.push(child)
    if (open.length > before) continue
    depths.set(expr, 1 + deepest(children, depths))
    open.pop()
  }
  return deepest(exprs, depths)
}

function deepest(exprs: readonly BoundExpr[], depths: ReadonlyMap<BoundExpr, number>): number {
  return exprs.reduce((most, expr) => Math.max(most, depths.get(expr) ?? 0), 0)
}

function present(exprs: readonly (BoundExpr | undefined)[]): readonly BoundExpr[] {
  return exprs.filter((expr) => expr !== undefined)
}

/** `children` in the order of `childrenOf`. */
function withChildren(expr: BoundExpr, children: readonly BoundExpr[]): BoundExpr {
  let taken = 0
  const next = (old: BoundExpr): BoundExpr => children[taken++] ?? old
  const maybe = <K extends string>(key: K, old: BoundExpr | undefined): { readonly [key in K]?: BoundExpr } =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object with the one key K
    old === undefined ? {} : ({ [key]: next(old) } as { [key in K]: BoundExpr })
  switch (expr.kind) {
    case 'literal':
    case 'slot':
      return expr
    case 'unary':
    case 'isNull':
      return { ...expr, operand: next(expr.operand) }
    case 'binary':
      return { ...expr, left: next(expr.left), right: next(expr.right) }
    case 'like':
      return { ...expr, operand: next(expr.operand), pattern: next(expr.pattern) }
    case 'between':
      return { ...expr, operand: next(expr.operand), low: next(expr.low), high: next(expr.high) }
    case 'in':
      return {
        ...expr,
        operand: next(expr.operand),
        ...(expr.items === undefined ? {} : { items: expr.items.map(next) }),
        ...maybe('array', expr.array),
      }
    case 'case':
      return {
        ...expr,
        ...maybe('operand', expr.operand),
        whens: expr.whens.map(({ when, then }) => branch(next(when), next(then))),
        ...maybe('otherwise', expr.otherwise),
      }
    case 'member':
      return { ...expr, object: next(expr.object) }
    case 'index':
      return { ...expr, object: next(expr.object), index: next(expr.index) }
    case 'slice':
      return { ...expr, object: next(expr.object), ...maybe('from', expr.from), ...maybe('to', expr.to) }
    case 'call':
      return { ...expr, args: expr.args.map(next) }
    case 'firstPresent':
      return { ...expr, options: expr.options.map(next) }
    case 'object':
      return { ...expr, values: expr.values.map(next) }
    case 'record':
      return { ...expr, record: next(expr.record), replace: expr.replace.map(({ name, value }) => ({ name, value: next(value) })) }
  }
}
