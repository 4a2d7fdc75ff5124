import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Clock } from './clock.ts'

export interface IdleMemoryParts {
  readonly clock: Clock
  /** Processor time of the process so far, in milliseconds. */
  readonly cpuMs: () => number
  /** Bytes in use in the heap of this thread. */
  readonly heapBytes: () => number
  /** Gives the memory that is free back to the system. */
  readonly collect: () => void
}

const CHECK_MS = 2000
/** Below this share of a processor nobody waits for the pause of a collection. */
const QUIET_SHARE = 0.02
/** Work after which there is something to give back, in milliseconds. */
const WORK_MS = 2000
/** A larger heap takes long to collect. */
const LARGEST = 64 * 2 ** 20

/**
 * Gives memory back once the process is quiet: after its start, and then after much work. The engine keeps what its youngest objects once
 * took for as long as nothing happens. Returns the function that ends it.
 */
export function giveBackWhenIdle({ clock, cpuMs, heapBytes, collect }: IdleMemoryParts): () => void {
  let collected = Number.NEGATIVE_INFINITY
  let before = cpuMs()
  let cancel = clock.after(CHECK_MS, check)
  function check(): void {
    const now = cpuMs()
    const quiet = now - before < CHECK_MS * QUIET_SHARE
    if (quiet && now - collected > WORK_MS && heapBytes() < LARGEST) {
      collect()
      collected = cpuMs()
    }
    before = cpuMs()
    cancel = clock.after(CHECK_MS, check)
  }
  return () => cancel()
}

/** `collect` of the engine that runs this; does nothing where it has none. */
export function heapCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  return () => {
    if (typeof collect === 'function') collect({ type: 'major', flavor: 'last-resort', execution: 'sync' })
  }
}
