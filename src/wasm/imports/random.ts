import { GuestTrap } from '../abi/trap.ts'
import type { DirectFunction, HostFunction } from './host-import.ts'

/** What the system gives at once. */
const MOST = 65_536
/** Randomness is fetched from the system in pieces of this size: a call of it costs a microsecond. */
const POOL = 4096

/** By the global `crypto`, which costs a thread of a plugin nothing until it is used. `count`: at most `MOST`. */
export function freshBytes(count: number): Buffer<ArrayBuffer> {
  return crypto.getRandomValues(Buffer.alloc(count))
}

/** `random.next`, for calls in great number. */
export function directRandom(): ReadonlyMap<string, DirectFunction> {
  let pool = Buffer.alloc(0)
  let at = 0
  const next = (): bigint => {
    if (at === pool.length) {
      pool = freshBytes(POOL)
      at = 0
    }
    at += 8
    return pool.readBigInt64LE(at - 8)
  }
  return new Map([['random.next', next]])
}

export function randomFunctions(): ReadonlyMap<string, HostFunction> {
  return new Map<string, HostFunction>([
    [
      'random.bytes',
      (args, result) => {
        const count = args.u32()
        if (count > MOST) throw new GuestTrap(`the guest asked for ${count} random bytes at once; ${MOST} are allowed`)
        result.blob(freshBytes(count))
      },
    ],
  ])
}
