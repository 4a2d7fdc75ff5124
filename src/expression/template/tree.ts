/** What a template means. `at`: offset in its text. */

export type Operand =
  | { readonly kind: 'dot'; readonly at: number }
  | { readonly kind: 'nil'; readonly at: number }
  | { readonly kind: 'constant'; readonly at: number; readonly value: bigint | number | string | boolean }
  | { readonly kind: 'variable'; readonly at: number; readonly slot: number }
  | { readonly kind: 'function'; readonly at: number; readonly name: string }
  | { readonly kind: 'pipeline'; readonly at: number; readonly pipeline: Pipeline }
  | { readonly kind: 'member'; readonly at: number; readonly object: Operand; readonly name: string }

export interface Command {
  readonly at: number
  /** The first is called with the others, when it is a function. Never empty. */
  readonly operands: readonly Operand[]
}

export interface Pipeline {
  readonly at: number
  /** Slots that get the value; two only in `range $key, $value := …`. Already part of the frame when assigned with `=`. */
  readonly targets: readonly number[]
  readonly commands: readonly Command[]
}

export interface Branch {
  readonly pipeline: Pipeline
  readonly body: readonly TemplateNode[]
  readonly otherwise: readonly TemplateNode[]
}

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly at: number; readonly pipeline: Pipeline }
  | ({ readonly kind: 'if' | 'with' | 'range'; readonly at: number } & Branch)
  | { readonly kind: 'break' | 'continue' }
  | { readonly kind: 'template'; readonly at: number; readonly name: string; readonly pipeline: Pipeline | undefined }
