import type { Row } from '../data/batch.ts'
import type { BoundExpr } from '../expression/bound.ts'
import type { Compiler } from '../expression/compile.ts'
import type { RowLoop, RowProgram, RowResults, SharedLoop } from '../expression/compile-rows.ts'
import { mapExpr } from '../expression/walk.ts'
import type { PreparedBatch, RowOperator, RowWork } from '../operators/row-operator.ts'

type Prepared = PreparedBatch['prepared']

/** The first operator of a rule, and where the columns that it reads stand in the rows of the stream. */
export interface FirstOperator {
  readonly operator: RowOperator
  readonly work: RowWork
  readonly slots: readonly number[]
}

/** What each operator makes of the rows, in the order of the operators. */
export type SharedProgram = (rows: readonly Row[]) => readonly Prepared[]

/** How many expressions one loop may have: larger functions are not optimized. */
const MOST_EXPRESSIONS = 2_000

/** Those of the rules that come first and fit into one loop; none when that would be one alone. */
export function fitting<T>(rules: readonly T[], firstOf: (rule: T) => FirstOperator | undefined): readonly T[] {
  let size = 0
  const taken = rules.filter((rule) => {
    const first = firstOf(rule)
    const more = first === undefined ? Infinity : sizeOf(first.work.program)
    if (size + more > MOST_EXPRESSIONS) return false
    size += more
    return true
  })
  return taken.length > 1 ? taken : []
}

/** What several rules do first with the rows of one stream, in one loop. */
export function sharedProgram(compiler: Compiler, firsts: readonly FirstOperator[]): SharedProgram | undefined {
  const [one] = firsts
  if (one === undefined) return undefined
  const programs = firsts.map(({ work, slots }) => moved(work.program, slots))
  const contexts = firsts.map(({ work }) => work.deps.context)
  const loop: SharedLoop = compiler.shared(programs, one.work.deps.functions, contexts)
  return (rows) => {
    const results = firsts.map(({ operator }) => ({ by: operator, rows: [], errors: [] }))
    loop(rows, results)
    return results
  }
}

/** The loop of one first operator, over rows of the stream. */
export function ownLoop(compiler: Compiler, { operator, work, slots }: FirstOperator): (rows: readonly Row[]) => Prepared {
  const loop: RowLoop = compiler.rows(moved(work.program, slots), work.deps)
  return (rows) => {
    const results: RowResults = { rows: [], errors: [] }
    loop(rows, 0, rows.length, results)
    return { by: operator, ...results }
  }
}

/** The same program where the columns stand elsewhere. */
function moved(program: RowProgram, slots: readonly number[]): RowProgram {
  const { predicate, outputs } = program
  const seen = new Map<BoundExpr, BoundExpr>()
  const move = (expr: BoundExpr): BoundExpr =>
    mapExpr(expr, (part) => (part.kind === 'slot' ? { ...part, slot: slots[part.slot] ?? -1 } : part), seen)
  return {
    ...program,
    ...(predicate === undefined ? {} : { predicate: move(predicate) }),
    ...(outputs === undefined ? {} : { outputs: outputs.map(({ expr, nulls }) => ({ expr: move(expr), nulls })) }),
  }
}

function sizeOf({ predicate, outputs = [] }: RowProgram): number {
  const seen = new Map<BoundExpr, BoundExpr>()
  for (const expr of [...(predicate === undefined ? [] : [predicate]), ...outputs.map((output) => output.expr)])
    mapExpr(expr, (part) => part, seen)
  return seen.size
}
