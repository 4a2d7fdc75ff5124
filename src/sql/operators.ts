import type { BinaryOp } from './ast.ts'

/** How tightly operators bind, from loose to tight. `->`, `.` and `[]` bind tightest of all, on purpose tighter than in eKuiper. */
export const POWER = { or: 1, and: 2, not: 3, comparison: 4, sum: 5, product: 6, unary: 7 } as const

/** All are left-associative. Keys as the lexer writes them. */
export const BINARY: ReadonlyMap<string, { readonly op: BinaryOp; readonly power: number }> = new Map(
  [
    { power: POWER.or, ops: ['OR'] as const },
    { power: POWER.and, ops: ['AND'] as const },
    { power: POWER.comparison, ops: ['=', '!=', '<', '<=', '>', '>='] as const },
    { power: POWER.sum, ops: ['+', '-', '|', '^'] as const },
    { power: POWER.product, ops: ['*', '/', '%', '&'] as const },
  ].flatMap(({ power, ops }) => ops.map((op) => [op, { op, power }] as const)),
)
