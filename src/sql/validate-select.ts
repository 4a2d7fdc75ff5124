import type { Call, Expr, Node, Select } from './ast.ts'
import { children, descendants, present } from './walk.ts'

/** What the places where a function may stand depend on. `rows`: set-returning, like unnest. `columns`: several columns, like changed_cols. */
export type FunctionPlace = 'row' | 'aggregate' | 'analytic' | 'window' | 'rows' | 'columns'

export interface PlaceRules {
  /** Gets the name as written; `undefined` for a function that it does not know: then nothing is said about it. */
  readonly placeOf: (name: string) => FunctionPlace | undefined
  /** Called for every error, with what to do about it. */
  readonly report: (node: Node, message: string, hint?: string) => void
}

/** Checks that need no stream: functions at places where they cannot stand, conditions that are no conditions. */
export function validateSelect(select: Select, rules: PlaceRules): void {
  const fields = select.fields.map((field) => field.expr)
  const groups = groupParts(select)
  const outside = [...groups, ...conditionsOf(select)]
  for (const expr of descendants(groups)) refuseAggregate(expr, rules)
  for (const expr of descendants(outside)) refuseOutsideSelect(expr, rules)
  for (const expr of descendants([...fields, ...outside])) {
    if (expr.kind === 'call') validateCall(expr, rules)
    if (expr.kind === 'case' && expr.operand === undefined) for (const { when } of expr.whens) validateCondition(when, rules)
  }
  validateRowFunctions(fields, rules)
}

function groupParts({ groupBy, window }: Select): Expr[] {
  return present([...groupBy, window?.filter, window?.over?.when])
}

function conditionsOf({ joins, where, window, having, orderBy }: Select): Expr[] {
  const ofWindow = [window?.begin, window?.emit, ...(window?.over?.partition ?? [])]
  return present([...joins.map((join) => join.on), where, ...ofWindow, having, ...orderBy.map((term) => term.expr)])
}

function refuseOutsideSelect(expr: Expr, { placeOf, report }: PlaceRules): void {
  if (expr.kind !== 'call') return
  const place = placeOf(expr.name)
  if (place === 'rows' || place === 'columns') report(expr, `${expr.name}() outside the fields of SELECT`)
  if (place === 'window')
    report(expr, `${expr.name}() outside the fields of SELECT`, 'number the rows in one rule and feed its result to another')
}

function refuseAggregate(expr: Expr, { placeOf, report }: PlaceRules): void {
  if (expr.kind === 'call' && placeOf(expr.name) === 'aggregate') report(expr, `aggregate ${expr.name}() in GROUP BY`)
}

function validateCall(call: Call, { placeOf, report }: PlaceRules): void {
  const place = placeOf(call.name)
  if (place === undefined) return
  if (call.over !== undefined && place !== 'analytic' && place !== 'window') {
    report(call.over, `OVER after ${call.name}(), expected an analytic function before it`)
  }
  const order = call.over?.order[0]
  if (order !== undefined && place !== 'window') report(order, `ORDER BY in OVER of ${call.name}()`)
  if (call.filter !== undefined && place !== 'aggregate')
    report(call.filter, `FILTER after ${call.name}(), expected an aggregate before it`)
}

function validateCondition(when: Expr, { report }: PlaceRules): void {
  if (when.kind !== 'integer' && when.kind !== 'number' && when.kind !== 'string') return
  const hint = 'to compare with values write CASE x WHEN value THEN …'
  report(when, `invalid CASE expression, WHEN expression must be a bool condition, not a value of type ${when.kind}`, hint)
}

/** What makes rows is a field of its own, and there is one of it. */
function validateRowFunctions(fields: readonly Expr[], { placeOf, report }: PlaceRules): void {
  let seen: string | undefined
  const open: { readonly expr: Expr; readonly inside?: string }[] = fields.map((expr) => ({ expr })).toReversed()
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { expr, inside } = next
    if (expr.kind === 'call' && placeOf(expr.name) === 'rows') {
      if (inside !== undefined) report(expr, `${expr.name}() inside of ${inside}, expected a field of its own`)
      else if (seen !== undefined) report(expr, `${expr.name}() beside ${seen}(), expected at most one function that makes rows`)
      seen = expr.name
    }
    const around = expr.kind === 'call' ? `${expr.name}()` : 'an expression'
    for (const child of children(expr).toReversed()) open.push({ expr: child, inside: around })
  }
}
