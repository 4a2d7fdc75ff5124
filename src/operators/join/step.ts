import type { Row } from '../../data/batch.ts'
import type { Cell } from '../../data/value.ts'
import type { BoundExpr } from '../../expression/bound.ts'
import type { CompileDeps, Compiler } from '../../expression/compile.ts'
import { passes } from '../../expression/logic.ts'

/** The next source of FROM, joined to everything before it. */
export interface JoinStep {
  readonly type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS'
  /** Slots of the right side in the joined row: `from <= slot < to`; everything below `from` is the left side. */
  readonly from: number
  readonly to: number
  /** Equalities of the condition: both sides over the joined row; the row pairs where all of them are equal. */
  readonly equal: readonly { readonly left: BoundExpr; readonly right: BoundExpr }[]
  /** The rest of the condition, over the joined row. */
  readonly on?: BoundExpr
}

type Value = (row: Row) => Cell
type Test = (row: Row) => boolean

/** A step with its expressions compiled. */
export class CompiledStep {
  readonly type: JoinStep['type']
  readonly from: number
  readonly to: number
  /** Keys of a row of the left side; it may be narrower than the joined row. */
  readonly leftKeys: readonly Value[]
  /** Keys of a row that has the right side at its place. */
  readonly rightKeys: readonly Value[]
  readonly #step: JoinStep
  readonly #tests = new Map<number, Test | undefined>()
  readonly #compile: (expr: BoundExpr) => Value

  constructor(step: JoinStep, compiler: Compiler, deps: CompileDeps) {
    this.#compile = (expr) => (expr.kind === 'slot' ? (row) => row[expr.slot] : compiler.expression(expr, deps))
    this.type = step.type
    this.from = step.from
    this.to = step.to
    this.#step = step
    this.leftKeys = step.equal.map(({ left }) => this.#compile(left))
    this.rightKeys = step.equal.map(({ right }) => this.#compile(right))
  }

  /** What is left to ask of a joined row when the first `equal` equalities are known to hold; undefined: nothing. */
  test(equal: number): Test | undefined {
    if (!this.#tests.has(equal)) this.#tests.set(equal, this.#compileTest(equal))
    return this.#tests.get(equal)
  }

  #compileTest(equal: number): Test | undefined {
    const { on } = this.#step
    const open = this.#step.equal.slice(equal).map(({ left, right }): BoundExpr => {
      return { kind: 'binary', op: '=', left, right, type: 'boolean', at: left.at }
    })
    const [first, ...others] = on === undefined ? open : [...open, on]
    if (first === undefined) return undefined
    const all = others.reduce<BoundExpr>((left, right) => ({ kind: 'binary', op: 'AND', left, right, type: 'boolean', at: left.at }), first)
    const value = this.#compile(all)
    return (row) => passes(value(row))
  }
}
