/** One step of a path from a value to values inside it. */
export type Step =
  | { readonly kind: 'key'; readonly key: string | number }
  /** Every member or element. */
  | { readonly kind: 'all' }
  /** The value itself and everything inside it. */
  | { readonly kind: 'descend' }
  | { readonly kind: 'slice'; readonly from?: number; readonly to?: number; readonly step?: number }
  | { readonly kind: 'union'; readonly keys: readonly (string | number)[] }
  /** The members or elements for which the condition is true. */
  | { readonly kind: 'filter'; readonly condition: Expression }

/** `$`: from the whole value; `@`: from the value that a filter looks at. */
export interface Path {
  readonly root: '$' | '@'
  readonly steps: readonly Step[]
}

export type Operator = '??' | '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '=~' | '!~' | 'in' | '+' | '-' | '*' | '/' | '%' | '**'

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'path'; readonly path: Path }
  /** A member of the whole value, or of one of its members; null when there is none. */
  | { readonly kind: 'member'; readonly names: readonly string[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'unary'; readonly op: '!' | '-'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly op: Operator; readonly left: Expression; readonly right: Expression }

/** The path leads to one value at most. */
export function isPlain({ steps }: Path): boolean {
  return steps.every(({ kind }) => kind === 'key')
}
