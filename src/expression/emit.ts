import type { BoundExpr } from './bound.ts'
import { arithmeticCode, betweenCode, comparisonCode, guarded, type Operand } from './emit-operators.ts'
import type { Emitter } from './emitter.ts'
import { likeMatcher } from './like.ts'
import { literalFloat, shortLiteral } from './literal.ts'
import { isArithmetic, isBitwise, isLogical, isPredicate } from './logic.ts'
import type { FunctionLookup } from './functions.ts'
import { callable } from './functions.ts'

/** Longer lists of literals are looked up in a set. */
const LONGEST_CHAIN = 8

type Of<K extends BoundExpr['kind']> = Extract<BoundExpr, { readonly kind: K }>

/** Turns bound expressions into statements of an emitter. */
export class ExpressionWriter {
  readonly #out: Emitter
  readonly #functions: FunctionLookup

  constructor(out: Emitter, functions: FunctionLookup) {
    this.#out = out
    this.#functions = functions
  }

  /** The name of the expression's value; unknown truth values are null. */
  value(expr: BoundExpr): string {
    if (expr.kind === 'literal') return shortLiteral(expr.value) ?? this.#out.constant(expr.value)
    if (expr.kind === 'slot') return this.#out.known(expr.slot) ?? this.#out.remember(expr.slot, this.#out.define(`row[${expr.slot}]`))
    const known = this.#out.known(expr)
    return known ?? this.#out.remember(expr, this.#compute(expr))
  }

