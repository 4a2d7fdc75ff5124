import { PlutinoError, toPlutinoError } from '../base/errors.ts'
import type { Codec, Encoder } from '../api/codec.ts'
import type { EncodedBatch, Payload, SinkBatch } from '../api/sink.ts'
import type { Row, RowBatch, Schema } from '../data/batch.ts'
import { RECORD_SCHEMA, toRecord } from '../data/record.ts'
import { isStruct, type Value } from '../data/value.ts'
import type { ActionProperties } from './action-properties.ts'
import { messageOf } from './error-path.ts'
import { ERROR_SCHEMA, type RowShape, rowShape, type ShapedRows, shapeRecord } from './row-shape.ts'

export type Template = (data: Value) => string

export interface FormerParts {
  readonly common: ActionProperties
  readonly codec: Codec
  readonly dataTemplate?: Template
  /** Templates in the sink's own properties, by the name of the property. */
  readonly props: ReadonlyMap<string, Template>
  /** Messages that cannot be made are sent as `{"error":"…"}` in their place. */
  readonly sendError: boolean
  /** A message that could not be made, with the number of its rows. */
  readonly onError: (error: PlutinoError, rows: number) => void
}

/** Makes the messages of one action: template, dataField, fields, encoding, in eKuiper's order. */
export class MessageFormer {
  readonly #parts: FormerParts
  readonly #shape: RowShape
  readonly #templated: boolean
  readonly #encoders = new WeakMap<Schema, Encoder>()
  /** What was asked for last, which nearly always is asked for again. */
  #last: { readonly schema: Schema; readonly encoder: Encoder } | undefined

  constructor(parts: FormerParts) {
    this.#parts = parts
    this.#shape = rowShape(parts.common)
    this.#templated = parts.props.size > 0
  }

  form(input: ShapedRows): MessageBatch {
    if (input.schema === ERROR_SCHEMA) return new MessageBatch(this, { schema: input.schema, rows: input.rows })
    const { dataTemplate } = this.#parts
    const found = this.#parts.common.omitIfEmpty ? withoutEmpty(input) : input
    if (dataTemplate === undefined) return new MessageBatch(this, this.#shape(found))
    return new MessageBatch(this, found, this.#texts(found, dataTemplate))
  }

  /** The payload of the message made of rows `from` to `to - 1`. */
  encode({ schema, rows }: ShapedRows, from: number, to: number): Payload {
    const encoder = this.#encoder(schema)
    const only = rows[from]
    const single = this.#parts.common.sendSingle || schema === ERROR_SCHEMA
    return single && to - from === 1 && only !== undefined ? encoder.single(only) : encoder.array(rows, from, to)
  }

  get sendSingle(): boolean {
    return this.#parts.common.sendSingle
  }

  get props(): ReadonlyMap<string, Template> {
    return this.#parts.props
  }

  /** A list for each property that has a template; undefined when none has. */
  emptyProps(): ReadonlyMap<string, string[]> | undefined {
    return this.#templated ? new Map(Array.from(this.#parts.props.keys(), (name) => [name, []])) : undefined
  }

  fail(error: unknown, rows: number): PlutinoError {
    const problem = toPlutinoError(error, 'decode_failed')
    this.#parts.onError(problem, rows)
    return problem
  }

  /** What is sent in place of a message that cannot be made; undefined: nothing. */
  errorPayload(error: PlutinoError): Payload | undefined {
    return this.#parts.sendError ? this.#encoder(ERROR_SCHEMA).single([messageOf(error)]) : undefined
  }

  #encoder(schema: Schema): Encoder {
    if (this.#last?.schema === schema) return this.#last.encoder
    let encoder = this.#encoders.get(schema)
    if (encoder === undefined) this.#encoders.set(schema, (encoder = this.#parts.codec.encoder(schema)))
    this.#last = { schema, encoder }
    return encoder
  }

  #texts(input: ShapedRows, template: Template): readonly (string | PlutinoError)[] {
    const ranges = new MessageRanges(input, this.sendSingle)
    return Array.from({ length: ranges.length }, (_, message) => {
      const from = ranges.from(message)
      const to = ranges.from(message + 1)
      try {
        const text = template(this.dataOf(input, from, to))
        return this.#reshapes() ? this.#reshape(text) : text
      } catch (error) {
        return this.fail(error, to - from)
      }
    })
  }

  /** What a template sees: the row, or the array of rows. */
  dataOf({ schema, rows }: ShapedRows, from: number, to: number): Value {
    if (this.sendSingle) return toRecord(schema, rows[from] ?? [])
    return rows.slice(from, to).map((row) => toRecord(schema, row))
  }

  #reshapes(): boolean {
    const { fields, excludeFields, dataField, tableDataField } = this.#parts.common
    return [fields, excludeFields, dataField, tableDataField].some((property) => property !== undefined)
  }

