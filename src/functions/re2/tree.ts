/** What a pattern says. */
export type Node =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'assertion'; readonly what: Assertion }
  | { readonly kind: 'group'; readonly number: number; readonly of: Node }
  | Repeat
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly items: readonly Node[] }

export interface Repeat {
  readonly kind: 'repeat'
  readonly of: Node
  readonly least: number
  readonly most: number
  readonly greedy: boolean
}

/** One character out of a set. */
export interface CharacterSet {
  /** As the host writes it, for its flag `u`: a character or a class in brackets. */
  readonly source: string
  /** Without regard to case. Undefined: that makes no difference. */
  readonly fold?: boolean
}

export type Assertion = 'text start' | 'text end' | 'line start' | 'line end' | 'word' | 'no word'

export interface Pattern {
  readonly tree: Node
  /** The names of groups by their numbers; group 0 is the whole. */
  readonly names: readonly (string | undefined)[]
}

export function partsOf(node: Node): readonly Node[] {
  if (node.kind === 'group' || node.kind === 'repeat') return [node.of]
  return node.kind === 'sequence' || node.kind === 'choice' ? node.items : []
}

/** A node and all that it is made of. */
export function allNodes(node: Node): readonly Node[] {
  return [node, ...partsOf(node).flatMap((part) => allNodes(part))]
}

/** Whether it can match the empty text. */
export function isNullable(node: Node): boolean {
  if (node.kind === 'set') return false
  if (node.kind === 'repeat') return node.least === 0 || isNullable(node.of)
  return node.kind === 'choice' ? node.items.some(isNullable) : partsOf(node).every(isNullable)
}
