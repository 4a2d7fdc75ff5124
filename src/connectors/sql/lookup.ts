import type { StreamContext } from '../../api/context.ts'
import type { Databases, DatabaseSession } from '../../api/database.ts'
import { defineLookup, type LookupDefinition } from '../../api/definition.ts'
import type { LookupAnswer, LookupQuery, LookupSource } from '../../api/lookup.ts'
import { PlutinoError } from '../../base/errors.ts'
import { string } from '../../config/field.ts'
import { put } from '../../data/record.ts'
import type { Cell, Struct, Value } from '../../data/value.ts'
import { isSqlite } from './address.ts'

/** How many keys one statement asks for; few sizes, so that the database and the guard see few statements. */
const SIZES = [16, 4, 1] as const
/** SQLite answers within the process: there is no way to a server to save, and its guard lets no statement read so many tables. */
const SQLITE_SIZES = [1] as const
/** Says in the result to which key a row belongs. */
const ORDINAL = 'plutino_ordinal'

/** Databases that are opened when a table is connected. */
class SqlLookup implements LookupSource {
  readonly #databases: Databases
  readonly #url: string
  readonly #table: string
  readonly #sizes: readonly number[]
  #session: DatabaseSession | undefined

  constructor(databases: Databases, url: string, table: string) {
    this.#databases = databases
    this.#url = url
    this.#table = table
    this.#sizes = isSqlite(url) ? SQLITE_SIZES : SIZES
  }

  async connect(ctx: StreamContext): Promise<void> {
    await this.close()
    const tables = [this.#table.split('.').at(-1) ?? this.#table]
    const session = await this.#databases.open(this.#url, { verbs: ['select'], tables })
    // The rule may have ended meanwhile.
    if (ctx.signal.aborted) await session.close()
    else this.#session = session
  }

  async lookup(query: LookupQuery): Promise<LookupAnswer> {
    const session = this.#session
    if (session === undefined) throw new PlutinoError('unavailable', 'the database is not connected')
    const answer: Struct[][] = []
    for (let from = 0; from < query.tuples.length;) {
      const size = this.#sizes.find((one) => one <= query.tuples.length - from) ?? 1
      const part = query.tuples.slice(from, from + size)
      answer.push(...(await ask(session, statement(this.#table, query, size), part)))
      from += size
    }
    return answer
  }

  async close(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    await session?.close()
  }
}

/** One SELECT for each key: the database compares as it is used to, with its index, and says which key a row belongs to. */
function statement(table: string, { keys, columns }: LookupQuery, size: number): string {
  const wanted = columns === undefined ? [`${quoted(table)}.*`] : columns.map(quoted)
  const where = keys.map((key) => `${quoted(key)} = ?`).join(' AND ')
  const select = (i: number): string =>
    `SELECT ${[`${i} AS ${quoted(ORDINAL)}`, ...wanted].join(', ')} FROM ${quoted(table)} WHERE ${where}`
  return Array.from({ length: size }, (_, i) => select(i)).join(' UNION ALL ')
}

async function ask(session: DatabaseSession, sql: string, tuples: readonly (readonly Cell[])[]): Promise<Struct[][]> {
  const { columns, rows } = await session.query(sql, tuples.flat())
  const answer = tuples.map((): Struct[] => [])
  for (const row of rows) answer[Number(row[0])]?.push(recordOf(columns, row))
  return answer
}

function recordOf(columns: readonly string[], row: readonly Value[]): Struct {
  const record: Record<string, Value> = {}
  for (let i = 1; i < columns.length; i++) put(record, columns[i] ?? '', row[i] ?? null)
  return record
}

function quoted(name: string): string {
  return name
    .split('.')
    .map((part) => `\`${part.replaceAll('`', '``')}\``)
    .join('.')
}

export function sqlLookup(databases: Databases): LookupDefinition {
  return defineLookup({
    name: 'sql',
    doc: 'A table of MySQL, MariaDB or SQLite',
    fields: {
      datasource: string('Name of the table', { minLength: 1 }),
      url: string('Address of the database: user:password@tcp(host:3306)/name, mysql://… or sqlite:path', {
        optional: true,
        database: true,
      }),
      dburl: string('The same, under its older name', { optional: true, database: true, deprecated: 'url' }),
    },
    check: ({ url, dburl }) => {
      if ((url ?? dburl) === undefined) {
        throw new PlutinoError('config_invalid', 'url: is required', {
          hint: 'give it in EXTRA or in the section CONF_KEY of sources/sql.yaml',
        })
      }
    },
    create: ({ datasource, url, dburl }) => new SqlLookup(databases, url ?? dburl ?? '', datasource),
  })
}
