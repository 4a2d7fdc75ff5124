import type { SchemaColumn } from '../data/batch.ts'
import type { Column } from '../data/types.ts'
import type { Binder } from '../expression/bind.ts'
import type { BoundExpr } from '../expression/bound.ts'
import type { Nulls } from '../expression/compile.ts'
import { didYouMean } from '../expression/problems.ts'
import type { Expr, SelectField } from '../sql/ast.ts'
import type { PlanStream } from './environment.ts'

/** One column of the result. */
export interface Output {
  readonly column: SchemaColumn
  readonly expr: BoundExpr
  readonly nulls: Nulls
}

type Star = Extract<Expr, { readonly kind: 'star' }>

/** Name of the column that holds a whole record. */
const RECORD = '*'

/** Binds a select list, gives its columns their names, and expands stars. */
export class SelectList {
  readonly #binder: Binder
  readonly #stream: PlanStream
  readonly #computed: Nulls
  readonly #records: Output[] = []
  readonly #outputs = new Map<string, Output & { readonly explicit: boolean }>()
  #unnamed = 0

  constructor(binder: Binder, stream: PlanStream, sendNulls: boolean) {
    this.#binder = binder
    this.#stream = stream
    this.#computed = sendNulls ? 'send' : 'omit'
  }

  /** Records come first, because columns behind them win over their members. */
  bind(fields: readonly SelectField[]): readonly Output[] {
    for (const field of fields) this.#field(field)
    return [...this.#records, ...this.#outputs.values()]
  }

  #field(field: SelectField): void {
    const { expr } = field
    if (expr.kind === 'star') return this.#star(expr)
    const bound = this.#binder.aliases.field(field)
    if (field.invisible === true) return
    const name = field.alias ?? this.#nameOf(field)
    if (this.#outputs.get(name)?.explicit === true)
      this.#binder.problems.add(field, `duplicate field definition ${name}`, 'give one of them an alias')
    const passed = expr.kind === 'column' && field.parenthesized !== true && field.alias === undefined && bound.kind === 'slot'
    this.#put(name, bound, { nulls: passed ? 'keep' : this.#computed, explicit: true })
  }

  /** A column has its own name, a call that of its function, anything else a numbered one. */
  #nameOf({ expr, parenthesized }: SelectField): string {
    if (parenthesized === true) return `kuiper_field_${this.#unnamed++}`
    if (expr.kind === 'column' && (expr.stream === undefined || this.#binder.names.isStream(expr.stream, expr))) return expr.name
    return expr.kind === 'call' ? expr.name.toLowerCase() : `kuiper_field_${this.#unnamed++}`
  }

  #put(name: string, expr: BoundExpr, how: { readonly nulls: Nulls; readonly explicit: boolean }): void {
    const column: SchemaColumn = { name }
    this.#outputs.set(name, { column, expr, ...how })
  }

  #star(star: Star): void {
    const { stream } = star
    if (stream !== undefined && !this.#binder.names.isStream(stream, star)) {
      this.#binder.problems.add(star, `unknown stream ${stream}`, () => didYouMean(stream, [this.#stream.name]))
    }
    const replace = star.replace.map((field) => ({ name: field.alias ?? this.#nameOf(field), value: this.#binder.bind(field.expr) }))
    if (this.#stream.columns === undefined) this.#record(star, replace)
    else this.#columns(star, this.#stream.columns, replace)
  }

  #record(star: Star, replace: readonly { readonly name: string; readonly value: BoundExpr }[]): void {
    const record: BoundExpr = { kind: 'slot', slot: this.#binder.slots.record(), name: RECORD, type: 'struct', at: star.at }
    const changed = star.except.length > 0 || replace.length > 0
    const expr: BoundExpr = changed ? { kind: 'record', record, except: star.except, replace, type: 'struct', at: star.at } : record
    this.#records.push({ column: { name: RECORD, spread: true }, expr, nulls: 'keep' })
  }

  #columns(star: Star, columns: readonly Column[], replace: readonly { readonly name: string; readonly value: BoundExpr }[]): void {
    const names = columns.map(({ name }) => name)
    for (const name of star.except) {
      if (!names.includes(name))
        this.#binder.problems.add(star, `unknown field ${name} of stream ${this.#stream.name}`, () => didYouMean(name, names))
    }
    const replaced = replace.map(({ name }) => name)
    for (const name of names) {
      const kept = !star.except.includes(name) && !replaced.includes(name)
      if (kept && !this.#outputs.has(name)) this.#put(name, this.#binder.names.column(name, star), { nulls: 'keep', explicit: false })
    }
    for (const { name, value } of replace) this.#put(name, value, { nulls: this.#computed, explicit: false })
  }
}
