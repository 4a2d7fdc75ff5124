import type { Row } from '../data/batch.ts'
import { rowsOfState, stateOfRows } from '../data/row-state.ts'
import { isStruct, type Value } from '../data/value.ts'

/** Rows of one source, in the order in which they came, with their times. */
export interface TimedRows {
  readonly port: number
  readonly rows: readonly Row[]
  readonly times: readonly number[]
}

/** Rows behind one another that come from one source. */
export interface PortRows {
  readonly port: number
  readonly rows: readonly Row[]
}

/** Rows that wait, by their time; those of one time in the order in which they came. */
export class SortedRows {
  #rows: Row[] = []
  #times: number[] = []
  #ports: number[] = []
  /** What lies before it has been taken. */
  #from = 0

  get length(): number {
    return this.#rows.length - this.#from
  }

  /** Time of the first row. */
  get first(): number | undefined {
    return this.#times[this.#from]
  }

  add(given: TimedRows): void {
    const added = isSorted(given.times) ? given : sorted(given)
    const { port, rows, times } = added
    const first = times[0]
    if (first === undefined) return
    const last = this.#times.at(-1)
    if (this.length > 0 && last !== undefined && last > first) this.#merge(added, first)
    else {
      for (let i = 0; i < rows.length; i++) this.#push(rows[i] ?? [], times[i] ?? 0, port)
    }
  }

  /** Takes the rows up to `time`, itself included. */
  take(time: number): readonly PortRows[] {
    const to = this.#search(time)
    const taken: PortRows[] = []
    let begin = this.#from
    for (let i = this.#from + 1; i <= to; i++) {
      if (i < to && this.#ports[i] === this.#ports[begin]) continue
      taken.push({ port: this.#ports[begin] ?? 0, rows: this.#rows.slice(begin, i) })
      begin = i
    }
    this.#from = to
    this.#forget()
    return taken
  }

  snapshot(): Value {
    return {
      rows: stateOfRows(this.#rows.slice(this.#from)),
      times: new Uint8Array(Float64Array.from(this.#times.slice(this.#from)).buffer),
      ports: new Uint8Array(Uint16Array.from(this.#ports.slice(this.#from)).buffer),
    }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    const { times, ports } = state
    this.#rows = rowsOfState(state['rows'])
    this.#times = times instanceof Uint8Array ? [...new Float64Array(Uint8Array.from(times).buffer)] : []
    this.#ports = ports instanceof Uint8Array ? [...new Uint16Array(Uint8Array.from(ports).buffer)] : []
    this.#from = 0
  }

  #push(row: Row, time: number, port: number): void {
    this.#rows.push(row)
    this.#times.push(time)
    this.#ports.push(port)
  }

  /** Everything later than `first` is laid in anew, behind or between what is added. */
  #merge({ port, rows, times }: TimedRows, first: number): void {
    const at = this.#search(first)
    const laterRows = this.#rows.splice(at)
    const laterTimes = this.#times.splice(at)
    const laterPorts = this.#ports.splice(at)
    let next = 0
    for (let i = 0; i < laterRows.length; i++) {
      const time = laterTimes[i] ?? 0
      for (; next < rows.length && (times[next] ?? 0) < time; next++) this.#push(rows[next] ?? [], times[next] ?? 0, port)
      this.#push(laterRows[i] ?? [], time, laterPorts[i] ?? 0)
    }
    for (; next < rows.length; next++) this.#push(rows[next] ?? [], times[next] ?? 0, port)
  }

  /** Place of the first row that is later than `time`. */
  #search(time: number): number {
    let [low, high] = [this.#from, this.#times.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#times[middle] ?? 0) <= time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Gives the memory of taken rows back, in pieces that cost little. */
  #forget(): void {
    if (this.#from < this.#rows.length && this.#from < Math.max(1024, this.length)) return
    this.#rows = this.#rows.slice(this.#from)
    this.#times = this.#times.slice(this.#from)
    this.#ports = this.#ports.slice(this.#from)
    this.#from = 0
  }
}

export function isSorted(times: readonly number[]): boolean {
  for (let i = 1; i < times.length; i++) if ((times[i] ?? 0) < (times[i - 1] ?? 0)) return false
  return true
}

function sorted({ port, rows, times }: TimedRows): TimedRows {
  const order = [...times.keys()].toSorted((a, b) => (times[a] ?? 0) - (times[b] ?? 0))
  return { port, rows: order.map((i) => rows[i] ?? []), times: order.map((i) => times[i] ?? 0) }
}
