import type { SqlFunction } from '../api/function.ts'
import type { Call, Expr } from '../sql/ast.ts'
import { checkCount, checkLiterals, resultType } from './arguments.ts'
import { timeOf } from './bind-meta.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'
import type { AnalyticCall } from './calls.ts'
import { literal } from './make.ts'
import { starParts, type StarPart } from './star.ts'
import { mapExpr } from './walk.ts'

type Analytic = Extract<SqlFunction, { readonly kind: 'analytic' }>

/** A call of a function that remembers rows: made once for each row, whoever reads its value. */
export function bindAnalytic(binder: Binding, call: Call, found: Analytic): BoundExpr {
  checkCount(binder, call, found)
  if (found.hits === true && found.over === 'results' && binder.grouped)
    return binder.refuse(
      call,
      `function ${found.name} is not allowed in an aggregate query`,
      `did you mean "last_agg${found.name.slice(4)}"?`,
    )
  const bind = (expr: Expr): BoundExpr => (found.over === 'rows' ? withoutNumbers(binder, binder.bindRow(expr)) : binder.bind(expr))
  const made: Omit<AnalyticCall, 'slot'> = {
    function: found.name,
    over: found.over,
    ...argumentsOf(binder, call, found, bind),
    partition: (call.over?.partition ?? []).map(bind),
    ...(call.over?.when === undefined ? {} : { when: bind(call.over.when) }),
    ...(found.hits === true ? { hits: true } : {}),
  }
  const slot = binder.slots.computed()
  binder.calls.analytic.push({ slot, ...made })
  return { kind: 'slot', slot, name: `${found.name}()`, type: resultType(found, made.args[0]), at: call.at }
}

type Arguments = Pick<AnalyticCall, 'args' | 'wildcard'>

function argumentsOf(binder: Binding, call: Call, found: Analytic, bind: (expr: Expr) => BoundExpr): Arguments {
  if (found.hits === true) return { args: [timeOf(binder, call.at)] }
  if (found.columns === true) return columnArguments(binder, call, bind)
  let wildcard = false
  const args = call.args.flatMap((arg): readonly BoundExpr[] => {
    if (arg.kind !== 'star') return [bind(arg)]
    const parts = starParts(binder, arg)
    wildcard ||= parts.some(({ name }) => name === '*')
    return parts.map(({ value }) => value)
  })
  if (!wildcard) checkLiterals(binder, call, found, args)
  checkOffset(binder, call, found, args)
  return wildcard ? { args, wildcard } : { args }
}

/**
 * Prefix, flag, and one object of all columns named: a column that is absent is null in it, one of `*` is left out. As in eKuiper the
 * name of an expression is empty, so that its column is named by the prefix alone.
 */
function columnArguments(binder: Binding, call: Call, bind: (expr: Expr) => BoundExpr): Arguments {
  const [prefix, ignoreNull, ...columns] = call.args
  if (prefix === undefined || ignoreNull === undefined) return { args: [] }
  const parts = columns.flatMap((arg): readonly StarPart[] => {
    if (arg.kind === 'star') return starParts(binder, arg)
    const value: BoundExpr = { kind: 'firstPresent', options: [bind(arg), literal(null, 'any', arg.at)], type: 'any', at: arg.at }
    return [{ name: nameOf(arg) ?? '', value }]
  })
  const named = { names: parts.map(({ name }) => name), values: parts.map(({ value }) => value) }
  return { args: [bind(prefix), bind(ignoreNull), { kind: 'object', ...named, type: 'struct', at: call.at }] }
}

function nameOf(arg: Expr): string | undefined {
  if (arg.kind === 'call') return arg.name.toLowerCase()
  return arg.kind === 'column' ? arg.name : undefined
}

/** The parameters that must be literals count rows. */
function checkOffset(binder: Binding, call: Call, { params }: Analytic, args: readonly BoundExpr[]): void {
  params.forEach(({ literal: isLiteral, name }, i) => {
    const arg = args[i]
    if (isLiteral !== true || arg?.kind !== 'literal') return
    if (typeof arg.value === 'bigint' && arg.value < 0n) binder.problems.add(call.args[i] ?? call, `${name} of ${call.name} is negative`)
    if (typeof arg.value === 'number') binder.problems.add(call.args[i] ?? call, `${name} of ${call.name} is no whole number`)
  })
}

/** Functions over the rows of a source are called before rows are numbered: for them row_number() is null. */
function withoutNumbers(binder: Binding, expr: BoundExpr): BoundExpr {
  const numbers = new Set(binder.calls.number.map(({ slot }) => slot))
  if (numbers.size === 0) return expr
  return mapExpr(expr, (part) => (part.kind === 'slot' && numbers.has(part.slot) ? literal(null, 'any', part.at) : part))
}
