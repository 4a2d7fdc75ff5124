/** Below this many runs that are gone it is not worth moving the others. */
const FEW = 1_024

/** The times of rows, first in, first out, never going back. Rows of the same time, of which there are many, take one place together. */
export class TimeRuns {
  #times: number[] = []
  #counts: number[] = []
  #head = 0

  /** Of the oldest row. */
  get first(): number | undefined {
    return this.#times[this.#head]
  }

  /** Of the youngest row. */
  get last(): number | undefined {
    return this.#head < this.#times.length ? this.#times.at(-1) : undefined
  }

  /** How many rows have the time of the oldest one. */
  get firstCount(): number {
    return this.#counts[this.#head] ?? 0
  }

  push(time: number, count = 1): void {
    const end = this.#times.length - 1
    if (end >= this.#head && this.#times[end] === time) this.#counts[end] = (this.#counts[end] ?? 0) + count
    else {
      this.#times.push(time)
      this.#counts.push(count)
    }
  }

  /** The `count` oldest leave, which are not more than `firstCount`. */
  drop(count: number): void {
    const left = this.firstCount - count
    if (left > 0) this.#counts[this.#head] = left
    else this.#leave(this.#head + 1)
  }

  /** All that are older than `time` leave; gives how many. */
  dropBefore(time: number): number {
    let [count, head] = [0, this.#head]
    while (head < this.#times.length && (this.#times[head] ?? time) < time) count += this.#counts[head++] ?? 0
    if (count > 0) this.#leave(head)
    return count
  }

  /** All become older. */
  setBack(by: number): void {
    this.#times = this.#times.map((time) => time - by)
  }

  /** One for each row. */
  toArray(): number[] {
    const all: number[] = []
    for (let at = this.#head; at < this.#times.length; at++) {
      for (let i = 0; i < (this.#counts[at] ?? 0); i++) all.push(this.#times[at] ?? 0)
    }
    return all
  }

  #leave(head: number): void {
    this.#head = head
    if (head < FEW || head * 2 < this.#times.length) return
    this.#times = this.#times.slice(head)
    this.#counts = this.#counts.slice(head)
    this.#head = 0
  }
}