  /** The value where it leaves the logic: unknown is false. */
  settled(expr: BoundExpr): string {
    if (isJunction(expr) && this.#out.known(expr) === undefined) return this.#out.define(`${this.condition(expr)} === true`)
    const value = this.value(expr)
    return isLogical(expr) ? this.#out.define(`${value} ?? false`) : value
  }

  /** A value of which only matters whether it is true: the name of a condition. */
  condition(expr: BoundExpr): string {
    const known = this.#out.known(expr)
    if (known !== undefined || !isJunction(expr)) return known ?? this.value(expr)
    const result = this.#out.name()
    this.#out.emit(`let ${result} = ${this.condition(expr.left)};`)
    this.#out.block(`if (${result} ${expr.op === 'AND' ? '===' : '!=='} true)`, () => {
      this.#out.emit(`${result} = ${this.condition(expr.right)};`)
    })
    return result
  }

  #compute(expr: Exclude<BoundExpr, Of<'literal' | 'slot'>>): string {
    switch (expr.kind) {
      case 'binary':
        return this.#binary(expr)
      case 'case':
        return this.#case(expr)
      case 'in':
        return this.#out.define(expr.negated ? this.#notIn(expr) : this.#in(expr))
      case 'call':
        return this.#out.define(this.#call(expr))
      case 'firstPresent':
        return this.#firstPresent(expr)
      case 'object':
        return this.#out.define(this.#object(expr))
      case 'unary':
      case 'isNull':
      case 'like':
      case 'between':
        return this.#out.define(this.#predicate(expr))
      case 'member':
      case 'index':
      case 'slice':
      case 'record':
        return this.#out.define(this.#path(expr))
    }
  }

  #operand(expr: BoundExpr): Operand {
    return this.#withFloat(expr, this.value(expr))
  }

  #settledOperand(expr: BoundExpr): Operand {
    return this.#withFloat(expr, this.settled(expr))
  }

  #withFloat(expr: BoundExpr, code: string): Operand {
    const float = literalFloat(expr)
    if (expr.kind !== 'literal' || float === undefined) return { expr, code }
    return { expr, code, float: float === expr.value ? code : this.#out.constant(float) }
  }

  #binary(expr: Of<'binary'>): string {
    const { op } = expr
    if (op === 'AND' || op === 'OR') return this.#junction(op, expr)
    if (isArithmetic(op)) return this.#out.define(arithmeticCode(op, this.#settledOperand(expr.left), this.#settledOperand(expr.right)))
    const [left, right] = [this.#operand(expr.left), this.#operand(expr.right)]
    return this.#out.define(isBitwise(op) ? arithmeticCode(op, left, right) : comparisonCode(op, left, right))
  }

  /**
   * The right side is computed only when the left one does not decide. `unknown AND …` is never true, so that what fails on the right
   * leaves it unknown: `x > 0 AND 1 / x > y` is no error where x is null.
   */
  #junction(op: 'AND' | 'OR', expr: Of<'binary'>): string {
    const decided = op === 'AND' ? 'false' : 'true'
    const left = this.value(expr.left)
    const result = this.#out.name()
    this.#out.emit(`let ${result} = ${left};`)
    const right = (): void => {
      const value = this.value(expr.right)
      const plain = isPredicate(expr.left) && isPredicate(expr.right)
      const open = op === 'AND' ? 'true' : 'false'
      const both = `${result} === ${open} ? ${value} : ${value} === ${decided} ? ${decided} : null`
      this.#out.emit(`${result} = ${plain ? both : `${op.toLowerCase()}(${result}, ${value})`};`)
    }
    this.#out.block(`if (${result} !== ${decided})`, () => {
      if (op === 'OR') return right()
      this.#out.block('try', right)
      this.#out.emit(`catch (thrown) { if (${result} != null) throw thrown; }`)
    })
    return result
  }

  #case(expr: Of<'case'>): string {
    const logical = falseIfUnknown(expr)
    if (logical !== undefined) return this.settled(logical)
    const operand = expr.operand === undefined ? undefined : this.#operand(expr.operand)
    const result = this.#out.name()
    this.#out.emit(`let ${result};`)
    this.#out.block(`c${result}:`, () => {
      for (const { when, then } of expr.whens) {
        const test = operand === undefined ? this.condition(when) : this.#out.define(comparisonCode('=', operand, this.#operand(when)))
        this.#out.block(`if (${test} === true)`, () => {
          this.#out.emit(`${result} = ${this.settled(then)};`)
          this.#out.emit(`break c${result};`)
        })
      }
      if (expr.otherwise !== undefined) this.#out.emit(`${result} = ${this.settled(expr.otherwise)};`)
    })
    return result
  }

  #notIn(expr: Of<'in'>): string {
    return `not(${this.#out.define(this.#in(expr))})`
  }

  #in(expr: Of<'in'>): string {
    const operand = this.#operand(expr.operand)
    if (expr.array !== undefined) return `isInArray(${operand.code}, ${this.value(expr.array)})`
    const items = expr.items ?? []
    const texts = items.map((item) => (item.kind === 'literal' && typeof item.value === 'string' ? item.value : undefined))
    const floats = items.map(literalFloat)
    const slow = (): string => `isIn(${operand.code}, [${items.map((item) => this.value(item)).join(', ')}])`
    for (const [kind, values] of [['string', texts] as const, ['number', floats] as const]) {
      if (expr.operand.kind !== 'literal' && !values.includes(undefined))
        return guarded(kind, [operand], this.#isOneOf(operand.code, values), slow())
    }
    return slow()
  }

  #isOneOf(code: string, values: readonly unknown[]): string {
    if (values.length > LONGEST_CHAIN) return `${this.#out.constant(new Set(values))}.has(${code})`
    return `(${values.map((value) => `${code} === ${this.#out.constant(value)}`).join(' || ')})`
  }

  #predicate(expr: Of<'unary' | 'isNull' | 'like' | 'between'>): string {
    if (expr.kind === 'between') {
      return betweenCode(this.#operand(expr.operand), this.#operand(expr.low), this.#operand(expr.high), expr.negated)
    }
    if (expr.kind === 'like') return this.#like(expr)
    if (expr.kind === 'isNull') return `${this.value(expr.operand)} ${expr.negated ? '!=' : '=='} null`
    if (expr.op === 'NOT') {
      const value = this.value(expr.operand)
      return isPredicate(expr.operand) ? `${value} === true ? false : ${value} === false ? true : null` : `not(${value})`
    }
    const value = this.settled(expr.operand)
    const slow = `negate(${expr.operand.type === 'json' ? `jsonNumber(${value})` : value})`
    return `typeof ${value} === "number" ? -${value} : ${slow}`
  }

  #like(expr: Of<'like'>): string {
    const text = this.value(expr.operand)
    const not = expr.negated ? '!' : ''
    const { pattern } = expr
    const slow = `like(${text}, ${this.value(pattern)})`
    const full = expr.negated ? `not(${slow})` : slow
    if (pattern.kind !== 'literal' || typeof pattern.value !== 'string') return full
    return `typeof ${text} === "string" ? ${not}${this.#out.constant(likeMatcher(pattern.value))}(${text}) : ${full}`
  }

  #path(expr: Of<'member' | 'index' | 'slice' | 'record'>): string {
    if (expr.kind === 'member' && expr.wildcard === true) return `everyMember(${this.settled(expr.object)})`
    if (expr.kind === 'member') return `member(${this.settled(expr.object)}, ${JSON.stringify(expr.name)})`
    if (expr.kind === 'index') return `index(${this.settled(expr.object)}, ${this.settled(expr.index)})`
    if (expr.kind === 'slice') {
      const object = this.settled(expr.object)
      const from = expr.from === undefined ? '0n' : this.settled(expr.from)
      const to = expr.to === undefined ? '' : `, ${this.settled(expr.to)} ?? null`
      return `slice(${object}, ${from}${to})`
    }
    const record = this.value(expr.record)
    const values = expr.replace.map(({ value }) => this.settled(value))
    const names = this.#out.constant(expr.replace.map(({ name }) => name))
    return `changedRecord(${record}, ${this.#out.constant(expr.except)}, ${names}, [${values.join(', ')}])`
  }

  #object({ names, values }: Of<'object'>): string {
    return `objectOf(${this.#out.constant(names)}, [${values.map((value) => this.settled(value)).join(', ')}])`
  }

  #firstPresent({ options }: Of<'firstPresent'>): string {
    const codes = options.map((option) => this.value(option))
    return this.#out.define(codes.map((code, i) => (i + 1 < codes.length ? `${code} !== undefined ? ${code} : ` : code)).join(''))
  }

  #call(expr: Of<'call'>): string {
    const args = expr.args.map((arg) => this.settled(arg))
    const { nulls, returns } = callable(this.#functions, expr.name)
    const call = `${this.#out.function(expr.name)}(${['context', ...args].join(', ')})`
    if (nulls === 'call' || args.length === 0) return call
    const missing = args.filter((_, i) => expr.args[i]?.kind !== 'literal' || args[i] === 'null').map((arg) => `${arg} == null`)
    if (missing.length === 0) return call
    const result = nulls === 'null' ? 'null' : nulls === 'false' ? 'false' : returns === 'bigint' ? '0n' : '0'
    return `${missing.join(' || ')} ? ${result} : ${call}`
  }
}

/** AND or OR of truth values: where only `true` matters, the right side is computed only when it decides. */
function isJunction(expr: BoundExpr): expr is Of<'binary'> {
  return expr.kind === 'binary' && (expr.op === 'AND' || expr.op === 'OR') && isPredicate(expr.left) && isPredicate(expr.right)
}

/** What `CASE WHEN x IS NULL THEN false ELSE x END` settles: aliases of truth values come as that. */
function falseIfUnknown({ operand, whens, otherwise }: Of<'case'>): BoundExpr | undefined {
  const [only] = whens
  if (operand !== undefined || whens.length !== 1 || only?.when.kind !== 'isNull' || only.when.negated) return undefined
  if (only.then.kind !== 'literal' || only.then.value !== false || otherwise !== only.when.operand) return undefined
  return isLogical(otherwise) ? otherwise : undefined
}
