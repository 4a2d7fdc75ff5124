import type { Codec, DecodeColumn, Decoder } from '../api/codec.ts'
import type { SourceBatch } from '../api/source.ts'
import type { RowBatch, RowError, Schema } from '../data/batch.ts'
import type { Cell } from '../data/value.ts'
import type { SourceNode } from '../plan/nodes.ts'
import { type RecordReader, recordReader } from './record-reader.ts'
import type { TimestampReader } from './timestamp.ts'

/** What a rule wants of each row. */
export type Layout = Pick<SourceNode, 'columns' | 'record' | 'meta' | 'time' | 'timestamp' | 'width'>

/** What a reader must put into each row: the slots of columns, the record, metadata and times, in this order. */
export interface ReadLayout extends Pick<Layout, 'columns' | 'record' | 'meta' | 'timestamp' | 'width'> {
  /** When it was received, and what its column `timestamp` says: rules on a shared stream may want both. */
  readonly times: readonly ('received' | 'event')[]
}

export function readLayout({ time, ...layout }: Layout): ReadLayout {
  return { ...layout, times: time ? [layout.timestamp === undefined ? 'received' : 'event'] : [] }
}

export interface RowReaderParts {
  /** Decodes payloads; without one the source brings records. */
  readonly codec?: Codec
  readonly strict: boolean
  /** Names of all declared columns, in their order. */
  readonly declared?: readonly string[]
  readonly timestamps: TimestampReader
}

/** Turns the batches of one source into rows of one layout. */
export interface RowReader {
  read(batch: SourceBatch): RowBatch
}

export function rowReader(layout: ReadLayout, { codec, strict, declared, timestamps }: RowReaderParts): RowReader {
  const request = {
    columns: layout.columns,
    record: layout.record,
    width: layout.width,
    strict,
    ...(declared === undefined ? {} : { declared }),
  }
  const decoder = codec?.decoder(request)
  const records = recordReader(request)
  const schema = schemaOf(layout)
  const firstMeta = layout.columns.length + (layout.record ? 1 : 0)
  const fillTimes = timesOf(layout, firstMeta + layout.meta.length, timestamps)
  return {
    read(batch) {
      const { rows, origins, errors } = decode(batch, decoder, records)
      for (let m = 0; m < layout.meta.length; m++) fillMeta(rows, origins, batch, { slot: firstMeta + m, key: layout.meta[m] ?? '' })
      fillTimes(rows, origins, batch)
      return errors.length === 0 ? { schema, rows } : { schema, rows, errors }
    },
  }
}

type TimesFiller = (rows: readonly Cell[][], origins: readonly number[] | undefined, batch: SourceBatch) => void

/** Fills the slots of the times, the first of which is `first`. */
function timesOf(layout: ReadLayout, first: number, timestamps: TimestampReader): TimesFiller {
  const column = layout.columns.findIndex(({ name }) => name === layout.timestamp)
  const [receivedAt, eventAt] = [layout.times.indexOf('received'), layout.times.indexOf('event')]
  return (rows, origins, { from, time, times }) => {
    if (receivedAt >= 0)
      rows.forEach((row, i) => (row[first + receivedAt] = times?.[origins === undefined ? from + i : (origins[i] ?? 0)] ?? time))
    if (eventAt >= 0) for (const row of rows) row[first + eventAt] = timestamps(row[column], time)
  }
}

function decode(
  batch: SourceBatch,
  decoder: Decoder | undefined,
  records: RecordReader,
): { rows: Cell[][]; origins: readonly number[] | undefined; errors: readonly RowError[] } {
  if (batch.payloads !== undefined && decoder !== undefined) {
    const decoded = decoder.decode(batch.payloads)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the decoder made the rows for us, nobody else has seen them
    return { rows: decoded.rows as Cell[][], origins: decoded.origins, errors: decoded.errors }
  }
  return records(batch)
}

function fillMeta(rows: Cell[][], origins: readonly number[] | undefined, batch: SourceBatch, to: { slot: number; key: string }): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]
    const index = origins === undefined ? batch.from + i : (origins[i] ?? 0)
    if (row !== undefined) row[to.slot] = to.key === '*' ? batch.metaAll?.(index) : batch.meta?.(index, to.key)
  }
}

function schemaOf(layout: ReadLayout): Schema {
  const columns: { name: string; spread?: boolean }[] = layout.columns.map(({ name }: DecodeColumn) => ({ name }))
  if (layout.record) columns.push({ name: '*', spread: true })
  for (const key of layout.meta) columns.push({ name: `meta(${key})` })
  for (const _ of layout.times) columns.push({ name: 'event_time()' })
  return { columns }
}
