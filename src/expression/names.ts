import type { Column, SqlType } from '../data/types.ts'
import type { Node } from '../sql/ast.ts'
import type { BoundExpr } from './bound.ts'
import { literal } from './make.ts'
import { didYouMean, type Problems } from './problems.ts'
import type { Slots } from './slots.ts'
import { commonType, typeOfColumn } from './types.ts'

/** A stream or table that a statement reads. */
export interface ScopeStream {
  readonly name: string
  readonly alias?: string
  /** It stands before all sources that were joined before it: of columns with one name its counts. */
  readonly first?: boolean
  /** Absent: schemaless, any name may be a column. */
  readonly columns?: readonly Column[]
  /** Columns that are null wherever they stand. */
  readonly unread?: readonly string[]
}

/** Names of the sources: columns and members, with the declared types of what they lead to. */
export class Names {
  readonly streams: readonly ScopeStream[]
  readonly #slots: Slots
  readonly #problems: Problems
  readonly #declared = new Map<BoundExpr, SqlType>()

  constructor(streams: readonly ScopeStream[], slots: Slots, problems: Problems) {
    this.streams = streams
    this.#slots = slots
    this.#problems = problems
  }

  /** Place of the source that a qualifier names; one with an alias is known by its alias alone. */
  streamOf(qualifier: string, node: Node): number | undefined {
    const found = this.streams.findIndex(({ name, alias }) => qualifier === (alias ?? name))
    if (found >= 0) return found
    const hidden = this.streams.findIndex(({ name, alias }) => alias !== undefined && qualifier === name)
    if (hidden < 0) return undefined
    const alias = this.streams[hidden]?.alias ?? ''
    this.#problems.add(node, `stream ${qualifier} is called ${alias} here`, `did you mean "${alias}"?`)
    return hidden
  }

  /** `name`, or `stream.name` with the place of the stream. */
  column(name: string, node: Node, stream?: number): BoundExpr {
    if (stream !== undefined) return this.#columnOf(stream, name, node)
    const declaring = this.#places(({ columns }) => columns?.some((column) => column.name === name) === true)
    const [only] = declaring
    if (declaring.length > 1) this.#ambiguous(name, node, declaring)
    if (only !== undefined) return this.#columnOf(only, name, node)
    const open = this.#places(({ columns }) => columns === undefined)
    if (open.length === 0) return this.#unknown(name, node)
    return this.firstOf(open, (place) => this.#columnOf(place, name, node), node.at)
  }

  /** A column of this name may exist: a source declares it, or has no schema. */
  mayBeColumn(name: string): boolean {
    return this.streams.some(({ columns }) => columns === undefined || columns.some((column) => column.name === name))
  }

  /** The first of several sources that has the value. */
  firstOf(places: readonly number[], valueOf: (place: number) => BoundExpr, at: number): BoundExpr {
    const options = places.map(valueOf)
    const [only] = options
    if (only !== undefined && options.length === 1) return only
    return { kind: 'firstPresent', options, type: commonType(options.map(({ type }) => type)), at }
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

  /** The places of all sources; of values with one name that of the first counts. */
  get places(): readonly number[] {
    return this.streams.reduce<readonly number[]>(
      (before, { first }, place) => (first === true ? [place, ...before] : [...before, place]),
      [],
    )
  }

  #columnOf(place: number, name: string, node: Node): BoundExpr {
    const columns = this.streams[place]?.columns
    const column = columns?.find((candidate) => candidate.name === name)
    if (columns !== undefined && column === undefined) return this.#unknown(name, node, place)
    if (this.streams[place]?.unread?.includes(name) === true) return literal(null, 'any', node.at)
    const slot = this.#slots.column(place, name)
    const bound: BoundExpr = { kind: 'slot', slot, name, ...this.#sourceOf(place), type: typeOfColumn(column?.type), at: node.at }
    return this.#declare(bound, column?.type)
  }

  /** Where there are several, EXPLAIN tells whose column it is. */
  #sourceOf(place: number): { readonly source?: string } {
    const source = this.streams[place]
    return this.streams.length > 1 && source !== undefined ? { source: source.alias ?? source.name } : {}
  }

  #declare(bound: BoundExpr, type: SqlType | undefined): BoundExpr {
    if (type !== undefined) this.#declared.set(bound, type)
    return bound
  }

  #places(test: (stream: ScopeStream) => boolean): readonly number[] {
    return this.places.filter((place) => {
      const stream = this.streams[place]
      return stream !== undefined && test(stream)
    })
  }

  #ambiguous(name: string, node: Node, places: readonly number[]): void {
    const known = places.map((place) => this.streams[place]).map((stream) => `${stream?.alias ?? stream?.name}.${name}`)
    this.#problems.add(node, `ambiguous field ${name}`, `write ${known.join(' or ')}`)
  }

  #unknown(name: string, node: Node, place?: number): BoundExpr {
    const streams = this.streams.filter((_, i) => place === undefined || i === place)
    const known = (): string[] => [
      ...streams.flatMap(({ columns }) => columns?.map((column) => column.name) ?? []),
      ...this.streams.map((stream) => stream.alias ?? stream.name),
    ]
    const where = streams.length === 1 ? ` of stream ${streams[0]?.name}` : ''
    this.#problems.add(node, `unknown field ${name}${where}`, () => didYouMean(name, known()))
    return literal(null, 'any', node.at)
  }
}
