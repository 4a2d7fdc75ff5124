import { type Batches, NOTHING, type Operator } from '../../api/operator.ts'
import { toPlutinoError } from '../../base/errors.ts'
import type { Row, RowBatch, RowError, Schema } from '../../data/batch.ts'
import { toRecord } from '../../data/record.ts'
import { isStruct, type Cell, type Struct, type Value } from '../../data/value.ts'
import type { CompileDeps, Compiler } from '../../expression/compile.ts'
import { joinResults } from './joined-results.ts'
import { asJoinError, joinByLeft, joinByRight } from './joiner.ts'
import { KeptTable } from './kept-table.ts'
import { RowIndex } from './row-index.ts'
import { CompiledStep, type JoinStep } from './step.ts'

interface JoinedTable {
  readonly name: string
  /** How many rows it keeps at most. */
  readonly retain: number
  /** Of its rows. */
  readonly schema: Schema
}

/** A row that a scan table keeps. */
export interface TableRow {
  readonly table: string
  readonly content: Struct
}

interface TableJoinParts {
  readonly steps: readonly JoinStep[]
  /** One for each step. */
  readonly tables: readonly JoinedTable[]
  /** Slots of the joined row. */
  readonly width: number
}

/** Joins what comes at port 0, row by row or result by result, with what tables hold now. Their rows come at the ports behind it. */
export function tableJoin(parts: TableJoinParts, compiler: Compiler, deps: CompileDeps): TableJoin {
  return new TableJoin(parts, compiler, deps)
}

export class TableJoin implements Operator {
  readonly name = 'join'
  readonly #steps: readonly CompiledStep[]
  readonly #tables: readonly KeptTable[]
  readonly #described: readonly JoinedTable[]
  readonly #width: number

  constructor({ steps, tables, width }: TableJoinParts, compiler: Compiler, deps: CompileDeps) {
    this.#steps = steps.map((step) => new CompiledStep(step, compiler, deps))
    this.#tables = this.#steps.map((step, i) => new KeptTable(step, { retain: tables[i]?.retain ?? 1, width }))
    this.#described = tables
    this.#width = width
  }

  /** What the tables hold, as far as the rule reads it. */
  content(): readonly TableRow[] {
    return this.#described.flatMap(({ name, schema }, i) => {
      const rows = this.#tables[i]?.rows() ?? []
      return rows.map((row) => ({ table: name, content: toRecord(schema, row) }))
    })
  }

  process(batch: RowBatch, port: number): Batches {
    const table = this.#tables[port - 1]
    return table === undefined ? this.#join(batch) : keep(table, batch)
  }

  snapshot(): Value {
    return { tables: this.#tables.map((table) => table.snapshot()) }
  }

  restore(state: Value): void {
    const tables = isStruct(state) ? state['tables'] : undefined
    if (Array.isArray(tables)) this.#tables.forEach((table, i) => table.restore(tables[i]))
  }

  #join(batch: RowBatch): Batches {
    return joinResults(batch, (rows) => asJoinError(() => this.#pair(rows)))
  }

  #pair(rows: readonly Row[]): readonly Row[] {
    let left: readonly Row[] = rows.map((row) => widened(row, this.#width))
    for (const [i, step] of this.#steps.entries()) {
      const right = this.#tables[i]?.index
      if (right === undefined) continue
      const joined: Row[] = []
      if (step.type === 'RIGHT') joinByRight(step, new RowIndex(step.leftKeys, left), right.rows(), joined)
      else joinByLeft(step, left, right, joined)
      left = joined
    }
    return left
  }
}

/** A row of a table that cannot be kept is an error of its own. */
function keep(table: KeptTable, { schema, rows, errors = [] }: RowBatch): Batches {
  const failed: RowError[] = errors.map(({ error }) => ({ at: 0, error }))
  for (const row of rows) {
    try {
      asJoinError(() => table.add(row))
    } catch (error) {
      failed.push({ at: 0, error: toPlutinoError(error, 'row_failed') })
    }
  }
  return failed.length === 0 ? NOTHING : [{ schema, rows: [], results: [0], errors: failed }]
}

function widened(row: Row, width: number): Row {
  const wide: Cell[] = row.slice(0, width)
  while (wide.length < width) wide.push(undefined)
  return wide
}
