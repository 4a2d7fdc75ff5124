/** Median microseconds of one of `count` things that `work` does, over rounds of at least 50 ms. */
export async function measure(count: number, work: () => unknown): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 25; round++) {
    const begin = performance.now()
    let done = 0
    while (performance.now() - begin < 50) {
      await work()
      done += count
    }
    times.push(((performance.now() - begin) * 1000) / done)
  }
  return times.toSorted((a, b) => a - b)[12] ?? 0
}
