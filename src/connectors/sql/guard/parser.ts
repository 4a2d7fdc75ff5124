import { PlutinoError } from '../../../base/errors.ts'

/** A node of the syntax tree as it comes from the parser: any shape, so every member is checked before use. */
export type Node = Readonly<Record<string, unknown>>

export interface StatementParser {
  /** The statements of a text and the tables that they touch, as `verb::schema::table`. Throws `denied` for text that cannot be read. */
  parse(sql: string): { readonly statements: readonly Node[]; readonly tables: readonly string[] }
  /** The text of a tree. It escapes nothing: never put values into a tree. */
  print(statement: Node): string
}

const MYSQL = { database: 'mysql' }

/** Loads the parser, some 10 ms: when the first database is opened, not when the server starts. */
export async function loadParser(): Promise<StatementParser> {
  const { default: module } = await import('node-sql-parser/build/mysql.js')
  const parser = new module.Parser()
  return {
    parse(sql) {
      try {
        const { ast, tableList } = parser.parse(sql, MYSQL)
        const trees: unknown[] = [ast].flat()
        return { statements: trees.filter(isNode), tables: tableList }
      } catch (error) {
        throw unreadable(error)
      }
    },
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tree came from this parser; its types do not cover what it makes
    print: (statement) => parser.sqlify(statement as never, MYSQL),
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unreadable(error: unknown): PlutinoError {
  const place = isNode(error) && isNode(error['location']) && isNode(error['location']['start']) ? error['location']['start'] : undefined
  if (place === undefined || !isNode(error)) {
    return new PlutinoError(
      'denied',
      `the SQL statement cannot be checked: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown syntax'}`,
    )
  }
  const found = typeof error['found'] === 'string' ? `unexpected ${JSON.stringify(error['found'])}` : 'unexpected end'
  return new PlutinoError(
    'denied',
    `the SQL statement cannot be checked: ${found} at line ${String(place['line'])}, column ${String(place['column'])}`,
    {
      hint: 'use plain SELECT, INSERT, REPLACE, UPDATE or DELETE with ? for values',
    },
  )
}
