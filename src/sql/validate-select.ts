import { PlutinoError } from '../base/errors.ts'
import type { Call, Expr, Select } from './ast.ts'
import { positionAt } from './position.ts'
import { descendants, present } from './walk.ts'

/** What the places where a function may stand depend on. `rows`: set-returning, like unnest. `columns`: several columns, like changed_cols. */
export type FunctionPlace = 'row' | 'aggregate' | 'analytic' | 'window' | 'rows' | 'columns'

export interface PlaceRules {
  /** The text of the statement, for positions. */
  readonly text: string
  /** Gets the name as written; `undefined` for a function that it does not know: then nothing is said about it. */
  placeOf(name: string): FunctionPlace | undefined
}

/** Checks that need no stream: functions at places where they cannot stand, conditions that are no conditions. Throws `sql_invalid`. */
export function validateSelect(select: Select, rules: PlaceRules): void {
  const fields = select.fields.map((field) => field.expr)
  const groups = groupParts(select)
  const outside = [...groups, ...conditionsOf(select)]
  for (const expr of descendants(groups)) refuseAggregate(expr, rules)
  for (const expr of descendants(outside)) refuseOutsideSelect(expr, rules)
  for (const expr of descendants([...fields, ...outside])) {
    if (expr.kind === 'call') validateCall(expr, select, rules)
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

function refuseOutsideSelect(expr: Expr, rules: PlaceRules): void {
  for (const place of ['rows', 'columns', 'window'] as const) {
    if (expr.kind === 'call' && rules.placeOf(expr.name) === place)
      throw invalid(expr, `${expr.name}() outside the fields of SELECT`, rules)
  }
}

function refuseAggregate(expr: Expr, rules: PlaceRules): void {
  if (expr.kind === 'call' && rules.placeOf(expr.name) === 'aggregate') throw invalid(expr, `aggregate ${expr.name}() in GROUP BY`, rules)
}

function validateCall(call: Call, select: Select, rules: PlaceRules): void {
  for (const expr of descendants(call.args)) {
    if (expr.kind === 'call' && rules.placeOf(expr.name) === 'rows') throw invalid(expr, `${expr.name}() inside of ${call.name}()`, rules)
  }
  const place = rules.placeOf(call.name)
  if (place === undefined) return
  if (call.over !== undefined && place !== 'analytic' && place !== 'window') {
    throw invalid(call.over, `OVER after ${call.name}(), expected an analytic function before it`, rules)
  }
  const order = call.over?.order[0]
  if (order !== undefined && place !== 'window') throw invalid(order, `ORDER BY in OVER of ${call.name}()`, rules)
  if (call.filter !== undefined && place !== 'aggregate')
    throw invalid(call.filter, `FILTER after ${call.name}(), expected an aggregate before it`, rules)
  if (call.filter !== undefined && select.window === undefined) {
    throw invalid(
      call.filter,
      'FILTER of an aggregate without a window',
      rules,
      'GROUP BY needs a window; without one write the condition into WHERE',
    )
  }
}

function validateCondition(when: Expr, rules: PlaceRules): void {
  if (when.kind === 'integer' || when.kind === 'number' || when.kind === 'string') {
    throw invalid(
      when,
      `value of type ${when.kind} after WHEN, expected a condition`,
      rules,
      'to compare with values write CASE x WHEN value THEN …',
    )
  }
}

function validateRowFunctions(fields: readonly Expr[], rules: PlaceRules): void {
  let seen: string | undefined
  for (const expr of descendants(fields)) {
    if (expr.kind !== 'call' || rules.placeOf(expr.name) !== 'rows') continue
    if (seen !== undefined) throw invalid(expr, `${expr.name}() beside ${seen}(), expected at most one function that makes rows`, rules)
    seen = expr.name
  }
}

function invalid(node: { at: number; end: number }, message: string, { text }: PlaceRules, hint?: string): PlutinoError {
  const position = positionAt(text, node.at, node.end)
  return new PlutinoError('sql_invalid', message, hint === undefined ? { position } : { position, hint })
}
