import type { PrepareStatementInfo } from 'mysql2'
import type { ExecResult } from '../../../api/database.ts'
import type { DriverCommand, DriverConnection, DriverPacket } from './driver.ts'
import { execResult } from './results.ts'

/** A statement for the rows `from` to `to`, without the last. */
export interface RowsStep {
  readonly sql: string
  readonly from: number
  readonly to: number
}

/** Rows of parameters, from which packets are cut when they are sent. What it throws ends the sending. */
export interface RowPackets {
  packet(statement: number, from: number, to: number): Buffer
}

/**
 * Executes one statement after another without waiting for the answers between them: while the database writes rows the next are encoded. Rejects
 * with the first error, when all have been answered: in a transaction that is then rolled back nothing is lost by the ones behind it.
 */
export async function executeRows(
  connection: DriverConnection,
  rows: RowPackets,
  steps: readonly RowsStep[],
): Promise<readonly ExecResult[]> {
  const statements = new Map<string, number>()
  for (const { sql } of steps) if (!statements.has(sql)) statements.set(sql, await prepare(connection, sql))
  const packets = steps.map(
    ({ sql, from, to }) =>
      () =>
        rows.packet(statements.get(sql) ?? 0, from, to),
  )
  return new Promise((resolve, reject) => connection.addCommand(new Pipeline(packets, { resolve, reject })))
}

/** The number of the prepared statement: the driver keeps those of the connection that were used last. */
function prepare(connection: DriverConnection, sql: string): Promise<number> {
  return new Promise((resolve, reject) => {
    connection.prepare(sql, (error, statement: PrepareStatementInfo & { readonly id?: number }) => {
      if (error === null) resolve(statement.id ?? 0)
      else reject(error)
    })
  })
}

interface Outcome {
  resolve(results: readonly ExecResult[]): void
  reject(error: unknown): void
}

class Pipeline implements DriverCommand {
  readonly #packets: readonly (() => Buffer)[]
  readonly #outcome: Outcome
  readonly #results: ExecResult[] = []
  #error: unknown
  #sent = 0
  #answers = 0

  constructor(packets: readonly (() => Buffer)[], outcome: Outcome) {
    this.#packets = packets
    this.#outcome = outcome
  }

  execute(packet: DriverPacket | undefined, connection: DriverConnection): boolean {
    if (packet === undefined) this.#sendAll(connection)
    else this.#take(packet, connection)
    const done = this.#answers === this.#sent
    if (done) this.#end()
    else nextAnswer(connection)
    return done
  }

  onResult(error: Error): void {
    this.#outcome.reject(error)
  }

  #sendAll(connection: DriverConnection): void {
    try {
      for (const one of this.#packets) {
        send(connection, one())
        this.#sent++
      }
    } catch (error) {
      this.#error = error
    }
  }

  #take(packet: DriverPacket, connection: DriverConnection): void {
    this.#answers++
    if (packet.isError()) this.#error ??= packet.asError(connection.clientEncoding)
    else {
      packet.readInt8()
      const affectedRows = Number(packet.readLengthCodedNumber(true))
      this.#results.push(execResult({ affectedRows, insertId: packet.readLengthCodedNumber(true, true) }))
    }
  }

  #end(): void {
    if (this.#error === undefined) this.#outcome.resolve(this.#results)
    else this.#outcome.reject(this.#error)
  }
}

function send(connection: DriverConnection, buffer: Buffer): void {
  connection._resetSequenceId()
  connection.writePacket({
    buffer,
    length: () => buffer.length,
    writeHeader(sequence) {
      buffer.writeUIntLE(buffer.length - 4, 0, 3)
      buffer[3] = sequence
    },
  })
}

/** An answer counts on from the packet of its command, whatever was sent or came in between. */
function nextAnswer(connection: DriverConnection): void {
  connection._resetSequenceId()
  connection._bumpSequenceId(1)
}
