import type { Value } from '../data/value.ts'

/** Intervals that were covered, without overlaps, in their order. */
export class Intervals {
  #bounds: { readonly start: number; readonly end: number }[] = []

  /** Covers `start` to `end` and gives the parts of it that were not covered before. */
  add(start: number, end: number): Value[] {
    const touching = this.#bounds.filter((other) => other.end >= start && other.start <= end)
    const parts: Value[] = []
    let from = start
    for (const other of touching) {
      if (other.start > from) parts.push({ start: from, end: other.start })
      from = Math.max(from, other.end)
    }
    if (from < end || touching.length === 0) parts.push({ start: from, end })
    const first = touching[0]?.start ?? start
    const whole = { start: Math.min(start, first), end: Math.max(end, from) }
    this.#bounds = [...this.#bounds.filter((other) => !touching.includes(other)), whole].toSorted((a, b) => a.start - b.start)
    return parts
  }

  /** Nothing asks for what was before `time`. */
  forget(time: number): void {
    this.#bounds = this.#bounds.filter(({ end }) => end >= time)
  }

  snapshot(): Value {
    return this.#bounds.flatMap(({ start, end }) => [start, end])
  }

  restore(bounds: readonly number[]): void {
    for (let i = 0; i + 1 < bounds.length; i += 2) this.#bounds.push({ start: bounds[i] ?? 0, end: bounds[i + 1] ?? 0 })
  }
}
