import { jsonText } from '../data/json-text.ts'
import type { BoundExpr } from '../expression/bound.ts'

/** Longer texts are cut: an expression whose aliases share parts may be much longer than its statement. */
const LONGEST = 2_000

/** A bound expression as SQL for EXPLAIN: fully parenthesised, with the names of what its slots hold. */
export function printExpr(expr: BoundExpr): string {
  const printer = new Printer()
  printer.print(expr)
  return printer.text
}

class Printer {
  text = ''

  print(expr: BoundExpr): void {
    if (this.text.length > LONGEST) return
    switch (expr.kind) {
      case 'literal':
        return this.#add(literalText(expr.value))
      case 'slot':
        return this.#add(expr.source === undefined ? expr.name : `${expr.source}.${expr.name}`)
      case 'unary':
        return this.#parts('(', expr.op === 'NOT' ? 'NOT ' : '-', expr.operand, ')')
      case 'binary':
        return this.#parts('(', expr.left, ` ${expr.op} `, expr.right, ')')
      case 'isNull':
        return this.#parts('(', expr.operand, expr.negated ? ' IS NOT NULL)' : ' IS NULL)')
      case 'like':
        return this.#parts('(', expr.operand, expr.negated ? ' NOT LIKE ' : ' LIKE ', expr.pattern, ')')
      case 'between':
        return this.#parts('(', expr.operand, expr.negated ? ' NOT BETWEEN ' : ' BETWEEN ', expr.low, ' AND ', expr.high, ')')
      case 'in':
        return this.#in(expr)
      case 'case':
        return this.#case(expr)
      case 'call':
        return this.#parts(`${expr.name}(`, ...list(expr.args), ')')
      case 'firstPresent':
        return this.#parts('first(', ...list(expr.options), ')')
      case 'object':
        return this.#parts('{', ...list(expr.values), '}')
      case 'member':
      case 'index':
      case 'slice':
      case 'record':
        return this.#path(expr)
    }
  }

  #path(expr: Extract<BoundExpr, { readonly kind: 'member' | 'index' | 'slice' | 'record' }>): void {
    switch (expr.kind) {
      case 'member':
        return this.#parts(expr.object, `->${expr.name}`)
      case 'index':
        return this.#parts(expr.object, '[', expr.index, ']')
      case 'slice':
        return this.#parts(expr.object, '[', expr.from ?? '', ':', expr.to ?? '', ']')
      case 'record': {
        const except = expr.except.length === 0 ? '' : ` EXCEPT(${expr.except.join(', ')})`
        this.#parts(expr.record, except)
        if (expr.replace.length > 0)
          this.#parts(' REPLACE(', ...expr.replace.flatMap(({ name, value }, i) => [i === 0 ? '' : ', ', value, ` AS ${name}`]), ')')
      }
    }
  }

  #in(expr: Extract<BoundExpr, { readonly kind: 'in' }>): void {
    this.#parts('(', expr.operand, expr.negated ? ' NOT IN ' : ' IN ')
    this.#parts(...(expr.array === undefined ? ['(', ...list(expr.items ?? []), ')'] : [expr.array]), ')')
  }

  #case(expr: Extract<BoundExpr, { readonly kind: 'case' }>): void {
    this.#parts('CASE ', ...(expr.operand === undefined ? [] : [expr.operand, ' ']))
    for (const { when, then } of expr.whens) this.#parts('WHEN ', when, ' THEN ', then, ' ')
    this.#parts(...(expr.otherwise === undefined ? [] : ['ELSE ', expr.otherwise, ' ']), 'END')
  }

  #parts(...parts: readonly (string | BoundExpr)[]): void {
    for (const part of parts) {
      if (typeof part === 'string') this.#add(part)
      else this.print(part)
    }
  }

  #add(text: string): void {
    if (this.text.length > LONGEST) return
    this.text = this.text.length + text.length > LONGEST ? `${(this.text + text).slice(0, LONGEST)}…` : this.text + text
  }
}

function list(exprs: readonly BoundExpr[]): readonly (string | BoundExpr)[] {
  return exprs.flatMap((expr, i) => (i === 0 ? [expr] : [', ', expr]))
}

function literalText(value: Extract<BoundExpr, { readonly kind: 'literal' }>['value']): string {
  return typeof value === 'number' ? String(value) : jsonText(value)
}
