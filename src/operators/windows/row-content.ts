import { PlutinoError } from '../../base/errors.ts'
import type { Row } from '../../data/batch.ts'
import { rowsOfState, stateOfRows } from '../../data/row-state.ts'
import { isStruct, type Value } from '../../data/value.ts'
import type { WindowBound } from '../../expression/calls.ts'
import type { ContentFactory, Joiner, WindowContent, WindowTimes } from './content.ts'
import type { WindowOutput } from './output.ts'
import { RowQueue } from './row-queue.ts'

interface RowContentParts {
  readonly bounds: readonly WindowBound[]
  readonly omitEmpty: boolean
  /** How many inputs, and what pairs their rows, where there are several. */
  readonly join?: { readonly inputs: number; readonly joiner: Joiner }
}

/** Contents that keep rows. */
export function rowContent(parts: RowContentParts): ContentFactory {
  return () => new RowContent(parts)
}

/** Keeps the rows and gives them all, with the bounds of the window behind them; or what a join makes of those of several inputs. */
class RowContent implements WindowContent {
  readonly #parts: RowContentParts
  readonly #rows = new RowQueue<Row>()
  /** Of each row its input, when there are several. */
  readonly #ports = new RowQueue<number>()
  /** Rows in each pane but the youngest, the oldest first. */
  readonly #panes = new RowQueue<number>()
  #inPanes = 0

  constructor(parts: RowContentParts) {
    this.#parts = parts
  }

  get empty(): boolean {
    return this.#rows.size === 0
  }

  add(rows: readonly Row[], from: number, to: number, port: number): void {
    const joins = this.#parts.join !== undefined
    for (let i = from; i < to; i++) {
      const row = rows[i]
      if (row === undefined) continue
      this.#rows.push(row)
      if (joins) this.#ports.push(port)
    }
  }

  cut(): void {
    const rows = this.#rows.size - this.#inPanes
    this.#panes.push(rows)
    this.#inPanes += rows
  }

  dropPane(): void {
    const rows = this.#panes.at(0) ?? 0
    this.#panes.drop(1)
    this.#inPanes -= rows
    this.evict(rows)
  }

  evict(count: number): void {
    this.#rows.drop(count)
    if (this.#parts.join !== undefined) this.#ports.drop(count)
  }

  clear(): void {
    this.#rows.clear()
    this.#ports.clear()
    this.#panes.clear()
    this.#inPanes = 0
  }

  fire(times: WindowTimes, output: WindowOutput): void {
    const { join, omitEmpty } = this.#parts
    if (join !== undefined) this.#fireJoined(join, times, output)
    else if (this.#rows.size > 0 || (!omitEmpty && canHoldRows(times))) this.#give(this.#rows.toArray(), times, output)
  }

  snapshot(): Value {
    return { rows: stateOfRows(this.#rows.toArray()), ports: this.#ports.toArray(), panes: this.#panes.toArray() }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    for (const row of rowsOfState(state['rows'])) this.#rows.push(row)
    for (const port of numbersOf(state['ports'])) this.#ports.push(port)
    for (const rows of numbersOf(state['panes'])) {
      this.#panes.push(rows)
      this.#inPanes += rows
    }
  }

  /** A result of a join that pairs nothing is none. */
  #fireJoined({ inputs, joiner }: NonNullable<RowContentParts['join']>, times: WindowTimes, output: WindowOutput): void {
    const sides = Array.from({ length: inputs }, (): Row[] => [])
    this.#rows.toArray().forEach((row, i) => sides[this.#ports.at(i) ?? 0]?.push(row))
    const joined: Row[] = []
    output.worked(this.#rows.size)
    try {
      joiner(sides, joined)
    } catch (thrown) {
      if (!(thrown instanceof PlutinoError)) throw thrown
      output.fail(thrown)
      return
    }
    if (joined.length > 0) this.#give(joined, times, output)
  }

  #give(rows: readonly Row[], times: WindowTimes, output: WindowOutput): void {
    const { bounds } = this.#parts
    if (bounds.length === 0) for (const row of rows) output.row(row)
    else for (const row of rows) output.row(withBounds(row, bounds, times))
    output.end()
  }
}

/** eKuiper's first window may end when it begins. */
function canHoldRows({ start, end }: WindowTimes): boolean {
  return start < end
}

/** The row with the bounds of its window in their slots. */
function withBounds(row: Row, bounds: readonly WindowBound[], times: WindowTimes): Row {
  const whole = row.slice()
  for (const { slot, bound } of bounds) whole[slot] = times[bound]
  return whole
}

function numbersOf(state: Value | undefined): readonly number[] {
  return Array.isArray(state) ? state.map(Number) : []
}
