import type { Clock } from '../../base/clock.ts'
import { PlutinoError, toPlutinoError } from '../../base/errors.ts'
import { GuestTrap } from '../abi/trap.ts'
import { WireWriter } from '../abi/wire.ts'
import type { GuestErrors } from '../values/guest-errors.ts'

/** Writes what a call gave, behind the `ok`. */
export type Answer = (result: WireWriter) => void

export interface AnswerParts {
  readonly errors: GuestErrors
  /** The most bytes of an answer. */
  readonly payloadBytes: number
  /** Whose answer it is, for messages: `the database`. */
  readonly other: string
}

/** The `result` of a call: what `work` gave, or why it failed. Never rejects. */
export async function answer(work: () => Promise<Answer>, { errors, payloadBytes, other }: AnswerParts): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const write = await work()
    const result = new WireWriter(payloadBytes)
    result.u8(0)
    write(result)
    return result.take()
  } catch (error) {
    const failed = new WireWriter()
    failed.u8(1)
    const tooLarge = error instanceof GuestTrap
    errors.write(
      failed,
      tooLarge ? new PlutinoError('rejected', `the answer of ${other} is larger than ${payloadBytes} bytes`) : toPlutinoError(error),
    )
    return failed.take()
  }
}

/** Rejects with `late()` after `ms`; what comes later is forgotten. */
export function within<T>(clock: Clock, ms: number, work: Promise<T>, late: () => PlutinoError): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(late()))
    work.then(resolve, reject).finally(cancel)
  })
}
