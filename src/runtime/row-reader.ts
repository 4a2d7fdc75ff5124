import type { Codec, DecodeColumn, Decoder } from '../api/codec.ts'
import type { SourceBatch } from '../api/source.ts'
import type { RowBatch, RowError, Schema } from '../data/batch.ts'
import type { Cell } from '../data/value.ts'
import type { SourceNode } from '../plan/nodes.ts'
import { type RecordReader, recordReader } from './record-reader.ts'

/** What a reader must put into each row. */
export type Layout = Pick<SourceNode, 'columns' | 'record' | 'meta' | 'time' | 'width'>

/** Turns the batches of one source into rows of one layout. */
export interface RowReader {
  read(batch: SourceBatch): RowBatch
}

/** `codec` decodes payloads; without one the source brings records. `declared`: names of all declared columns, in their order. */
export function rowReader(layout: Layout, codec: Codec | undefined, strict: boolean, declared?: readonly string[]): RowReader {
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
  const timeSlot = layout.time ? firstMeta + layout.meta.length : -1
  return {
    read(batch) {
      const { rows, origins, errors } = decode(batch, decoder, records)
      for (let m = 0; m < layout.meta.length; m++) fillMeta(rows, origins, batch, { slot: firstMeta + m, key: layout.meta[m] ?? '' })
      if (timeSlot >= 0) fillTime(rows, origins, batch, timeSlot)
      return errors.length === 0 ? { schema, rows } : { schema, rows, errors }
    },
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

function fillTime(rows: Cell[][], origins: readonly number[] | undefined, { from, time, times }: SourceBatch, slot: number): void {
  rows.forEach((row, i) => {
    row[slot] = times?.[origins === undefined ? from + i : (origins[i] ?? 0)] ?? time
  })
}

function schemaOf(layout: Layout): Schema {
  const columns: { name: string; spread?: boolean }[] = layout.columns.map(({ name }: DecodeColumn) => ({ name }))
  if (layout.record) columns.push({ name: '*', spread: true })
  for (const key of layout.meta) columns.push({ name: `meta(${key})` })
  if (layout.time) columns.push({ name: 'event_time()' })
  return { columns }
}
