import type { Expr, Over } from './ast.ts'

/** The expressions directly below `expr`, in the order of the text (for CASE and OVER roughly so). */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'null':
    case 'boolean':
    case 'integer':
    case 'number':
    case 'string':
    case 'column':
      return []
    case 'star':
      return expr.replace.map((field) => field.expr)
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
      return present([...expr.args, expr.filter, ...overParts(expr.over)])
  }
}

/** `roots` and all expressions below them, a parent before its children. */
export function* descendants(roots: readonly Expr[]): Generator<Expr> {
  const open = roots.toReversed()
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    yield expr
    open.push(...children(expr).toReversed())
  }
}

export function overParts(over: Over | undefined): readonly Expr[] {
  return over === undefined ? [] : present([...over.partition, ...over.order.map((term) => term.expr), over.when])
}

export function present<T>(list: readonly (T | undefined)[]): T[] {
  return list.filter((item) => item !== undefined)
}
