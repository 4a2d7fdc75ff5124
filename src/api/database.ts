import type { Cell, Value } from '../data/value.ts'

/** Rows of a query: values in the order of `columns`; 64-bit integers are bigint, decimals text. */
export interface QueryResult {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
}

export interface ExecResult {
  readonly affectedRows: number
  /** The key that the database generated for the (first) inserted row. */
  readonly lastInsertId?: bigint
}

/** What a statement may do; everything else is refused by the guard before it reaches the driver. */
export interface Grant {
  readonly verbs: readonly ('select' | 'insert' | 'replace' | 'update' | 'delete')[]
  /** Absent: any table of the database that the URL names. */
  readonly tables?: readonly string[]
}

/**
 * One user of a database: a plugin instance in a rule, a lookup table. Errors are `unavailable` (lost connection: open again and repeat),
 * `rejected` (duplicate key, bad data, missing table or column), `denied` (the guard or the database forbids it), `timeout`.
 * Parameters are always bound, never pasted. Calls of one session do not overlap.
 */
export interface DatabaseSession {
  query(sql: string, params: readonly Cell[]): Promise<QueryResult>
  exec(sql: string, params: readonly Cell[]): Promise<ExecResult>
  /** One statement for many rows of parameters: a multi-row INSERT where the statement is one, else one transaction. All or nothing. */
  execBatch(sql: string, rows: readonly (readonly Cell[])[]): Promise<ExecResult>
  /** Until `commit` or `rollback` the session holds one connection of the pool. */
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  /** Rolls back what is open and gives the connection back. Safe to call twice. */
  close(): Promise<void>
}

/** Opens databases by address; sessions with the same address share one pool. */
export interface Databases {
  /** `url`: `user:password@tcp(host:3306)/name` (Go DSN), `mysql://…`, or `sqlite:path`. Throws `config_invalid` or `unavailable`. */
  open(url: string, grant: Grant): Promise<DatabaseSession>
  close(): Promise<void>
}
