import type { SchemaColumn } from '../data/batch.ts'
import type { Binder } from '../expression/bind.ts'
import type { BoundExpr } from '../expression/bound.ts'
import type { Nulls } from '../expression/compile-rows.ts'
import { didYouMean } from '../expression/problems.ts'
import { starParts } from '../expression/star.ts'
import type { Call, Expr, SelectField } from '../sql/ast.ts'

/** One column of the result. */
export interface Output {
  readonly column: SchemaColumn
  readonly expr: BoundExpr
  readonly nulls: Nulls
}

/** The columns of a result, and what makes several rows or columns of one of them. */
export interface Outputs {
  readonly columns: readonly Output[]
  /** The last column is an array or an object to be spread. */
  readonly expand?: 'unnest' | 'extract'
}

type Star = Extract<Expr, { readonly kind: 'star' }>
type Replacement = { readonly name: string; readonly value: BoundExpr }

/** Binds a select list, gives its columns their names, and expands stars. */
export class SelectList {
  readonly #binder: Binder
  readonly #computed: Nulls
  /** What becomes of a column that the row lacks: with sendNilField it is sent as null, unless a star says which columns there are. */
  #passed: Nulls = 'keep'
  readonly #records: Output[] = []
  readonly #outputs = new Map<string, Output & { readonly explicit: boolean }>()
  #expand: { readonly function: 'unnest' | 'extract'; readonly output: Output } | undefined
  #unnamed = 0

  constructor(binder: Binder, sendNulls: boolean) {
    this.#binder = binder
    this.#computed = sendNulls ? 'send' : 'omit'
  }

  /** Records come first, because columns behind them win over their members; what is spread comes last, because it wins over all. */
  bind(fields: readonly SelectField[]): Outputs {
    this.#passed = this.#computed === 'send' && !fields.some(({ expr }) => expr.kind === 'star') ? 'send' : 'keep'
    for (const field of fields) this.#field(field)
    const columns = [...this.#records, ...this.#outputs.values()]
    if (this.#expand === undefined) return { columns }
    return { columns: [...columns, this.#expand.output], expand: this.#expand.function }
  }

  #field(field: SelectField): void {
    const { expr } = field
    if (expr.kind === 'star') return this.#star(expr)
    if (expr.kind === 'call' && this.#kindOf(expr) === 'rows') return this.#rows(field, expr)
    const bound = this.#binder.aliases.field(field)
    if (field.invisible === true) return
    const columns = expr.kind === 'call' && this.#givesColumns(expr)
    const name = field.alias ?? this.#nameOf(field)
    this.#checkDuplicate(field, name)
    const passed = expr.kind === 'column' && field.parenthesized !== true && field.alias === undefined && isColumn(bound)
    // Nothing changed: with an alias eKuiper sends that as null.
    const nulls = passed ? this.#passed : columns ? 'keep' : this.#nullsOf(bound)
    this.#put(name, bound, { nulls, explicit: true, spread: columns && field.alias === undefined })
  }

  #checkDuplicate(field: SelectField, name: string): void {
    if (this.#outputs.get(name)?.explicit !== true && this.#expand?.output.column.name !== name) return
    this.#binder.problems.add(field, `duplicate field definition ${name}`, 'give one of them an alias')
  }

  #nullsOf(bound: BoundExpr): Nulls {
    return this.#computed === 'omit' && this.#isNullWhenEmpty(bound) ? 'keep' : this.#computed
  }

  /** An aggregate whose null over an empty window is sent, as that of collect(). */
  #isNullWhenEmpty(bound: BoundExpr): boolean {
    const call = this.#binder.calls.aggregate.find(({ slot }) => bound.kind === 'slot' && bound.slot === slot)
    const found = call === undefined ? undefined : this.#binder.functions.find(call.function)
    return found?.kind === 'aggregate' && found.empty === null
  }

  #rows(field: SelectField, call: Call): void {
    const name = field.alias ?? call.name.toLowerCase()
    this.#checkDuplicate(field, name)
    const [arg] = call.args
    if (arg === undefined || call.args.length > 1)
      return this.#binder.problems.add(call, `function ${call.name} expects 1 argument, but found ${call.args.length}`)
    const made = call.name.toLowerCase() === 'extract' ? 'extract' : 'unnest'
    this.#expand = { function: made, output: { column: { name }, expr: this.#binder.bind(arg), nulls: 'keep' } }
  }

  #kindOf(call: Call): string | undefined {
    return this.#binder.functions.find(call.name)?.kind
  }

