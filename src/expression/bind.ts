import type { Expr, SelectField } from '../sql/ast.ts'
import { descendants } from '../sql/walk.ts'
import { Aliases } from './aliases.ts'
import { bindCall } from './bind-call.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'
import { Calls } from './calls.ts'
import { isOverGroups, type FunctionLookup } from './functions.ts'
import { branch, literal } from './make.ts'
import { Names, type ScopeStream } from './names.ts'
import type { Problems } from './problems.ts'
import { Slots } from './slots.ts'
import { commonType, typeOfBinary } from './types.ts'

/** Deeper trees are refused, so that every later step may be recursive. */
export const DEEPEST = 1_500

/** What the names of a statement can mean. */
export interface BindScope {
  /** The sources in the order of FROM. */
  readonly streams: readonly ScopeStream[]
  readonly functions: FunctionLookup
  /** The select list, whose aliases may be used everywhere. */
  readonly fields: readonly SelectField[]
  /** The statement has a window. */
  readonly windowed: boolean
}

type Of<K extends Expr['kind']> = Extract<Expr, { readonly kind: K }>

/** Gives the names of expressions their meaning. Errors go to `problems`, with a null literal in the place of what is wrong. */
export class Binder implements Binding {
  readonly slots = new Slots()
  readonly names: Names
  readonly problems: Problems
  readonly functions: FunctionLookup
  readonly aliases: Aliases
  readonly calls = new Calls()
  readonly windowed: boolean
  #grouped = false
  #depth = 0

  constructor(scope: BindScope, problems: Problems) {
    this.problems = problems
    this.functions = scope.functions
    this.windowed = scope.windowed
    this.names = new Names(scope.streams, this.slots, problems)
    this.aliases = new Aliases(scope.fields, this)
  }

  bind(expr: Expr): BoundExpr {
    if (this.#depth >= DEEPEST) return this.refuse(expr, `an expression may be at most ${DEEPEST} levels deep`)
    this.#depth++
    const bound = this.#bind(expr)
    this.#depth--
    return bound
  }

  get grouped(): boolean {
    return this.#grouped
  }

  /** What `step` binds belongs to a group. */
  forGroups<T>(step: () => T): T {
    return this.#while(true, step)
  }

  bindRow(expr: Expr): BoundExpr {
    return this.#while(false, () => this.bind(expr))
  }

  #while<T>(grouped: boolean, step: () => T): T {
    const before = this.#grouped
    this.#grouped = grouped
    const result = step()
    this.#grouped = before
    return result
  }

  /** Whether an aggregate stands anywhere in these expressions. */
  hasAggregate(exprs: readonly Expr[]): boolean {
    for (const expr of descendants(exprs)) if (expr.kind === 'call' && isOverGroups(this.functions.find(expr.name))) return true
    return false
  }

  /** Reports an error and stands in for what is wrong. */
  refuse(node: Expr, message: string, hint?: Parameters<Problems['add']>[2]): BoundExpr {
    this.problems.add(node, message, hint)
    return literal(null, 'any', node.at)
  }

