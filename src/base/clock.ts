/** The only way to learn the time or to wait, so that tests control both. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Milliseconds since some moment: never goes back, whatever is done to the clock on the wall. How long something lasts is told by it. */
  elapsed(): number
  /** Calls back once, not before `ms` milliseconds from now. Returns the function that cancels it. */
  after(ms: number, callback: () => void): () => void
  /** Resolves after `ms` milliseconds; rejects with the reason of `signal` when that is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** What a timer of the system can wait at most; a longer one would end at once. */
const LONGEST_TIMER = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, callback) {
    let timer: NodeJS.Timeout
    const wait = (left: number): void => {
      timer = left > LONGEST_TIMER ? setTimeout(() => wait(left - LONGEST_TIMER), LONGEST_TIMER) : setTimeout(callback, left)
    }
    wait(ms)
    return () => clearTimeout(timer)
  },
  sleep(ms, signal) {
    return sleepOn(systemClock, ms, signal)
  },
}

/** `sleep` in terms of `after`, for every clock. */
export function sleepOn(clock: Pick<Clock, 'after'>, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortReason(signal))
      return
    }
    const stop = (): void => {
      cancel()
      if (signal !== undefined) reject(abortReason(signal))
    }
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
    signal?.addEventListener('abort', stop, { once: true })
  })
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted')
}

/** Microseconds from an arbitrary start, for measuring how long something takes; never decides what is done. */
export function monotonicMicros(): number {
  return performance.now() * 1000
}
