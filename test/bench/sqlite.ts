import { DatabaseSync } from 'node:sqlite'
import { cpuSeconds, median } from './cpu-time.ts'
import type { Figure } from './report.ts'

const ROWS = 500_000
const SIDE = 10_000
const MANY = 'WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)'

/** The rival that knows SQL: SQLite in memory, over rows that it has already, for what it can express of the figures of the engine. */
export function sqliteFigures(): readonly Figure[] {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE feed (t INTEGER, k INTEGER, v REAL)')
  database.prepare(`INSERT INTO feed ${MANY} SELECT i / 10, i * 7919 % 1000, i % 1000 / 10.0 FROM n`).run(ROWS)
  database.exec('CREATE TABLE one (k INTEGER, v REAL); CREATE TABLE two (k INTEGER, v REAL)')
  for (const table of ['one', 'two'])
    database.prepare(`INSERT INTO ${table} ${MANY} SELECT i, i % 1000 / 10.0 FROM n ORDER BY i * 7919 % 10000`).run(SIDE)
  const seconds = (sql: string): number => {
    const statement = database.prepare(sql)
    return median(3, () => cpuSeconds(() => statement.all()))
  }
  const five = 'count(*) AS n, sum(v) AS s, avg(v) AS m, min(v) AS lo, max(v) AS hi'
  const figures: readonly Figure[] = [
    {
      name: 'SQLite: filter and two expressions',
      value: (seconds('SELECT v * 1.8 + 32, k FROM feed WHERE v > 20') * 1e9) / ROWS,
      unit: 'ns a row',
    },
    {
      name: 'SQLite: groups of a second and 1,000 keys, five aggregates',
      value: ROWS / seconds(`SELECT k, ${five} FROM feed GROUP BY t / 1000, k`) / 1e6,
      unit: 'M rows/s',
    },
    {
      name: 'SQLite: join of 10,000 x 10,000 rows by key',
      value: (2 * SIDE) / seconds('SELECT one.v, two.v FROM one JOIN two ON one.k = two.k') / 1e6,
      unit: 'M rows/s',
    },
  ]
  database.close()
  return figures
}
