/** Words that are names only between backticks. */
export const RESERVED: ReadonlySet<string> = new Set(
  (
    'SELECT AS FROM WHERE AND OR GROUP HAVING ORDER BY DESC ASC FILTER INNER LEFT RIGHT FULL CROSS JOIN ON CASE WHEN THEN DEFAULT ELSE END IN NOT ' +
    'BETWEEN LIKE OVER PARTITION REPLACE EXCEPT INVISIBLE TRUE FALSE LIMIT'
  ).split(' '),
)

/** Keywords that open, join or close parts of a statement: nobody means a column by them. */
export const STRUCTURE: ReadonlySet<string> = new Set('SELECT FROM WHERE AND OR HAVING BY LIMIT WHEN THEN ELSE END ON AS NOT IN'.split(' '))

export const TIME_UNITS = ['DD', 'HH', 'MI', 'SS', 'MS'] as const

/** Words with a meaning at certain places only; the printer puts them between backticks so that no place can be the wrong one. */
const CONTEXTUAL: ReadonlySet<string> = new Set(['DISTINCT', 'IS', 'OUTER', ...TIME_UNITS])

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The text of a name: as it is where it can stand so, else between backticks. */
export function quoteName(name: string): string {
  const upper = name.toUpperCase()
  return PLAIN_NAME.test(name) && !RESERVED.has(upper) && !CONTEXTUAL.has(upper) ? name : `\`${name}\``
}
