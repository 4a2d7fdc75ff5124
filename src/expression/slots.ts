import type { BoundExpr } from './bound.ts'
import { mapExpr } from './walk.ts'

/** What the expressions of a statement read of one stream, in the order of a row's slots. */
export interface SlotLayout {
  readonly columns: readonly string[]
  readonly record: boolean
  readonly meta: readonly string[]
  readonly time: boolean
  readonly width: number
}

type Read = { readonly kind: 'column' | 'meta'; readonly name: string } | { readonly kind: 'record' | 'time' }

/** Hands out provisional slots while binding; which slot is which is known only when everything has been bound. */
export class Slots {
  readonly #reads: Read[] = []
  readonly #known = new Map<string, number>()

  column(name: string): number {
    return this.#slot(`column ${name}`, { kind: 'column', name })
  }

  meta(name: string): number {
    return this.#slot(`meta ${name}`, { kind: 'meta', name })
  }

  record(): number {
    return this.#slot('record', { kind: 'record' })
  }

  time(): number {
    return this.#slot('time', { kind: 'time' })
  }

  /** The final layout of what `exprs` still read, and these expressions with its slots. */
  settle(exprs: readonly BoundExpr[]): { readonly layout: SlotLayout; readonly exprs: readonly BoundExpr[] } {
    const used = new Set<number>()
    const seen = new Map<BoundExpr, BoundExpr>()
    const note = (expr: BoundExpr): BoundExpr => {
      if (expr.kind === 'slot') used.add(expr.slot)
      return expr
    }
    for (const expr of exprs) mapExpr(expr, note, seen)
    const order = (['column', 'record', 'meta', 'time'] as const).flatMap((kind) =>
      [...used].filter((slot) => this.#reads[slot]?.kind === kind).toSorted((a, b) => a - b),
    )
    const final = new Map(order.map((slot, i) => [slot, i]))
    const moved = new Map<BoundExpr, BoundExpr>()
    const move = (expr: BoundExpr): BoundExpr => (expr.kind === 'slot' ? { ...expr, slot: final.get(expr.slot) ?? expr.slot } : expr)
    return { layout: this.#layout(order), exprs: exprs.map((expr) => mapExpr(expr, move, moved)) }
  }

  #slot(key: string, read: Read): number {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    this.#reads.push(read)
    this.#known.set(key, this.#reads.length - 1)
    return this.#reads.length - 1
  }

  #layout(order: readonly number[]): SlotLayout {
    const reads = order.map((slot) => this.#reads[slot])
    const names = (kind: 'column' | 'meta'): string[] => reads.flatMap((read) => (read?.kind === kind ? [read.name] : []))
    const has = (kind: 'record' | 'time'): boolean => reads.some((read) => read?.kind === kind)
    return { columns: names('column'), record: has('record'), meta: names('meta'), time: has('time'), width: order.length }
  }
}
