import type { Expr } from '../sql/ast.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'
import { didYouMean } from './problems.ts'

type Star = Extract<Expr, { readonly kind: 'star' }>

/** A column of a star, or a whole record of a schemaless source (`name` is `*`). */
export interface StarPart {
  readonly name: string
  readonly value: BoundExpr
}

/** What `*` or `stream.*` stands for, source by source in the order of FROM. */
export function starParts(binder: Binding, star: Star): readonly StarPart[] {
  const { stream: qualifier, at } = star
  const place = qualifier === undefined ? undefined : binder.names.streamOf(qualifier, star)
  if (qualifier !== undefined && place === undefined) {
    const known = binder.names.streams.map(({ name, alias }) => alias ?? name)
    binder.problems.add(star, `unknown stream ${qualifier}`, () => didYouMean(qualifier, known))
    return []
  }
  const places = place === undefined ? binder.names.places : [place]
  return places.flatMap((source): readonly StarPart[] => {
    const columns = binder.names.streams[source]?.columns
    if (columns === undefined)
      return [{ name: '*', value: { kind: 'slot', slot: binder.slots.record(source), name: '*', type: 'struct', at } }]
    return columns.map(({ name }) => ({ name, value: binder.names.column(name, star, source) }))
  })
}

/** `*` as one object: of columns with the same name the first source's counts. */
export function starObject(binder: Binding, star: Star): BoundExpr {
  const parts = starParts(binder, star).toReversed()
  const [only] = parts
  if (only !== undefined && parts.length === 1 && only.name === '*') return only.value
  return { kind: 'object', names: parts.map(({ name }) => name), values: parts.map(({ value }) => value), type: 'struct', at: star.at }
}
