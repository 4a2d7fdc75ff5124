import type { ExecResult } from '../../../api/database.ts'
import type { Cell } from '../../../data/value.ts'
import type { CheckedStatement } from '../guard/guard.ts'
import { checkCount } from '../statement.ts'
import { allOrNothing, PIPELINE, SAVEPOINT } from './all-or-nothing.ts'
import { chunkSizes, ONE_STATEMENT } from './chunks.ts'
import type { RowsStep } from './execute-rows.ts'
import { ParameterWriter, type WriterOptions } from './parameter-writer.ts'
import type { Lent, MysqlPool } from './pool.ts'
import { sumOf } from './results.ts'
import { RowBlocks, TooLarge } from './row-blocks.ts'

/** VALUES of nothing but `?`, to which integers may go as text. */
const PLAIN_ROW = /^\((?:\?,?\s*)+\)$/

type Parts = NonNullable<CheckedStatement['rows']>

/** An INSERT or REPLACE of one row of parameters, for many rows: few statements with many rows each. */
export class Insert {
  readonly #parts: Parts
  readonly #rows: readonly (readonly Cell[])[]
  readonly #options: WriterOptions

  private constructor(parts: Parts, rows: readonly (readonly Cell[])[], options: WriterOptions) {
    this.#parts = parts
    this.#rows = rows
    this.#options = options
  }

  /** Undefined for a statement that cannot take several rows, or when there are none. */
  static of(checked: CheckedStatement, rows: readonly (readonly Cell[])[]): Insert | undefined {
    const { rows: parts, parameters: width } = checked
    if (parts === undefined || rows.length === 0) return undefined
    for (const row of rows) checkCount(checked, row.length)
    return new Insert(parts, rows, { width, typed: !PLAIN_ROW.test(parts.row) })
  }

  /** `lent`: by `lendForRows`, or `within` a transaction that is open. Throws `rejected` for rows that no database could take. */
  async run(pool: MysqlPool, lent: Lent, within: boolean): Promise<ExecResult> {
    if (!within && this.#rows.length > ONE_STATEMENT) {
      try {
        return await this.#inBlocks(pool, lent)
      } catch (error) {
        if (!(error instanceof TooLarge)) throw error
      }
    }
    const rows = new ParameterWriter(this.#rows, this.#options)
    const bytes = this.#rows.map((_, i) => rows.size(i))
    const steps = this.#steps(bytes, lent.maxPacket)
    const send = (some: readonly RowsStep[]): Promise<readonly ExecResult[]> => pool.execRows(lent, rows, some)
    if (steps.length === 1) {
      if (!within) await pool.commitEach(lent, true)
      return sumOf(await send(steps))
    }
    if (!within) return allOrNothing(pool, lent, { words: PIPELINE, run: async () => sumOf(await send(steps)) })
    const oneByOne = async (): Promise<ExecResult> => {
      const results: ExecResult[] = []
      for (const step of steps) results.push(...(await send([step])))
      return sumOf(results)
    }
    return allOrNothing(pool, lent, { words: SAVEPOINT, run: oneByOne })
  }

  /** Throws `TooLarge` when a block does not fit into a packet: then nothing is written. */
  #inBlocks(pool: MysqlPool, lent: Lent): Promise<ExecResult> {
    const blocks = new RowBlocks(this.#rows, this.#options, lent.maxPacket)
    const unknown = this.#rows.map(() => 0)
    const steps = this.#steps(unknown, lent.maxPacket)
    return allOrNothing(pool, lent, { words: PIPELINE, run: async () => sumOf(await pool.execRows(lent, blocks, steps)) })
  }

  /** `bytes`: of each row. */
  #steps(bytes: readonly number[], packet: number): RowsStep[] {
    const { head, row, tail } = this.#parts
    let from = 0
    return chunkSizes(bytes, { packet, width: this.#options.width }).map((size) => {
      const to = from + size
      const step = { sql: `${head}${`${row},`.repeat(size - 1)}${row}${tail}`, from, to }
      from = to
      return step
    })
  }
}
