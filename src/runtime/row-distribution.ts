import type { Row, RowBatch } from '../data/batch.ts'
import type { Compiler } from '../expression/compile.ts'
import type { PreparedBatch, RowOperator } from '../operators/row-operator.ts'
import type { Prefilter } from '../plan/prefilter.ts'
import { isSameLayout, layoutMapping, slotsOf } from './layout.ts'
import { type Matches, PredicateIndex } from './predicate-index.ts'
import type { Layout, ReadLayout } from './row-reader.ts'
import { type FirstOperator, fitting, ownLoop, sharedProgram, type SharedProgram } from './shared-program.ts'

/** What fewer rules do first with a row is one loop: that costs less than an index. */
const MANY_RULES = 30

/** What a rule wants of a shared stream. */
export interface Wish {
  readonly layout: Layout
  /** What rows must pass, by slots of the layout. */
  readonly prefilter: Prefilter | undefined
  /** The operator that gets its rows as they come, when it looks at each row alone. */
  readonly first: RowOperator | undefined
  /** Rows that were found for it; the others were not shown to it. */
  found: number
}

type Give<T> = (target: T, rows: RowBatch) => void

/** A rule in the distribution, and what it gets of the batch at hand. */
class Share<T extends Wish> {
  readonly target: T
  readonly slots: readonly number[]
  readonly first: FirstOperator | undefined
  /** A batch of the stream as the rule reads it. */
  readonly view: (batch: RowBatch) => RowBatch
  /** Rows that it may want, and the last of them. */
  wanted: Row[] = []
  last: Row | undefined

  constructor(target: T, union: ReadLayout, compiler: Compiler) {
    const { layout, first } = target
    this.target = target
    this.slots = slotsOf(layout, union)
    this.first = first?.work === undefined ? undefined : { operator: first, work: first.work, slots: this.slots }
    const map = layoutMapping(layout, union)
    const loop = this.first === undefined || isSameLayout(this.slots, union) ? undefined : ownLoop(compiler, this.first)
    this.view = loop === undefined ? map : (batch) => (batch.errors === undefined ? preparedBatch(batch, loop(batch.rows)) : map(batch))
  }
}

/** The rows of a batch that each rule may want. */
class Selection<T extends Wish> implements Matches<Share<T>> {
  readonly touched: Share<T>[] = []
  #row: Row = []

  select(index: PredicateIndex<Share<T>>, rows: readonly Row[]): void {
    for (const row of rows) {
      this.#row = row
      index.match(row, this)
    }
  }

  add(share: Share<T>): void {
    const row = this.#row
    if (share.last === undefined) this.touched.push(share)
    if (share.last !== row) share.wanted.push(row)
    share.last = row
  }
}

/**
 * Who gets which rows of a shared stream, for one set of rules. What a few rules do first with a row is done in one loop for all of
 * them. Of many rules only those get a row that may pass their filters: they are looked up.
 */
export class RowDistribution<T extends Wish> {
  readonly #shares: readonly Share<T>[]
  readonly #program: SharedProgram | undefined
  /** Those of the program, in its order. */
  readonly #programmed: readonly Share<T>[]
  readonly #index: PredicateIndex<Share<T>> | undefined
  /** Those that see every row, outside the program. */
  readonly #others: readonly Share<T>[]

  /** `union`: the layout of the stream's rows. */
  constructor(targets: readonly T[], union: ReadLayout, compiler: Compiler) {
    this.#shares = targets.map((target) => new Share(target, union, compiler))
    const indexed = this.#shares.flatMap((share) => {
      const { prefilter } = share.target
      return prefilter === undefined ? [] : [{ target: share, prefilter: { ...prefilter, slot: share.slots[prefilter.slot] ?? -1 } }]
    })
    this.#index = indexed.length > MANY_RULES ? new PredicateIndex(indexed) : undefined
    const all = this.#index === undefined ? this.#shares : this.#shares.filter(({ target }) => target.prefilter === undefined)
    this.#programmed = fitting(all.slice(0, MANY_RULES), ({ first }) => first)
    this.#program = sharedProgram(
      compiler,
      this.#programmed.flatMap(({ first }) => first ?? []),
    )
    this.#others = all.filter((share) => !this.#programmed.includes(share))
  }

  /** Rules with a prefilter are given only what is found for them. */
  get looksUp(): boolean {
    return this.#index !== undefined
  }

  /** Gives each rule its rows. True when rules with a prefilter were given only what was found for them. */
  share(batch: RowBatch, give: Give<T>): boolean {
    if (batch.errors !== undefined) {
      for (const { target, view } of this.#shares) give(target, view(batch))
      return false
    }
    if (this.#program !== undefined) this.#shareMade(this.#program, batch, give)
    for (const { target, view } of this.#others) give(target, view(batch))
    if (this.#index === undefined) return false
    this.#shareFound(this.#index, batch, give)
    return true
  }

  #shareMade(program: SharedProgram, batch: RowBatch, give: Give<T>): void {
    const made = program(batch.rows)
    this.#programmed.forEach(({ target }, i) => {
      const prepared = made[i]
      if (prepared !== undefined) give(target, preparedBatch(batch, prepared))
    })
  }

  #shareFound(index: PredicateIndex<Share<T>>, { schema, rows }: RowBatch, give: Give<T>): void {
    const selection = new Selection<T>()
    selection.select(index, rows)
    for (const share of selection.touched) {
      const { wanted, view, target } = share
      share.wanted = []
      share.last = undefined
      target.found += wanted.length
      give(target, view({ schema, rows: wanted }))
    }
  }
}

function preparedBatch({ schema, rows }: RowBatch, prepared: PreparedBatch['prepared']): PreparedBatch {
  return { schema, rows, prepared }
}
