import type { Call, Expr, Join, OrderTerm, Over, Select, SelectField, SourceRef, Window } from '../../src/sql/ast.ts'

/** A node of the recorded trees: JSON. */
export type Tree = null | string | number | boolean | readonly Tree[] | { readonly [member: string]: Tree }

const WINDOW_NUMBERS: Record<Window['type'], number> = { tumbling: 1, hopping: 2, sliding: 3, session: 4, count: 5, state: 6 }
const UNIT = /^(?:dd|hh|mi|ss|ms)$/i

/** Our tree in the form of the recorded ones: that of eKuiper's parser, which reads names while it knows the sources. */
export function toRecordedTree(select: Select, text: string): Tree {
  return new Recorder(select, text).select(select)
}

class Recorder {
  readonly #sources: ReadonlySet<string>
  readonly #text: string
  /** Inside the arguments of meta() names are metadata, up to the end of a call among them. */
  #inMeta = false
  #unnamed = 0

  constructor(select: Select, text: string) {
    this.#text = text
    const references = [select.from, ...select.joins.map((join) => join.source)]
    this.#sources = new Set(references.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias])))
  }

  select(select: Select): Tree {
    const groups = select.groupBy.map((expr) => ({ at: expr.at, tree: this.#expr(expr) }))
    if (select.window !== undefined) groups.push({ at: select.window.at, tree: this.#window(select.window) })
    return {
      t: 'select',
      fields: select.fields.map((field) => this.#field(field)),
      from: [source(select.from)],
      joins: select.joins.map((join) => this.#join(join)),
      where: this.#optional(select.where),
      group: groups.toSorted((a, b) => a.at - b.at).map(({ tree }) => tree),
      having: this.#optional(select.having),
      order: select.orderBy.map((term) => this.#order(term)),
      limit: select.limit ?? null,
    }
  }

  #field(field: SelectField): Tree {
    const own = field.parenthesized === true || this.#isUnit(field.expr) ? '' : ownName(field.expr)
    const name = own === '' && field.alias === undefined ? `kuiper_field_${this.#unnamed++}` : own
    const alias: { [member: string]: Tree } = field.alias === undefined ? {} : { as: field.alias }
    const invisible: { [member: string]: Tree } = field.invisible === true ? { invisible: true } : {}
    return { expr: this.#expr(field.expr), name, ...alias, ...invisible }
  }

  #join({ type, source: { name, alias }, on }: Join): Tree {
    return { type: `${type}_JOIN`, name, as: alias ?? '', on: this.#optional(on) }
  }

  #order({ expr, descending }: OrderTerm): Tree {
    return { asc: !descending, expr: this.#expr(expr) }
  }

  #window(window: Window): Tree {
    const { type, unit, length, interval, delay, begin, emit, filter, over } = window
    const shape: { [member: string]: Tree } =
      type === 'state'
        ? emit === undefined
          ? { single: this.#optional(begin) }
          : { begin: this.#optional(begin), emit: this.#expr(emit) }
        : type === 'count'
          ? { length: length ?? 0, ...(interval === undefined ? {} : { interval }) }
          : { unit: unit ?? '', length: length ?? 0, interval: interval ?? 0, delay: delay ?? 0 }
    const when: { [member: string]: Tree } = over?.when === undefined ? {} : { trigger: this.#expr(over.when) }
    const parts: { [member: string]: Tree } = filter === undefined ? {} : { filter: this.#expr(filter) }
    return { t: 'window', w: WINDOW_NUMBERS[type], ...shape, ...parts, ...when, ...this.#partition(over) }
  }

  #partition(over: Over | undefined): { [member: string]: Tree } {
    return over === undefined || over.partition.length === 0 ? {} : { partition: over.partition.map((expr) => this.#expr(expr)) }
  }

  #optional(expr: Expr | undefined): Tree {
    return expr === undefined ? null : this.#expr(expr)
  }

  #expr(expr: Expr): Tree {
    switch (expr.kind) {
      case 'null':
        return { t: 'null' }
      case 'boolean':
        return { t: 'bool', v: expr.value }
      case 'integer':
        return { t: 'int', v: Number(expr.value) }
      case 'number':
        return { t: 'num', v: expr.value }
      case 'string':
        return { t: 'str', v: expr.value }
      case 'column':
        return this.#column(expr)
      case 'star':
        return this.#star(expr)
      case 'unary':
        return { t: 'unary', op: expr.op, x: this.#expr(expr.operand) }
      case 'binary':
        return binary(expr.op, this.#expr(expr.left), this.#expr(expr.right))
      case 'isNull':
        return { t: 'isNull', negated: expr.negated, x: this.#expr(expr.operand) }
      case 'like':
        return binary(expr.negated ? 'NOT LIKE' : 'LIKE', this.#expr(expr.operand), this.#expr(expr.pattern))
      case 'between':
        return binary(expr.negated ? 'NOT BETWEEN' : 'BETWEEN', this.#expr(expr.operand), {
          t: 'range',
          lo: this.#expr(expr.low),
          hi: this.#expr(expr.high),
        })
      case 'in':
        return this.#in(expr)
      case 'case':
        return {
          t: 'case',
          value: this.#optional(expr.operand),
          // oxlint-disable-next-line unicorn/no-thenable -- the recorded trees call it so
          whens: expr.whens.map(({ when, then }) => ({ when: this.#expr(when), then: this.#expr(then) })),
          else: this.#optional(expr.otherwise),
        }
      case 'member':
        return binary('->', this.#expr(expr.object), { t: 'json', n: expr.name })
      case 'index':
        return binary('[]', this.#expr(expr.object), { t: 'index', i: this.#expr(expr.index) })
      case 'slice':
        return binary('[]', this.#expr(expr.object), {
          t: 'slice',
          a: expr.from === undefined ? { t: 'int', v: 0 } : this.#expr(expr.from),
          b: this.#optional(expr.to),
        })
      case 'call':
        return this.#call(expr)
    }
  }

  #column(column: Extract<Expr, { kind: 'column' }>): Tree {
    if (this.#isUnit(column)) return { t: 'time', v: column.name.toUpperCase() }
    return this.#qualified(this.#inMeta ? 'meta' : 'col', column.stream, column.name)
  }

  /** Units of time are keywords in eKuiper, names here. */
  #isUnit(expr: Expr): boolean {
    return expr.kind === 'column' && expr.stream === undefined && UNIT.test(expr.name) && this.#text.charAt(expr.at) !== '`'
  }

  /** `a.b` is a column of a source `a`, otherwise member `b` of a column `a`. */
  #qualified(t: string, stream: string | undefined, name: string): Tree {
    if (stream === undefined || this.#sources.has(stream)) return { t, s: stream ?? '', n: name }
    return binary('->', { t, s: '', n: stream }, { t: 'json', n: name })
  }

  #star(star: Extract<Expr, { kind: 'star' }>): Tree {
    if (star.stream !== undefined || this.#inMeta) return this.#qualified(this.#inMeta ? 'meta' : 'col', star.stream, '*')
    const except: { [member: string]: Tree } = star.except.length === 0 ? {} : { except: star.except }
    const replace: { [member: string]: Tree } =
      star.replace.length === 0 ? {} : { replace: star.replace.map((field) => this.#field(field)) }
    return { t: 'star', ...except, ...replace }
  }

  #in({ negated, operand, items, array }: Extract<Expr, { kind: 'in' }>): Tree {
    const right: Tree = items === undefined ? this.#optional(array) : { t: 'set', items: items.map((item) => this.#expr(item)) }
    return binary(negated ? 'NOT IN' : 'IN', this.#expr(operand), right)
  }

  #call(call: Call): Tree {
    const name = call.name.toLowerCase()
    this.#inMeta = name === 'meta' || name === 'mqtt'
    const args = call.args.map((arg) => this.#expr(arg))
    this.#inMeta = false
    const when: { [member: string]: Tree } = call.over?.when === undefined ? {} : { when: this.#expr(call.over.when) }
    const terms = call.over?.order ?? []
    const order: { [member: string]: Tree } = terms.length === 0 ? {} : { order: terms.map((term) => this.#order(term)) }
    const filter: { [member: string]: Tree } = call.filter === undefined ? {} : { filter: this.#expr(call.filter) }
    const all: Tree[] = name === 'deduplicate' ? [{ t: 'star' }, ...args] : args
    return { t: 'call', n: name, args: all, ...filter, ...this.#partition(call.over), ...order, ...when }
  }
}

function source({ name, alias }: SourceRef): Tree {
  return { name, as: alias ?? '' }
}

function binary(op: string, l: Tree, r: Tree): Tree {
  return { t: 'bin', op, l, r }
}

/** The name that a field has without an alias; empty for an expression. */
function ownName(expr: Expr): string {
  if (expr.kind === 'column') return expr.name
  if (expr.kind === 'call') return expr.name
  return expr.kind === 'star' ? '*' : ''
}
