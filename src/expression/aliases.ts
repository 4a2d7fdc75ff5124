import type { Expr, SelectField } from '../sql/ast.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'
import { isLogical } from './logic.ts'
import { branch, literal } from './make.ts'

interface Alias {
  readonly field: SelectField
  /** Its place in the select list. */
  readonly place: number
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
  /** Place of the field that is being bound; behind all of them outside of the select list. */
  #place = Number.POSITIVE_INFINITY
  readonly #places: ReadonlyMap<SelectField, number>

  constructor(fields: readonly SelectField[], binder: Binding) {
    this.#binder = binder
    this.#places = new Map(fields.map((field, place) => [field, place]))
    const seen = new Set<string>()
    for (const [place, field] of fields.entries()) {
      if (field.alias === undefined) continue
      const folded = field.alias.toLowerCase()
      if (seen.has(folded)) binder.problems.add(field, `duplicate alias ${field.alias}`)
      seen.add(folded)
      this.#aliases.set(field.alias, { field, place })
    }
  }

  /** What the name means if it is an alias; undefined when it means a column. */
  find(ref: Extract<Expr, { readonly kind: 'column' }>): BoundExpr | undefined {
    const alias = this.#aliases.get(ref.name)
    if (alias === undefined || this.#open.at(-1) === ref.name) return undefined
    if (this.#open.includes(ref.name))
      return this.#binder.refuse(ref, 'select fields have cycled alias', 'an alias may not depend on itself')
    const value = this.#value(ref.name, alias)
    return this.#isAhead(alias, ref) ? undefined : value
  }

  /** The value of a select field, with or without an alias. */
  field(field: SelectField): BoundExpr {
    const alias = field.alias === undefined ? undefined : this.#aliases.get(field.alias)
    if (alias?.field === field && field.alias !== undefined) return this.#value(field.alias, alias)
    return this.#at(this.#places.get(field), () => this.#binder.bind(field.expr))
  }

  /** As eKuiper: in a field the alias of a later one is a column, where there may be one. */
  #isAhead(alias: Alias, { name }: { readonly name: string }): boolean {
    return alias.place > this.#place && this.#binder.names.mayBeColumn(name)
  }

  #at<T>(place: number | undefined, step: () => T): T {
    const before = this.#place
    this.#place = place ?? before
    const result = step()
    this.#place = before
    return result
  }

  #value(name: string, alias: Alias): BoundExpr {
    if (alias.bound !== undefined) return alias.bound
    this.#open.push(name)
    alias.bound = this.#at(alias.place, () => settled(this.#binder.bind(alias.field.expr)))
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
