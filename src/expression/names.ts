import type { Column, SqlType } from '../data/types.ts'
import type { Expr, Node } from '../sql/ast.ts'
import type { BoundExpr } from './bound.ts'
import { didYouMean, type Problems } from './problems.ts'
import type { Slots } from './slots.ts'
import { typeOfColumn } from './types.ts'

/** A stream that a statement reads. */
export interface ScopeStream {
  readonly name: string
  readonly alias?: string
  /** Absent: schemaless, any name may be a column. */
  readonly columns?: readonly Column[]
}

type ColumnRef = Extract<Expr, { readonly kind: 'column' }>

/** Names of the stream: columns and members, with the declared types of what they lead to. */
export class Names {
  readonly #stream: ScopeStream
  readonly #slots: Slots
  readonly #problems: Problems
  readonly #declared = new Map<BoundExpr, SqlType>()

  constructor(stream: ScopeStream, slots: Slots, problems: Problems) {
    this.#stream = stream
    this.#slots = slots
    this.#problems = problems
  }

  /** True when the qualifier names the stream; a stream with an alias is known by its alias alone. */
  isStream(qualifier: string, node: Node): boolean {
    const { name, alias } = this.#stream
    if (qualifier === (alias ?? name)) return true
    if (alias === undefined || qualifier !== name) return false
    this.#problems.add(node, `stream ${name} is called ${alias} here`, `did you mean "${alias}"?`)
    return true
  }

  /** A column by its plain name. */
  column(name: string, node: Node): BoundExpr {
    const { columns } = this.#stream
    const column = columns?.find((candidate) => candidate.name === name)
    if (columns !== undefined && column === undefined) this.#unknown(name, node, columns)
    const bound: BoundExpr = { kind: 'slot', slot: this.#slots.column(name), name, type: typeOfColumn(column?.type), at: node.at }
    if (column?.type !== undefined) this.#declared.set(bound, column.type)
    return bound
  }

  /** `object->name`. */
  member(object: BoundExpr, name: string, at: number): BoundExpr {
    const type = this.#declared.get(object)
    const field = type?.kind === 'struct' ? type.fields.find((candidate) => candidate.name === name)?.type : undefined
    return this.#declare({ kind: 'member', object, name, type: typeOfColumn(field), at }, field)
  }

  /** `array[position]`. */
  element(object: BoundExpr, position: BoundExpr, at: number): BoundExpr {
    const type = this.#declared.get(object)
    const element = type?.kind === 'array' ? type.element : undefined
    return this.#declare({ kind: 'index', object, index: position, type: typeOfColumn(element), at }, element)
  }

  /** `array[from:to]`. */
  slice(bound: Extract<BoundExpr, { readonly kind: 'slice' }>): BoundExpr {
    return this.#declare(bound, this.#declared.get(bound.object))
  }

  /** The name that `x.y` begins with when `x` is no stream: a column whose member `y` is meant. */
  prefixOf(ref: ColumnRef): ColumnRef | undefined {
    if (ref.stream === undefined || this.isStream(ref.stream, ref)) return undefined
    return { kind: 'column', name: ref.stream, at: ref.at, end: ref.end }
  }

  #declare(bound: BoundExpr, type: SqlType | undefined): BoundExpr {
    if (type !== undefined) this.#declared.set(bound, type)
    return bound
  }

  #unknown(name: string, node: Node, columns: readonly Column[]): void {
    const known = (): string[] => [...columns.map((column) => column.name), this.#stream.alias ?? this.#stream.name]
    this.#problems.add(node, `unknown field ${name} of stream ${this.#stream.name}`, () => didYouMean(name, known()))
  }
}
