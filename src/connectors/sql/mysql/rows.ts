import type { FieldPacket } from 'mysql2'
import type { QueryResult } from '../../../api/database.ts'
import { PlutinoError } from '../../../base/errors.ts'
import type { Value } from '../../../data/value.ts'
import type { ResultSize } from '../result-size.ts'
import type { DriverConnection } from './driver.ts'
import type { Parameter } from './parameters.ts'
import { rowReader } from './results.ts'

export interface Statement {
  readonly sql: string
  readonly params: readonly Parameter[]
}

/**
 * The rows of a statement, taken over as they come. Rejects with `rejected` as soon as they are more than `size` allows: then the connection,
 * on which the rest is still under way, is destroyed.
 */
export function readRows(connection: DriverConnection, { sql, params }: Statement, size: ResultSize): Promise<QueryResult> {
  const { promise, resolve, reject } = Promise.withResolvers<QueryResult>()
  const rows: Value[][] = []
  let columns: readonly string[] = []
  let read: ((row: readonly unknown[]) => Value[]) | undefined
  const counted = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      reject(error)
      connection.destroy()
    }
  }
  const count = (chunk: Uint8Array): void => counted(() => size.received(chunk.length))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver takes typed parameters too; its types do not say so
  const command = connection.execute({ sql, values: params as string[], rowsAsArray: true })
  command.on('fields', (fields: FieldPacket[]) => {
    columns = fields.map((field) => field.name)
    read = rowReader(fields)
  })
  command.on('result', (row: unknown) => {
    if (read === undefined || !Array.isArray(row) || size.exceeded) return
    const [values, valuesOf]: [readonly unknown[], typeof read] = [row, read]
    counted(() => {
      size.add(values)
      rows.push(valuesOf(values))
    })
  })
  command.on('error', reject)
  command.on('end', () => {
    if (read === undefined) reject(new PlutinoError('rejected', 'expected a statement that returns rows'))
    else resolve({ columns, rows })
  })
  // a connection that is lost tells nobody but itself
  connection.once('error', reject)
  connection.stream.on('data', count)
  return promise.finally(() => {
    connection.off('error', reject)
    connection.stream.off('data', count)
  })
}
