import type { Registry } from '../api/registry.ts'
import { PlutinoError, toPlutinoError } from '../base/errors.ts'
import { nearest } from '../base/suggest.ts'
import type { PlanOptions } from '../plan/environment.ts'
import type { RulePlan } from '../plan/nodes.ts'
import { checkAction } from '../runtime/running-sink.ts'
import type { RuleSpec } from '../runtime/spec.ts'
import type { Expr, Select } from '../sql/ast.ts'
import { explainStatement, planStatement } from './plan-statement.ts'
import { readStatement } from './statement.ts'
import { positionAt } from '../sql/position.ts'
import { descendants } from '../sql/walk.ts'
import type { RuleDefinition } from './rule-definition.ts'
import type { Streams } from './streams.ts'

export interface RuleWorld {
  readonly registry: Registry
  readonly streams: Pick<Streams, 'plan' | 'names' | 'checkTemporary' | 'resolve'>
}

/** What a rule names: what must not be dropped under it, and what it has to be restarted for. */
export interface RuleUses {
  readonly streams: readonly string[]
  /** In lower case. */
  readonly sinks: readonly string[]
  readonly functions: readonly string[]
}

/** Everything that can be checked without connecting, and the specification that runs; `marked`: so that it can be told what becomes of each row. */
export function buildSpec(rule: RuleDefinition, world: RuleWorld, marked = false): RuleSpec {
  const plan = planRule(rule, world, marked)
  const names = [...new Set([...plan.sources.map(({ stream }) => stream), ...plan.lookups])]
  for (const name of names) world.streams.checkTemporary(name, rule.temp)
  const streams = names.map((name) => inside(`stream ${name}`, () => world.streams.resolve(name)))
  rule.actions.forEach((action, index) => inside(`actions[${index}]`, () => checkKind(action.type, action, world.registry)))
  return { id: rule.id, temp: rule.temp, plan, streams, actions: rule.actions, options: rule.options }
}

/** The plan as text. */
export function explainRule(rule: RuleDefinition, world: RuleWorld): string {
  return explainStatement(selectOf(rule.sql), rule.sql, planOptions(rule), world)
}

/** Nothing at all when the statement cannot be read. */
export function usesOf(rule: Pick<RuleDefinition, 'sql' | 'actions'>): RuleUses {
  const sinks = rule.actions.map(({ type }) => type.toLowerCase())
  try {
    const select = selectOf(rule.sql)
    const streams = [select.from.name, ...select.joins.map(({ source }) => source.name)]
    const calls = [...descendants(expressionsOf(select))].flatMap((expr) => (expr.kind === 'call' ? [expr.name.toLowerCase()] : []))
    return { streams, sinks, functions: calls }
  } catch {
    return { streams: [], sinks, functions: [] }
  }
}

function planRule(rule: RuleDefinition, world: RuleWorld, marked: boolean): RulePlan {
  return planStatement(selectOf(rule.sql), rule.sql, { ...planOptions(rule), marked }, world).plan
}

function planOptions({ options }: RuleDefinition): PlanOptions {
  return { sendNilField: options.sendNilField, isEventTime: options.isEventTime, sendMeta: options.sendMetaToSink }
}

function selectOf(sql: string): Select {
  const statement = readStatement(sql)
  if (statement.kind === 'select') return statement
  throw new PlutinoError('sql_syntax', 'expected SELECT', { position: positionAt(sql, statement.at, statement.end) })
}

function expressionsOf(select: Select): readonly Expr[] {
  const optional = [select.where, select.having, select.window?.begin, select.window?.emit, select.window?.filter]
  return [
    ...select.fields.map(({ expr }) => expr),
    ...select.groupBy,
    ...select.orderBy.map(({ expr }) => expr),
    ...select.joins.flatMap(({ on }) => (on === undefined ? [] : [on])),
    ...optional.filter((expr) => expr !== undefined),
  ]
}

function checkKind(type: string, action: RuleDefinition['actions'][number], registry: Registry): void {
  if (registry.find('sink', type) === undefined) {
    const known = registry.list('sink').map(({ name }) => name)
    const near = nearest(type, known)
    throw new PlutinoError('rule_invalid', `there is no sink of type "${type}"`, {
      hint: near === undefined ? `install a sink plugin of this name, or use one of ${known.join(', ')}` : `did you mean "${near}"?`,
    })
  }
  checkAction(registry, action)
}

function inside<T>(place: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    throw toPlutinoError(error).within(place)
  }
}
