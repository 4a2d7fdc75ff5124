/** Stretches of at most `size` items; none of nothing. */
export function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  if (items.length <= size) {
    if (items.length > 0) yield items
    return
  }
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size)
}