  #reshape(text: string): string {
    const name = this.#parts.common.dataField ?? this.#parts.common.tableDataField
    const parsed: Value = JSON.parse(text)
    const data = name === undefined ? parsed : isStruct(parsed) && Object.hasOwn(parsed, name) ? parsed[name] : undefined
    const encoder = this.#encoder(RECORD_SCHEMA)
    const one = (value: Value): string => {
      if (!isStruct(value)) throw new PlutinoError('decode_failed', `dataTemplate: expected an object, got ${JSON.stringify(value)}`)
      return String(encoder.single([shapeRecord(this.#parts.common, value)]))
    }
    if (Array.isArray(data)) return `[${data.map((item: Value) => one(item)).join(',')}]`
    return one(data ?? null)
  }
}

/** Rows on their way to a sink, in both forms that a sink may ask for. */
export class MessageBatch implements SinkBatch {
  readonly #former: MessageFormer
  readonly #shaped: ShapedRows
  readonly #texts: readonly (string | PlutinoError)[] | undefined
  #encoded: EncodedBatch | undefined
  #parsed: readonly Row[] | undefined

  constructor(former: MessageFormer, shaped: ShapedRows, texts?: readonly (string | PlutinoError)[]) {
    this.#former = former
    this.#shaped = shaped
    this.#texts = texts
  }

  /** Number of rows. */
  get length(): number {
    return this.#shaped.rows.length
  }

  get rows(): RowBatch {
    const { schema, rows } = this.#shaped
    if (this.#texts === undefined) return { schema, rows }
    this.#parsed ??= this.#texts.flatMap((text) => (typeof text === 'string' ? this.#rowsOfText(text) : []))
    return { schema: RECORD_SCHEMA, rows: this.#parsed }
  }

  encoded(): EncodedBatch {
    this.#encoded ??= this.#encode()
    return this.#encoded
  }

  /** The two halves, cut between messages; undefined when there is one message only. */
  halves(): readonly [MessageBatch, MessageBatch] | undefined {
    const count = new MessageRanges(this.#shaped, this.#former.sendSingle).length
    if (count < 2) return undefined
    const middle = count >> 1
    return [this.#slice(0, middle), this.#slice(middle, count)]
  }

  #slice(from: number, to: number): MessageBatch {
    const { schema, rows, bounds } = this.#shaped
    const texts = this.#texts?.slice(from, to)
    if (bounds === undefined || this.#former.sendSingle)
      return new MessageBatch(this.#former, { schema, rows: rows.slice(from, to) }, texts)
    const cut = bounds.slice(from, to + 1)
    const first = cut[0] ?? 0
    const part = { schema, rows: rows.slice(first, cut.at(-1)), bounds: cut.map((bound) => bound - first) }
    return new MessageBatch(this.#former, part, texts)
  }

  /** A template may make any text; a sink that takes rows can use JSON only. */
  #rowsOfText(text: string): readonly Row[] {
    try {
      return rowsOfText(text)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#former.fail(new PlutinoError('decode_failed', `dataTemplate: the sink takes rows, and the text is no JSON: ${why}`), 1)
      return []
    }
  }

  #encode(): EncodedBatch {
    const payloads: Payload[] = []
    const props = this.#former.emptyProps()
    const ranges = new MessageRanges(this.#shaped, this.#former.sendSingle)
    for (let message = 0; message < ranges.length; message++) {
      const from = ranges.from(message)
      const to = ranges.from(message + 1)
      try {
        const payload = this.#payload(message, from, to)
        if (payload === undefined) continue
        if (props !== undefined) this.#pushProps(props, from)
        payloads.push(payload)
      } catch (error) {
        this.#former.fail(error, to - from)
      }
    }
    return props === undefined ? { payloads } : { payloads, props }
  }

  /** The message of rows `from` to `to - 1`, or what is sent in its place. */
  #payload(message: number, from: number, to: number): Payload | undefined {
    const text = this.#texts?.[message]
    if (text instanceof PlutinoError) return this.#former.errorPayload(text)
    if (text !== undefined) return text
    try {
      return this.#former.encode(this.#shaped, from, to)
    } catch (error) {
      return this.#former.errorPayload(this.#former.fail(error, to - from))
    }
  }

  #pushProps(props: ReadonlyMap<string, string[]>, row: number): void {
    const data = toRecord(this.#shaped.schema, this.#shaped.rows[row] ?? [])
    const values = [...this.#former.props].map(([name, template]) => [name, template(data)] as const)
    for (const [name, value] of values) props.get(name)?.push(value)
  }
}

/** Message i is rows `from(i)` to `from(i + 1) - 1`. */
class MessageRanges {
  readonly length: number
  readonly #bounds: readonly number[] | undefined

  constructor({ rows, bounds }: ShapedRows, sendSingle: boolean) {
    this.#bounds = sendSingle ? undefined : bounds
    this.length = this.#bounds === undefined ? rows.length : this.#bounds.length - 1
  }

  from(message: number): number {
    return this.#bounds === undefined ? message : (this.#bounds[message] ?? 0)
  }
}

function withoutEmpty({ schema, rows, bounds }: ShapedRows): ShapedRows {
  const full = (row: Row): boolean => Object.keys(toRecord(schema, row)).length > 0
  if (bounds === undefined) return { schema, rows: rows.filter(full) }
  const kept: Row[] = []
  const starts = [0]
  for (let message = 0; message < bounds.length - 1; message++) {
    const part = rows.slice(bounds[message], bounds[message + 1])
    if (!part.some(full)) continue
    kept.push(...part)
    starts.push(kept.length)
  }
  return { schema, rows: kept, bounds: starts }
}

function rowsOfText(text: string): readonly Row[] {
  const parsed: Value = JSON.parse(text)
  const list: readonly Value[] = Array.isArray(parsed) ? parsed : [parsed]
  return list.filter(isStruct).map((record) => [record])
}
