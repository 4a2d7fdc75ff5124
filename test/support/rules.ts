import { readFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ROOT, type ServerProcess } from './server-process.ts'

export const MYSQL_ZIP: Uint8Array<ArrayBuffer> = new Uint8Array(readFileSync(path.join(ROOT, 'plugins/mysql/prebuilt/mysql.zip')))

export interface MqttStream {
  readonly topic: string
  readonly port: number
  /** With an id the broker keeps the session while the client is away. */
  readonly clientid?: string
  readonly shared?: boolean
  readonly columns?: string
}

/** A stream of JSON messages that come with QoS 1. */
export async function createStream(server: ServerProcess, name: string, stream: MqttStream): Promise<void> {
  const { topic, port, clientid, shared = false, columns = 'seq BIGINT' } = stream
  const session = clientid === undefined ? {} : { clientid, enableClientSession: true }
  const extra = JSON.stringify(JSON.stringify({ server: `tcp://127.0.0.1:${port}`, qos: 1, ...session }))
  const sql = `CREATE STREAM ${name} (${columns}) WITH (DATASOURCE="${topic}", FORMAT="JSON", SHARED="${shared}", EXTRA=${extra})`
  await server.expect('POST', '/streams', { sql })
}

export async function createRule(server: ServerProcess, id: string, sql: string, ...actions: readonly object[]): Promise<void> {
  await server.expect('POST', '/rules', { id, sql, actions })
}

export async function installMysql(server: ServerProcess): Promise<void> {
  await server.expect('POST', '/plugins', MYSQL_ZIP)
}

/** A table of numbered rows in a database file of the server. */
export class SeqTable {
  readonly #database: DatabaseSync

  /** `unique`: a number is there once at most. */
  constructor(folder: string, file: string, unique = true) {
    this.#database = new DatabaseSync(path.join(folder, file), { timeout: 5000 })
    this.#database.exec(`PRAGMA journal_mode = WAL; CREATE TABLE seqs (seq INTEGER ${unique ? 'PRIMARY KEY' : ''})`)
  }

  get count(): number {
    return this.#number('SELECT count(*) AS n FROM seqs')
  }

  /** How many different numbers there are. */
  get distinct(): number {
    return this.#number('SELECT count(DISTINCT seq) AS n FROM seqs')
  }

  /** The largest of them, -1 when there is none. */
  get last(): number {
    return this.#number('SELECT coalesce(max(seq), -1) AS n FROM seqs')
  }

  close(): void {
    this.#database.close()
  }

  #number(sql: string): number {
    return Number(this.#database.prepare(sql).get()?.['n'])
  }
}

/** The action that writes into a `SeqTable`. */
export function intoTable(file: string, keyed = true): object {
  return { mysql: { url: `sqlite:${file}`, table: 'seqs', ...(keyed ? { keyField: 'seq' } : {}) } }
}
