import { randomBytes } from 'node:crypto'
import { GuestTrap } from '../abi/trap.ts'
import type { HostFunction } from './instance.ts'

/** How many bytes of one line reach the log. */
const LINE_BYTES = 8192
const RANDOM_BYTES = 1024 * 1024

export interface GuestLog {
  /** Names of the levels, by discriminant. */
  readonly levels: readonly string[]
  write(level: string, text: string): void
}

/** The imports that are answered in the guest's own thread. `now` gives milliseconds since the epoch. */
export function hostFunctions(log: GuestLog, now: () => number): ReadonlyMap<string, HostFunction> {
  return new Map<string, HostFunction>([
    [
      'log.log',
      (args) => {
        const level = log.levels[args.u8()] ?? 'info'
        const line = args.blob()
        log.write(level, line.length > LINE_BYTES ? `${line.toString('utf8', 0, LINE_BYTES)}…` : line.toString('utf8'))
      },
    ],
    ['clock.now', (_, result) => result.u64(BigInt.asUintN(64, BigInt(Math.floor(now()))))],
    ['clock.monotonic', (_, result) => result.u64(process.hrtime.bigint())],
    ['random.next', (_, result) => result.raw(randomBytes(8))],
    [
      'random.bytes',
      (args, result) => {
        const count = args.u32()
        if (count > RANDOM_BYTES) throw new GuestTrap(`the guest asked for ${count} random bytes at once; ${RANDOM_BYTES} are allowed`)
        result.blob(randomBytes(count))
      },
    ],
  ])
}
