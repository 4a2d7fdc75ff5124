import type { Problems } from '../expression/problems.ts'
import type { Join, Select, SourceRef } from '../sql/ast.ts'
import type { PlanStream } from './environment.ts'

/** Reports clauses that do not go together, whatever they contain. */
export function checkClauses(select: Select, streams: readonly PlanStream[], problems: Problems): void {
  const [dimension] = select.groupBy
  if (select.window === undefined && dimension !== undefined) {
    problems.add(dimension, 'select stmt group by should be used with window', 'add a window such as TUMBLINGWINDOW(ss, 10) to GROUP BY')
  }
  checkTables(select, streams, problems)
  select.joins.forEach((join, i) => {
    if (join.type === 'CROSS' && join.on !== undefined) problems.add(join.on, 'CROSS JOIN with ON', 'write INNER JOIN')
    const stream = streams[i + 1]
    if (stream?.table === 'lookup') checkLookup(join, problems)
    else if (stream?.table === undefined && select.window === undefined)
      problems.add(
        join,
        'a time window or count window is required to join multiple streams',
        'add a window such as TUMBLINGWINDOW(ss, 10) to GROUP BY',
      )
  })
}

function checkTables(select: Select, [from]: readonly PlanStream[], problems: Problems): void {
  if (from?.table !== undefined) problems.add(select.from, 'cannot run window for TABLE sources', tableHint(select.from))
}

function tableHint({ name }: SourceRef): string {
  return `${name} is a table: read from a stream and join the table`
}

function checkLookup(join: Join, problems: Problems): void {
  if (join.type !== 'INNER' && join.type !== 'LEFT')
    problems.add(join, `${join.type} JOIN of the lookup table ${join.source.name}`, 'a lookup table takes INNER and LEFT JOIN')
  if (join.on === undefined)
    problems.add(join, `join condition of ${join.source.name} is missing, at least one equi-join predicate is required`)
}
