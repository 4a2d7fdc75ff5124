import type { Expr, SelectField } from '../sql/ast.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'
import { isLogical } from './logic.ts'
import { branch, literal } from './make.ts'

interface Alias {
  readonly field: SelectField
  bound?: BoundExpr
}

/**
 * Names that the select list gives. An alias stands for its expression, which is bound (and later computed) once; inside its own
 * expression the name means the column.
 */
export class Aliases {
  readonly #binder: Binding
  readonly #aliases = new Map<string, Alias>()
  readonly #open: string[] = []

  constructor(fields: readonly SelectField[], binder: Binding) {
    this.#binder = binder
    const seen = new Set<string>()
    for (const field of fields) {
      if (field.alias === undefined) continue
      const folded = field.alias.toLowerCase()
      if (seen.has(folded)) binder.problems.add(field, `duplicate alias ${field.alias}`)
      seen.add(folded)
      this.#aliases.set(field.alias, { field })
    }
  }

  /** What the name means if it is an alias; undefined when it means a column. */
  find(ref: Extract<Expr, { readonly kind: 'column' }>): BoundExpr | undefined {
    const alias = this.#aliases.get(ref.name)
    if (alias === undefined || this.#open.at(-1) === ref.name) return undefined
    if (this.#open.includes(ref.name))
      return this.#binder.refuse(ref, 'select fields have cycled alias', 'an alias may not depend on itself')
    return this.#value(ref.name, alias)
  }

  /** The value of a select field, with or without an alias. */
  field(field: SelectField): BoundExpr {
    const alias = field.alias === undefined ? undefined : this.#aliases.get(field.alias)
    return alias?.field === field && field.alias !== undefined ? this.#value(field.alias, alias) : this.#binder.bind(field.expr)
  }

  #value(name: string, alias: Alias): BoundExpr {
    if (alias.bound !== undefined) return alias.bound
    this.#open.push(name)
    alias.bound = settled(this.#binder.bind(alias.field.expr))
    this.#open.pop()
    return alias.bound
  }
}

/** An alias is a column, in which unknown is false. */
function settled(expr: BoundExpr): BoundExpr {
  if (!isLogical(expr)) return expr
  const { at, type } = expr
  const unknown: BoundExpr = { kind: 'isNull', negated: false, operand: expr, type: 'boolean', at }
  return { kind: 'case', whens: [branch(unknown, literal(false, 'boolean', at))], otherwise: expr, type, at }
}
