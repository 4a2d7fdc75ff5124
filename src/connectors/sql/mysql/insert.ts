import type { ExecResult } from '../../../api/database.ts'
import type { Cell } from '../../../data/value.ts'
import type { CheckedStatement } from '../guard/guard.ts'
import { checkCount } from '../statement.ts'
import { allOrNothing, PIPELINE, SAVEPOINT } from './all-or-nothing.ts'
import { chunkSizes } from './chunks.ts'
import type { RowsStep } from './execute-rows.ts'
import { ParameterWriter } from './parameter-writer.ts'
import type { Lent, MysqlPool } from './pool.ts'
import { sumOf } from './results.ts'

/** VALUES of nothing but `?`, to which integers may go as text. */
const PLAIN_ROW = /^\((?:\?,?\s*)+\)$/

type Parts = NonNullable<CheckedStatement['rows']>

/** An INSERT or REPLACE of one row of parameters, for many rows: few statements with many rows each. */
export class Insert {
  readonly #parts: Parts
  readonly #rows: ParameterWriter
  readonly #width: number

  private constructor(parts: Parts, rows: ParameterWriter, width: number) {
    this.#parts = parts
    this.#rows = rows
    this.#width = width
  }

  /** Undefined for a statement that cannot take several rows, or when there are none. Throws `rejected` for rows that no database could take. */
  static of(checked: CheckedStatement, rows: readonly (readonly Cell[])[]): Insert | undefined {
    const { rows: parts, parameters: width } = checked
    if (parts === undefined || rows.length === 0) return undefined
    for (const row of rows) checkCount(checked, row.length)
    return new Insert(parts, new ParameterWriter(rows, { width, typed: !PLAIN_ROW.test(parts.row) }), width)
  }

  /** `lent`: by `lendForRows`, or `within` a transaction that is open. */
  async run(pool: MysqlPool, lent: Lent, within: boolean): Promise<ExecResult> {
    const steps = this.#steps(lent.maxPacket)
    const send = (some: readonly RowsStep[]): Promise<readonly ExecResult[]> => pool.execRows(lent, this.#rows, some)
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

  #steps(packet: number): RowsStep[] {
    const { head, row, tail } = this.#parts
    const bytes = Array.from({ length: this.#rows.rows }, (_, i) => this.#rows.size(i))
    let from = 0
    return chunkSizes(bytes, { packet, width: this.#width }).map((size) => {
      const to = from + size
      const step = { sql: `${head}${`${row},`.repeat(size - 1)}${row}${tail}`, from, to }
      from = to
      return step
    })
  }
}
