import { randomBytes } from 'node:crypto'
import { GuestTrap } from '../abi/trap.ts'
import type { HostFunction } from './host-import.ts'

const MOST = 65_536
/** Randomness is fetched from the system in pieces of this size: a call of it costs a microsecond. */
const POOL = 4096

export function randomFunctions(): ReadonlyMap<string, HostFunction> {
  let pool = Buffer.alloc(0)
  const next = (): Buffer => {
    if (pool.length < 8) pool = randomBytes(POOL)
    const eight = pool.subarray(0, 8)
    pool = pool.subarray(8)
    return eight
  }
  return new Map<string, HostFunction>([
    ['random.next', (_, result) => result.raw(next())],
    [
      'random.bytes',
      (args, result) => {
        const count = args.u32()
        if (count > MOST) throw new GuestTrap(`the guest asked for ${count} random bytes at once; ${MOST} are allowed`)
        result.blob(randomBytes(count))
      },
    ],
  ])
}
