import type { Clock } from '../../base/clock.ts'
import { WireReader } from '../abi/wire.ts'
import type { DirectFunction, HostImport } from './host-import.ts'

/** `now` gives milliseconds since the epoch. */
export function clockFunctions(now: () => number): ReadonlyMap<string, DirectFunction> {
  return new Map<string, DirectFunction>([
    ['clock.now', () => BigInt(Math.floor(now()))],
    ['clock.monotonic', () => process.hrtime.bigint()],
  ])
}

const NOTHING = new Uint8Array(0)

/** `clock.sleep`, at most `waitMs`. */
export class Sleep implements HostImport {
  readonly name = 'clock'
  readonly #clock: Clock
  readonly #waitMs: number
  readonly #pending = new Set<() => void>()

  constructor(clock: Clock, waitMs: number) {
    this.#clock = clock
    this.#waitMs = waitMs
  }

  call(_: string, args: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const milliseconds = Math.min(new WireReader(args).u32(), this.#waitMs)
    return new Promise((resolve) => {
      const cancel = this.#clock.after(milliseconds, () => {
        this.#pending.delete(cancel)
        resolve(NOTHING.slice())
      })
      this.#pending.add(cancel)
    })
  }

  drop(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    for (const cancel of this.#pending) cancel()
    this.#pending.clear()
    return Promise.resolve()
  }
}