  #givesColumns(call: Call): boolean {
    const found = this.#binder.functions.find(call.name)
    return found?.kind === 'analytic' && found.columns === true
  }

  /** A column has its own name, a call that of its function, anything else a numbered one. */
  #nameOf({ expr, parenthesized }: SelectField): string {
    if (parenthesized === true) return `kuiper_field_${this.#unnamed++}`
    if (expr.kind === 'column' && (expr.stream === undefined || this.#binder.names.streamOf(expr.stream, expr) !== undefined))
      return expr.name
    return expr.kind === 'call' ? this.#nameOfCall(expr) : `kuiper_field_${this.#unnamed++}`
  }

  /** As eKuiper: built-in functions in lower case, those of plugins as they are written. */
  #nameOfCall({ name }: Call): string {
    return this.#binder.functions.find(name)?.asWritten === true ? name : name.toLowerCase()
  }

  #put(name: string, expr: BoundExpr, how: { readonly nulls: Nulls; readonly explicit: boolean; readonly spread?: boolean }): void {
    const column: SchemaColumn = how.spread === true ? { name, spread: true } : { name }
    this.#outputs.set(name, { column, expr, nulls: how.nulls, explicit: how.explicit })
  }

  /** Sources without a schema give a record each, those with one their columns; of columns with one name the first source's counts. */
  #star(star: Star): void {
    if (this.#isRefused(star)) return
    const replace = star.replace.map((field) => ({ name: field.alias ?? this.#nameOf(field), value: this.#binder.bind(field.expr) }))
    const parts = starParts(this.#binder, star)
    const records = parts.filter(({ name }) => name === '*').map(({ value }) => value)
    for (const record of records.toReversed()) this.#record(record, star, replace)
    const columns = Map.groupBy(
      parts.filter(({ name }) => name !== '*'),
      ({ name }) => name,
    )
    if (records.length === 0) this.#checkExcept(star, [...columns.keys()])
    for (const [name, same] of columns) {
      const left = star.except.includes(name) || replace.some((other) => other.name === name)
      const values = same.map(({ value }) => value)
      const value = this.#binder.names.firstOf([...values.keys()], (i) => values[i] ?? star0(star), star.at)
      if (!left && !this.#outputs.has(name)) this.#put(name, value, { nulls: 'keep', explicit: false })
    }
    if (records.length > 0) return
    for (const { name, value } of replace) this.#put(name, value, { nulls: this.#computed, explicit: false })
  }

  /** As eKuiper: a star of one source is for sources without a schema. */
  #isRefused(star: Star): boolean {
    if (star.stream === undefined) return this.#hidesAlias(star)
    const place = this.#binder.names.streamOf(star.stream, star)
    if (place === undefined || this.#binder.names.streams[place]?.columns === undefined) return false
    this.#binder.problems.add(star, 'unknown field *', `${star.stream} has a schema: name its columns, or write * for those of all sources`)
    return true
  }

  /** As eKuiper: `*` does not find a joined source with a schema behind its alias. */
  #hidesAlias(star: Star): boolean {
    const hidden = this.#binder.names.streams.find(({ alias, columns }, place) => place > 0 && alias !== undefined && columns !== undefined)
    if (hidden === undefined) return false
    this.#binder.problems.add(star, `stream ${hidden.alias} not found`, `name the columns, or join ${hidden.name} without an alias`)
    return true
  }

  #record(record: BoundExpr, star: Star, replace: readonly Replacement[]): void {
    const changed = star.except.length > 0 || replace.length > 0
    const expr: BoundExpr = changed ? { kind: 'record', record, except: star.except, replace, type: 'struct', at: star.at } : record
    this.#records.push({ column: { name: '*', spread: true }, expr, nulls: 'keep' })
  }

  #checkExcept(star: Star, names: readonly string[]): void {
    for (const name of star.except) {
      if (names.includes(name)) continue
      const stream = this.#binder.names.streams[0]?.name ?? ''
      this.#binder.problems.add(star, `unknown field ${name} of stream ${stream}`, () => didYouMean(name, names))
    }
  }
}

function isColumn(bound: BoundExpr): boolean {
  return bound.kind === 'slot' || (bound.kind === 'firstPresent' && bound.options.every(isColumn))
}

function star0(star: Star): BoundExpr {
  return { kind: 'literal', value: null, type: 'any', at: star.at }
}