  #bind(expr: Expr): BoundExpr {
    const { at } = expr
    switch (expr.kind) {
      case 'null':
        return literal(null, 'any', at)
      case 'boolean':
        return literal(expr.value, 'boolean', at)
      case 'integer':
        return this.#integer(expr)
      case 'number':
        return literal(expr.value, 'float', at)
      case 'string':
        return literal(expr.value, 'string', at)
      case 'column':
        return this.#column(expr)
      case 'star':
        return this.refuse(expr, '* stands for no single value here')
      case 'call':
        return bindCall(this, expr)
      case 'member':
        if (expr.wildcard === true) return { kind: 'member', object: this.bind(expr.object), name: '*', wildcard: true, type: 'any', at }
        return this.names.member(this.bind(expr.object), expr.name, at)
      case 'index':
        return this.names.element(this.bind(expr.object), this.bind(expr.index), at)
      case 'slice':
        return this.#slice(expr)
      case 'unary':
      case 'binary':
      case 'isNull':
      case 'like':
      case 'between':
      case 'in':
      case 'case':
        return this.#operator(expr)
    }
  }

  #operator(expr: Of<'unary' | 'binary' | 'isNull' | 'like' | 'between' | 'in' | 'case'>): BoundExpr {
    const { at } = expr
    switch (expr.kind) {
      case 'unary': {
        const operand = this.bind(expr.operand)
        const type = expr.op === 'NOT' ? 'boolean' : operand.type === 'json' ? 'float' : operand.type
        return { kind: 'unary', op: expr.op, operand, type, at }
      }
      case 'binary': {
        const [left, right] = [this.bind(expr.left), this.bind(expr.right)]
        return { kind: 'binary', op: expr.op, left, right, type: typeOfBinary(expr.op, left.type, right.type), at }
      }
      case 'isNull':
        return { kind: 'isNull', negated: expr.negated, operand: this.bind(expr.operand), type: 'boolean', at }
      case 'like':
        return {
          kind: 'like',
          negated: expr.negated,
          operand: this.bind(expr.operand),
          pattern: this.bind(expr.pattern),
          type: 'boolean',
          at,
        }
      case 'between': {
        const [operand, low, high] = [this.bind(expr.operand), this.bind(expr.low), this.bind(expr.high)]
        return { kind: 'between', negated: expr.negated, operand, low, high, type: 'boolean', at }
      }
      case 'in':
        return this.#in(expr)
      case 'case':
        return this.#case(expr)
    }
  }

  #integer(expr: Of<'integer'>): BoundExpr {
    if (expr.value === BigInt.asIntN(64, expr.value)) return literal(expr.value, 'bigint', expr.at)
    return this.refuse(expr, 'bigint out of range')
  }

  #column(expr: Of<'column'>): BoundExpr {
    const place = expr.stream === undefined ? undefined : this.names.streamOf(expr.stream, expr)
    if (place !== undefined) return this.names.column(expr.name, expr, place)
    if (expr.stream !== undefined) {
      const prefix: Expr = { kind: 'column', name: expr.stream, at: expr.at, end: expr.end }
      return this.names.member(this.bind(prefix), expr.name, expr.at)
    }
    return this.aliases.find(expr) ?? this.names.column(expr.name, expr)
  }

  #slice(expr: Of<'slice'>): BoundExpr {
    const object = this.bind(expr.object)
    const from = expr.from === undefined ? {} : { from: this.bind(expr.from) }
    const to = expr.to === undefined ? {} : { to: this.bind(expr.to) }
    return this.names.slice({ kind: 'slice', object, ...from, ...to, type: 'array', at: expr.at })
  }

  #in(expr: Of<'in'>): BoundExpr {
    const operand = this.bind(expr.operand)
    const items = expr.items === undefined ? {} : { items: expr.items.map((item) => this.bind(item)) }
    const array = expr.array === undefined ? {} : { array: this.bind(expr.array) }
    return { kind: 'in', negated: expr.negated, operand, ...items, ...array, type: 'boolean', at: expr.at }
  }

  #case(expr: Of<'case'>): BoundExpr {
    const operand = expr.operand === undefined ? {} : { operand: this.bind(expr.operand) }
    const whens = expr.whens.map(({ when, then }) => {
      const condition = this.bind(when)
      if (expr.operand === undefined) this.#checkCondition(when, condition)
      return branch(condition, this.bind(then))
    })
    const otherwise = expr.otherwise === undefined ? {} : { otherwise: this.bind(expr.otherwise) }
    const results = [...whens.map(({ then }) => then), ...(otherwise.otherwise === undefined ? [] : [otherwise.otherwise])]
    return { kind: 'case', ...operand, whens, ...otherwise, type: commonType(results.map(({ type }) => type)), at: expr.at }
  }

  /** As eKuiper: what may be anything is no condition. */
  #checkCondition(when: Expr, bound: BoundExpr): void {
    if (when.kind !== 'column' || bound.kind !== 'slot' || bound.type !== 'json') return
    const message = 'invalid CASE expression, WHEN expression must be a bool condition'
    this.problems.add(when, message, `nothing is known about the type of ${when.name}: write ${when.name} = true`)
  }
}
