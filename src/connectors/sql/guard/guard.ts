import type { Grant } from '../../../api/database.ts'
import { PlutinoError } from '../../../base/errors.ts'
import { checkedStatement, type Verb, verbOf } from './check.ts'
import { refuseTrickyComments } from './comments.ts'
import { checkCost } from './cost.ts'
import { inMysql, inSqlite, type Text } from './print.ts'
import { loadParser, type StatementParser } from './parser.ts'
import { TimeLimit } from '../../../base/time-limit.ts'

/** A statement that may be sent: `text` was printed from the checked tree, it is never what came in. */
export interface CheckedStatement extends Text {
  readonly verb: Verb
}

export type Dialect = 'mysql' | 'sqlite'

/** Longer texts would hold up the thread. */
const LONGEST = 65_536
/** Short texts may do so too: the parser tries again what is nested, twice as often at each level. */
const LONGEST_MS = 1000
/** Statements of fewer characters and parentheses are read without a watch: it costs as much as reading them. */
const PLAIN_LENGTH = 1000
const PLAIN_DEPTH = 4
const CACHED_STATEMENTS = 200
const CACHED_CHARACTERS = 1_000_000

/** Lets through the statements that one user of a database was granted, and nothing else. */
export class Guard {
  readonly #parser: StatementParser
  readonly #grant: Grant
  readonly #dialect: Dialect
  readonly #timeLimit = new TimeLimit()
  readonly #known = new Map<string, CheckedStatement>()
  #characters = 0

  constructor(parser: StatementParser, grant: Grant, dialect: Dialect) {
    this.#parser = parser
    this.#grant = grant
    this.#dialect = dialect
  }

  static async create(grant: Grant, dialect: Dialect): Promise<Guard> {
    return new Guard(await loadParser(), grant, dialect)
  }

  /** What may be sent in place of `sql`. Throws `denied`. */
  check(sql: string): CheckedStatement {
    const known = this.#known.get(sql)
    if (known !== undefined) return known
    const checked = this.#read(sql)
    this.#remember(sql, checked)
    return checked
  }

  #read(sql: string): CheckedStatement {
    if (sql.length > LONGEST) {
      throw new PlutinoError('denied', `expected an SQL statement of at most ${LONGEST} characters, got ${sql.length}`, {
        hint: 'give one row of ? and its many rows of values as a batch',
      })
    }
    refuseTrickyComments(sql)
    try {
      if (sql.length < PLAIN_LENGTH && sql.split('(').length <= PLAIN_DEPTH) return this.#readShort(sql)
      const read = this.#timeLimit.run(LONGEST_MS, () => this.#readShort(sql))
      if (read === undefined) throw new PlutinoError('denied', `the SQL statement takes longer than ${LONGEST_MS} ms to check`)
      return read.done
    } catch (error) {
      // Thousands of nested parentheses use up the stack.
      if (error instanceof RangeError) throw new PlutinoError('denied', 'the SQL statement is nested too deeply')
      throw error
    }
  }

  #readShort(sql: string): CheckedStatement {
    const statement = checkedStatement(this.#parser, sql, this.#grant)
    if (this.#dialect === 'sqlite') checkCost(statement)
    const mysql = inMysql(this.#parser, statement)
    this.#checkPrinted(mysql.text)
    const text = this.#dialect === 'mysql' ? mysql : inSqlite(this.#parser, statement)
    return { ...text, verb: verbOf(statement, this.#grant) }
  }

  /** The printer has gaps: what it prints must itself be a statement that is allowed, and print the same again. */
  #checkPrinted(text: string): void {
    const again = inMysql(this.#parser, checkedStatement(this.#parser, text, this.#grant))
    if (again.text !== text) throw new PlutinoError('denied', 'the SQL statement cannot be checked: it does not read the same twice')
  }

  #remember(sql: string, checked: CheckedStatement): void {
    if (this.#known.size >= CACHED_STATEMENTS || this.#characters + sql.length > CACHED_CHARACTERS) {
      this.#known.clear()
      this.#characters = 0
    }
    this.#known.set(sql, checked)
    this.#characters += sql.length
  }
}
