import type { Row, RowError } from '../data/batch.ts'
import type { BoundExpr } from './bound.ts'
import { ExpressionWriter } from './emit.ts'
import type { Emitter } from './emitter.ts'
import type { FunctionLookup } from './functions.ts'
import { isPredicate } from './logic.ts'
import { slotsOf } from './walk.ts'

/** What becomes of a null: `keep` as it is (columns passed through), `omit` leaves it out, `send` sends it (sendNilField). */
export type Nulls = 'keep' | 'omit' | 'send'

/** What one loop over rows does: test each row, then compute the cells of a new one. Without outputs rows pass as they are. */
export interface RowProgram {
  readonly predicate?: BoundExpr
  /** How the errors of the predicate begin; `Where` when absent. */
  readonly clause?: string
  readonly outputs?: readonly { readonly expr: BoundExpr; readonly nulls: Nulls }[]
}

/** Where a loop puts what it makes. */
export interface RowResults {
  readonly rows: Row[]
  readonly errors: RowError[]
}

/** Runs over `rows[from] .. rows[to - 1]`; appends rows and failures to `results`. Never throws. */
export type RowLoop = (rows: readonly Row[], from: number, to: number, results: RowResults) => void

/** Runs several programs over all rows; `results` has one place for each program. Never throws. */
export type SharedLoop = (rows: readonly Row[], results: readonly RowResults[]) => void

/** The loop of one program. */
export function writeRows(emitter: Emitter, program: RowProgram, functions: FunctionLookup): string {
  writeBody(emitter, program, { functions, skip: 'continue', out: 'out' })
  return `return function (rows, from, to, results) {
  const out = results.rows, errors = results.errors;
  let clause = "Where";
  for (let i = from; i < to; i++) {
    const row = rows[i];
    try {
      ${emitter.lines.join('\n      ')}
    } catch (thrown) {
      errors.push({ at: out.length, error: failed(thrown, clause) });
    }
  }
};`
}

/**
 * One loop for several programs: each row is looked at once, and each column of it is read once. `context` is the list of the programs'
 * contexts.
 */
export function writeShared(emitter: Emitter, programs: readonly RowProgram[], functions: FunctionLookup): string {
  const slots = new Set(programs.flatMap((program) => exprsOf(program).flatMap((expr) => slotsOf(expr))))
  for (const slot of slots) emitter.remember(slot, emitter.define(`row[${slot}]`))
  programs.forEach((program, n) => {
    const [label, out] = [`p${n}`, `o${n}`]
    emitter.block(`${label}: try`, () => {
      emitter.emit(`const context = contexts[${n}];`)
      writeBody(emitter, program, { functions, skip: `break ${label}`, out })
    })
    emitter.emit(`catch (thrown) { e${n}.push({ at: ${out}.length, error: failed(thrown, clause) }); }`)
  })
  const results = programs.map((_, n) => `const o${n} = results[${n}].rows, e${n} = results[${n}].errors;`)
  return `const contexts = context;
return function (rows, results) {
  ${results.join('\n  ')}
  let clause = "Where";
  for (const row of rows) {
    ${emitter.lines.join('\n    ')}
  }
};`
}

interface BodyPlace {
  readonly functions: FunctionLookup
  /** Goes on behind the program. */
  readonly skip: string
  /** Name of the list of results. */
  readonly out: string
}

function writeBody(emitter: Emitter, { predicate, clause = 'Where', outputs }: RowProgram, { functions, skip, out }: BodyPlace): void {
  const writer = new ExpressionWriter(emitter, functions)
  if (predicate !== undefined) {
    emitter.emit(`clause = ${JSON.stringify(clause)};`)
    const condition = writer.condition(predicate)
    emitter.emit(isPredicate(predicate) ? `if (${condition} !== true) ${skip};` : `if (!passes(${condition})) ${skip};`)
  }
  emitter.emit('clause = "Select";')
  const cells = outputs?.map(({ expr, nulls }) => {
    const value = writer.settled(expr)
    return nulls === 'keep' ? value : nulls === 'omit' ? `${value} ?? undefined` : `${value} ?? null`
  })
  emitter.emit(cells === undefined ? `${out}.push(row);` : `${out}.push([${cells.join(', ')}]);`)
}

function exprsOf({ predicate, outputs = [] }: RowProgram): readonly BoundExpr[] {
  return [...(predicate === undefined ? [] : [predicate]), ...outputs.map(({ expr }) => expr)]
}
