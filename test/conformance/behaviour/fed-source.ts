import type { StreamContext } from '../../../src/api/context.ts'
import type { Source, SourceBatch } from '../../../src/api/source.ts'
import { valueText } from '../../../src/codecs/json/value-text.ts'
import { isStruct, type Value } from '../../../src/data/value.ts'

/** A source that gives what the case has for it and then waits for more. */
export class FedSource implements Source {
  readonly #ready: SourceBatch[] = []
  readonly #connected: (node: string, source: FedSource) => unknown
  #waiting: ((batch: SourceBatch) => void) | undefined

  /** `connected` hears the name of the node that reads the source. */
  constructor(connected: (node: string, source: FedSource) => unknown) {
    this.#connected = connected
  }

  /** The engine has taken everything and asks for more. */
  get wanted(): boolean {
    return this.#waiting !== undefined
  }

  async connect(ctx: StreamContext): Promise<void> {
    this.#connected(ctx.node, this)
  }

  read(_limit: number, ctx: StreamContext): Promise<SourceBatch> {
    const next = this.#ready.shift()
    if (next !== undefined) return Promise.resolve(next)
    return new Promise((resolve, reject) => {
      this.#waiting = resolve
      ctx.signal.addEventListener('abort', () => reject(new Error('the rule was stopped')), { once: true })
    })
  }

  push(batch: SourceBatch): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting === undefined) this.#ready.push(batch)
    else waiting(batch)
  }

  async close(): Promise<void> {}
}

/** Rows as messages on the wire: a text as it is, everything else as JSON. */
export function payloadBatch(rows: readonly Value[], time: number): SourceBatch {
  const pieces = rows.map((row) => Buffer.from(typeof row === 'string' ? row : valueText(row)))
  const ends = Int32Array.from(pieces.keys(), (i) => pieces.slice(0, i + 1).reduce((sum, piece) => sum + piece.length, 0))
  const starts = Int32Array.from(pieces.keys(), (i) => ends.at(i - 1) ?? 0)
  if (starts.length > 0) starts[0] = 0
  const { length } = rows
  return { from: 0, length, payloads: { bytes: Buffer.concat(pieces), starts, ends, from: 0, length }, time }
}

/** Rows that need no decoding. */
export function recordBatch(rows: readonly Value[], time: number): SourceBatch {
  const records = rows.filter(isStruct)
  return { from: 0, length: records.length, records, time }
}
