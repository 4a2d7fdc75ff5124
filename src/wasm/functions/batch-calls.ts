import type { BatchFunction, CallPlace } from '../../api/function.ts'
import type { PluginFunction } from '../../api/plugin.ts'
import { type PlutinoError, toPlutinoError } from '../../base/errors.ts'
import { rowFailed } from '../../data/row-failed.ts'
import type { Cell } from '../../data/value.ts'
import { WireWriter } from '../abi/wire.ts'
import type { ColumnCodec } from './columns.ts'
import type { FunctionUse } from './function-use.ts'

export interface BatchCallsParts {
  readonly use: FunctionUse
  readonly of: PluginFunction
  readonly place: CallPlace
  readonly columns: ColumnCodec
  readonly payloadBytes: number
}

/** A scalar function of a plugin at one place. */
export class BatchCalls implements BatchFunction {
  readonly #parts: BatchCallsParts
  /** For batches, which are about as large as the ones before them. */
  readonly #wire: WireWriter

  constructor(parts: BatchCallsParts) {
    this.#parts = parts
    this.#wire = new WireWriter(parts.payloadBytes, 16_384)
  }

  checkpoint = (): Promise<void> => this.#parts.use.checkpoint()

  async call(rows: readonly (readonly Cell[])[]): Promise<readonly (Cell | PlutinoError)[]> {
    const { use, of, place, columns } = this.#parts
    const sorted = columns.collect(of, place.args.length, rows)
    const { kept, known } = sorted
    if (kept.length === 0) return known
    try {
      const wire = this.#wire
      wire.restart()
      wire.u32(of.index)
      wire.u32(place.place)
      wire.u32(kept.length)
      columns.write(wire, of, sorted)
      const given = await use.call('scalar', 'exec', wire.take())
      const results = use.reading('scalar.exec', () => columns.readResults(given, of, kept.length))
      if (kept.length === rows.length) return results
      kept.forEach((row, i) => {
        known[row] = results[i]
      })
    } catch (error) {
      const failure = rowFailed(`${of.name}: ${toPlutinoError(error).message}`)
      for (const row of kept) known[row] = failure
    }
    return known
  }
}
