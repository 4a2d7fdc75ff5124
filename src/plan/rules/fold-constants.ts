import type { CallContext } from '../../api/function.ts'
import type { Value } from '../../data/value.ts'
import type { BoundExpr } from '../../expression/bound.ts'
import { Compiler } from '../../expression/compile.ts'
import type { FunctionLookup } from '../../expression/functions.ts'
import { isLogical } from '../../expression/logic.ts'
import { childrenOf } from '../../expression/walk.ts'
import { literal } from '../../expression/make.ts'
import { rewriteExprs } from '../rewrite.ts'
import type { PlanRule } from '../plan-rule.ts'

/** A pure function needs to know nothing of its rule; one that asks for the time after all is not folded. */
const NOWHERE: CallContext = {
  rule: '',
  clock: { now: noClock, elapsed: noClock, after: noClock, sleep: noClock },
  startedAt: 0,
  timeZone: 'UTC',
}

/** What depends on no row is computed once, now. What fails is left as it is, so that it fails for each row, as it is written. */
export const foldConstants: PlanRule = {
  name: 'fold-constants',
  apply(plan, env) {
    const compiler = new Compiler()
    return rewriteExprs(plan, (expr) => (isFoldable(expr, env.functions) ? fold(expr, env.functions, compiler) : expr))
  },
}

function isFoldable(expr: BoundExpr, functions: FunctionLookup): boolean {
  if (expr.kind === 'literal' || expr.kind === 'slot' || expr.kind === 'record') return false
  if (expr.kind === 'call' && functions.find(expr.name)?.pure !== true) return false
  return childrenOf(expr).every((child) => child.kind === 'literal')
}

function fold(expr: BoundExpr, functions: FunctionLookup, compiler: Compiler): BoundExpr {
  const value = evaluate(expr, functions, compiler)
  if (value === undefined) return expr
  // An unknown truth value is kept as an expression: only where it leaves the logic does it become false.
  return value === null && isLogical(expr) ? expr : literal(value, typeOf(value) ?? expr.type, expr.at)
}

function evaluate(expr: BoundExpr, functions: FunctionLookup, compiler: Compiler): Value | undefined {
  try {
    return compiler.expression(expr, { functions, context: NOWHERE })([]) ?? null
  } catch {
    return undefined
  }
}

function typeOf(value: Value): BoundExpr['type'] | undefined {
  if (typeof value === 'bigint') return 'bigint'
  if (typeof value === 'number') return 'float'
  if (typeof value === 'string') return 'string'
  return typeof value === 'boolean' ? 'boolean' : undefined
}

function noClock(): never {
  throw new Error('a constant has no time')
}
