import { existsSync, mkdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { PlutinoError } from '../base/errors.ts'
import type { Entry, Json, KvStore } from './kv.ts'
import { migrate } from './migrate.ts'
import { refusePromise } from './refuse-promise.ts'
import { unusable } from './unusable.ts'

/** The steps from an empty file to the newest form. Those that were released never change: a change is a new step. */
const STEPS = [
  `CREATE TABLE entry (namespace TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL,
     PRIMARY KEY (namespace, key)) STRICT, WITHOUT ROWID;
   CREATE TABLE latest (only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL) STRICT;
   INSERT INTO latest VALUES (1, 0)`,
  `CREATE TABLE piece (namespace TEXT NOT NULL, key TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL,
     PRIMARY KEY (namespace, key, part)) STRICT`,
]

/** Milliseconds to wait for another process that writes. */
const BUSY_TIMEOUT = 5000

/** Opens the store of a server, creating the file and the folder it stands in. Throws `system` with what to do. */
export function openStore(file: string): KvStore {
  let database: DatabaseSync | undefined
  try {
    makeFolder(dirname(file))
    database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT })
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    migrate(database, STEPS)
    return new SqliteStore(database, dirname(file))
  } catch (error) {
    database?.close()
    throw unusable(dirname(file), error, database === undefined ? '' : `${basename(file)}: `)
  }
}

class SqliteStore implements KvStore {
  readonly #database: DatabaseSync
  readonly #folder: string
  readonly #statements: Statements

  constructor(database: DatabaseSync, folder: string) {
    this.#database = database
    this.#folder = folder
    this.#statements = prepare(database)
  }

  get(namespace: string, key: string): Entry | undefined {
    return this.#guarded(() => {
      const row = this.#statements.get.get(namespace, key)
      return row && entry(row)
    })
  }

  list(namespace: string): readonly Entry[] {
    return this.#guarded(() => this.#statements.list.all(namespace).map(entry))
  }

  set(namespace: string, key: string, value: Json): number {
    return this.transaction(() => this.#write(namespace, key, value))
  }

  setIf(namespace: string, key: string, expected: number | undefined, value: Json): number | undefined {
    return this.transaction(() => {
      const row = this.#statements.get.get(namespace, key)
      return row?.['version'] === expected ? this.#write(namespace, key, value) : undefined
    })
  }

  delete(namespace: string, key: string): boolean {
    return this.#guarded(() => Number(this.#statements.delete.run(namespace, key).changes) > 0)
  }

  putPiece(namespace: string, key: string, part: number, bytes: Uint8Array): void {
    this.#guarded(() => {
      // Pieces mean nothing before an entry names them, and its write makes them durable too.
      this.#database.exec('PRAGMA synchronous = NORMAL')
      try {
        this.#statements.putPiece.run(namespace, key, part, bytes)
      } finally {
        this.#database.exec('PRAGMA synchronous = FULL')
      }
    })
  }

  pieces(namespace: string, key: string): readonly Uint8Array[] {
    return this.#guarded(() =>
      this.#statements.pieces.all(namespace, key).flatMap(({ bytes }) => (bytes instanceof Uint8Array ? [bytes] : [])),
    )
  }

  deletePieces(namespace: string, key: string): void {
    this.#guarded(() => this.#statements.deletePieces.run(namespace, key))
  }

  transaction<T>(work: () => T): T {
    if (this.#database.isOpen && this.#database.isTransaction) return work()
    this.#guarded(() => this.#database.exec('BEGIN IMMEDIATE'))
    try {
      const result = refusePromise(work())
      this.#guarded(() => this.#database.exec('COMMIT'))
      return result
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }

  #write(namespace: string, key: string, value: Json): number {
    return this.#guarded(() => {
      const version = Number(this.#statements.next.get()?.['version'])
      this.#statements.set.run(namespace, key, JSON.stringify(value), version)
      return version
    })
  }

  #guarded<T>(work: () => T): T {
    if (!this.#database.isOpen) throw new PlutinoError('internal', 'the store is closed')
    try {
      return work()
    } catch (error) {
      throw unusable(this.#folder, error)
    }
  }
}

interface Statements {
  readonly get: StatementSync
  readonly list: StatementSync
  readonly next: StatementSync
  readonly set: StatementSync
  readonly delete: StatementSync
  readonly putPiece: StatementSync
  readonly pieces: StatementSync
  readonly deletePieces: StatementSync
}

function prepare(database: DatabaseSync): Statements {
  return {
    get: database.prepare('SELECT key, value, version FROM entry WHERE namespace = ? AND key = ?'),
    list: database.prepare('SELECT key, value, version FROM entry WHERE namespace = ? ORDER BY key'),
    next: database.prepare('UPDATE latest SET version = version + 1 RETURNING version'),
    set: database.prepare('INSERT OR REPLACE INTO entry (namespace, key, value, version) VALUES (?, ?, ?, ?)'),
    delete: database.prepare('DELETE FROM entry WHERE namespace = ? AND key = ?'),
    putPiece: database.prepare('INSERT OR REPLACE INTO piece (namespace, key, part, bytes) VALUES (?, ?, ?, ?)'),
    pieces: database.prepare('SELECT bytes FROM piece WHERE namespace = ? AND key = ? ORDER BY part'),
    deletePieces: database.prepare('DELETE FROM piece WHERE namespace = ? AND key = ?'),
  }
}

function entry(row: Readonly<Record<string, unknown>>): Entry {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON.stringify made of Json
  return { key: String(row['key']), value: JSON.parse(String(row['value'])) as Json, version: Number(row['version']) }
}

/** Folder by folder: `recursive` never comes back where a file system such as /proc refuses. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  mkdirSync(folder)
}
