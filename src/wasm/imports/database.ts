import type { Databases, DatabaseSession, ExecResult, Grant, QueryResult } from '../../api/database.ts'
import type { Clock } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import { WireReader, type WireWriter } from '../abi/wire.ts'
import type { CellCodec } from '../values/cells.ts'
import { guestText } from '../values/guest-text.ts'
import type { GuestErrors } from '../values/guest-errors.ts'
import { type Answer, answer, within } from './answer.ts'
import type { HostImport } from './host-import.ts'

/** Milliseconds in the server's thread after which a call is long. */
const LONG_MS = 100

export interface DatabaseCallsParts {
  readonly databases: Databases
  /** What `connection.open` may name, and the address behind it. */
  readonly addresses: ReadonlyMap<string, string>
  readonly grant: Grant
  readonly cells: CellCodec
  readonly errors: GuestErrors
  readonly clock: Clock
  readonly waitMs: number
  readonly payloadBytes: number
  readonly connections: number
}

/** The `db` import of one plugin instance. Addresses never reach the guest, which can open only what its rule's configuration names. */
export class DatabaseCalls implements HostImport {
  readonly name = 'db'
  readonly #parts: DatabaseCallsParts
  readonly #sessions = new Map<number, DatabaseSession>()
  #next = 1
  /** Counts `close`: a session that is opened for an earlier count has come too late. */
  #closed = 0

  constructor(parts: DatabaseCallsParts) {
    this.#parts = parts
  }

  async call(name: string, args: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const before = process.threadCpuUsage()
    const answered = answer(() => this.#withinTime(this.#run(name, new WireReader(args))), { ...this.#parts, other: 'the database' })
    const { user, system } = process.threadCpuUsage(before)
    const bytes = await answered
    const pause = pauseAfter((user + system) / 1000, bytes[0] === 0)
    if (pause > 0) await this.#parts.clock.sleep(pause)
    return bytes
  }

  /** The guest dropped its connection. */
  async drop(rep: number): Promise<void> {
    const session = this.#sessions.get(rep)
    this.#sessions.delete(rep)
    await session?.close()
  }

  async close(): Promise<void> {
    this.#closed++
    const open = [...this.#sessions.values()]
    this.#sessions.clear()
    await Promise.allSettled(open.map((session) => session.close()))
  }

  async #run(name: string, args: WireReader): Promise<Answer> {
    const verb = name.slice(name.indexOf('.') + 1)
    if (verb === 'open') return this.#open(args.text())
    const session = this.#sessions.get(args.u32())
    if (session === undefined) throw new PlutinoError('plugin_failed', 'the connection is closed')
    return this.#onSession(verb, session, args)
  }

  async #onSession(verb: string, session: DatabaseSession, args: WireReader): Promise<Answer> {
    const { cells } = this.#parts
    switch (verb) {
      case 'query': {
        const found = await session.query(args.text(), cells.readList(args))
        return (result) => this.#writeQuery(result, found)
      }
      case 'exec': {
        const done = await session.exec(args.text(), cells.readList(args))
        return (result) => writeExec(result, done)
      }
      case 'exec-batch': {
        const done = await session.execBatch(args.text(), cells.readRows(args))
        return (result) => writeExec(result, done)
      }
      case 'begin':
        await session.begin()
        return () => {}
      case 'commit':
        await session.commit()
        return () => {}
      case 'rollback':
        await session.rollback()
        return () => {}
      default:
        throw new PlutinoError('plugin_failed', `the host has no db.connection.${verb}`)
    }
  }

  async #open(source: string): Promise<Answer> {
    const { addresses, databases, grant, connections } = this.#parts
    const address = addresses.get(source)
    if (address === undefined) {
      const known = [...new Set(addresses.keys())].filter((name) => addresses.get(name) !== name)
      throw new PlutinoError(
        'denied',
        `the rule names no database "${guestText(source, 200)}" for this plugin; it names ${known.length === 0 ? 'none' : known.join(', ')}`,
      )
    }
    if (this.#sessions.size >= connections)
      throw new PlutinoError('denied', `the plugin has ${connections} databases open, more are not allowed`)
    const before = this.#closed
    const session = await databases.open(address, grant)
    if (before !== this.#closed) {
      await session.close()
      throw new PlutinoError('timeout', 'the database was opened too late')
    }
    const rep = this.#next++
    this.#sessions.set(rep, session)
    return (result) => result.u32(rep)
  }

  #writeQuery(result: WireWriter, found: QueryResult): void {
    this.#parts.cells.writeRows(result, found.columns, found.rows)
  }

  /** A session whose answer came too late is not used again. */
  #withinTime(work: Promise<Answer>): Promise<Answer> {
    const { clock, waitMs } = this.#parts
    return within(clock, waitMs, work, () => {
      void this.close()
      return new PlutinoError('timeout', `the database did not answer within ${waitMs} ms`)
    })
  }
}

/**
 * Statements are read, and SQLite runs, in the server's thread: who holds it up for long waits as long, so that others get their turn, and
 * longer when it was for nothing.
 */
function pauseAfter(held: number, succeeded: boolean): number {
  if (held < LONG_MS) return 0
  return succeeded ? held : held * 10
}

function writeExec(result: WireWriter, done: ExecResult): void {
  result.u64(BigInt(done.affectedRows))
  result.u8(done.lastInsertId === undefined ? 0 : 1)
  if (done.lastInsertId !== undefined) result.u64(BigInt.asUintN(64, done.lastInsertId))
}
