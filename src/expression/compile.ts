import { createHash } from 'node:crypto'
import type { CallContext } from '../api/function.ts'
import type { Row } from '../data/batch.ts'
import type { Cell } from '../data/value.ts'
import type { BoundExpr } from './bound.ts'
import { type EntryTarget, type FoldLoop, type FoldProgram, type GroupTarget, writeFold } from './compile-fold.ts'
import { type RowLoop, type RowProgram, type SharedLoop, writeRows, writeShared } from './compile-rows.ts'
import { ExpressionWriter } from './emit.ts'
import { Emitter } from './emitter.ts'
import { callable, type FunctionLookup } from './functions.ts'
import { SUPPORT } from './support.ts'

/** What compiled code calls. */
export interface CompileDeps {
  readonly functions: FunctionLookup
  readonly context: CallContext
}

type Factory = (support: typeof SUPPORT, functions: readonly unknown[], constants: readonly unknown[], context: FactoryContext) => unknown

/** Of one rule, or of each of several. */
type FactoryContext = CallContext | readonly CallContext[]

/** How many texts a compiler remembers. */
const MOST_CACHED = 2_000

/** Generates and caches JavaScript. Statements that differ in their literals alone share one code object. */
export class Compiler {
  /** By a digest of the text, which the code itself keeps already. */
  readonly #factories = new Map<string, Factory>()

  /** A loop for a program. Only quoted names are pasted into the code; everything else is passed in. */
  rows(program: RowProgram, deps: CompileDeps): RowLoop {
    const emitter = new Emitter()
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the text is a function of this type
    return this.#build(emitter, writeRows(emitter, program, deps.functions), deps) as RowLoop
  }

  /** One loop for several programs, each with the context of its rule. */
  shared(programs: readonly RowProgram[], functions: FunctionLookup, contexts: readonly CallContext[]): SharedLoop {
    const emitter = new Emitter()
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the text is a function of this type
    return this.#build(emitter, writeShared(emitter, programs, functions), { functions, context: contexts }) as SharedLoop
  }

  /** One expression as a function of a row. Null may mean unknown; it throws `row_failed`. */
  expression(expr: BoundExpr, deps: CompileDeps): (row: Row) => Cell {
    const emitter = new Emitter()
    const value = new ExpressionWriter(emitter, deps.functions).value(expr)
    const source = `return function (row) {\n  ${emitter.lines.join('\n  ')}\n  return ${value};\n};`
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the text above is a function of this type
    return this.#build(emitter, source, deps) as (row: Row) => Cell
  }

  /** Several expressions as a function of a row, where unknown is false. It throws `row_failed`. */
  values(exprs: readonly BoundExpr[], deps: CompileDeps): (row: Row) => Cell[] {
    const emitter = new Emitter()
    const writer = new ExpressionWriter(emitter, deps.functions)
    const values = exprs.map((expr) => writer.settled(expr))
    const source = `return function (row) {\n  ${emitter.lines.join('\n  ')}\n  return [${values.join(', ')}];\n};`
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the text above is a function of this type
    return this.#build(emitter, source, deps) as (row: Row) => Cell[]
  }

  /** A loop that adds rows to the accumulators of their groups. */
  groups(program: FoldProgram, deps: CompileDeps): FoldLoop<GroupTarget> {
    const emitter = new Emitter()
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the text is a function of this type
    return this.#build(emitter, writeFold(emitter, program, 'groups', deps.functions), deps) as FoldLoop<GroupTarget>
  }

  /** A loop that makes an accumulator of each row. */
  entries(program: FoldProgram, deps: CompileDeps): FoldLoop<EntryTarget> {
    const emitter = new Emitter()
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the text is a function of this type
    return this.#build(emitter, writeFold(emitter, program, 'entries', deps.functions), deps) as FoldLoop<EntryTarget>
  }

  #build(emitter: Emitter, body: string, deps: { readonly functions: FunctionLookup; readonly context: FactoryContext }): unknown {
    const text = [
      '"use strict";',
      `const { ${supportOf(body).join(', ')} } = support;`,
      ...emitter.functions.map((_, i) => `const f${i} = functions[${i}];`),
      ...emitter.constants.map((_, i) => `const k${i} = constants[${i}];`),
      body,
    ].join('\n')
    const called = emitter.functions.map((name) => callable(deps.functions, name).call)
    return this.#factory(text)(SUPPORT, called, emitter.constants, deps.context)
  }

  #factory(text: string): Factory {
    const key = createHash('sha256').update(text).digest('base64')
    const known = this.#factories.get(key)
    if (known !== undefined) return known
    // oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-type-assertion -- generated from a bound tree only
    const factory = new Function('support', 'functions', 'constants', 'context', text) as Factory
    const oldest = this.#factories.keys().next()
    if (this.#factories.size >= MOST_CACHED && oldest.done !== true) this.#factories.delete(oldest.value)
    this.#factories.set(key, factory)
    return factory
  }
}

/** What the code calls of `SUPPORT`: each name costs memory in every rule, so only those are taken. */
function supportOf(body: string): readonly string[] {
  const words = new Set(body.match(/\w+/g))
  return Object.keys(SUPPORT).filter((name) => words.has(name))
}
