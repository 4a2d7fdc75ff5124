import type { Problems } from '../expression/problems.ts'
import type { Select } from '../sql/ast.ts'

/** Reports every clause that is valid but not executed by this version, and GROUP BY without a window, which never is. */
export function checkClauses(select: Select, problems: Problems): void {
  if (select.distinct === true) problems.unsupported({ at: select.at, end: select.fields[0]?.at ?? select.end }, 'DISTINCT is')
  for (const join of select.joins) problems.unsupported(join, 'JOIN is')
  if (select.window !== undefined) problems.unsupported(select.window, `a ${select.window.type} window is`)
  const [dimension] = select.groupBy
  if (select.window === undefined && dimension !== undefined) {
    problems.add(dimension, 'select stmt group by should be used with window', 'add a window such as TUMBLINGWINDOW(ss, 10) to GROUP BY')
  }
  if (select.having !== undefined) problems.unsupported(select.having, 'HAVING is')
  const [order] = select.orderBy
  if (order !== undefined) problems.unsupported(order, 'ORDER BY is')
}
