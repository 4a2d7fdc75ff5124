/** Seconds of CPU of the whole process, the collector included, that `run` takes: others at work on the machine do not count. */
export function cpuSeconds(run: () => unknown): number {
  const begin = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(begin)
  return (user + system) / 1e6
}

/** Milliseconds of CPU that this thread has used so far. */
export function threadMillis(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

export function median(rounds: number, run: () => number): number {
  return Array.from({ length: rounds }, run).toSorted((a, b) => a - b)[rounds >> 1] ?? 0
}
