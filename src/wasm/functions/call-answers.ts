import type { PlutinoError } from '../../base/errors.ts'
import { WireReader } from '../abi/wire.ts'
import type { CallsDone } from '../instance/call-list.ts'

const NO_BYTES = new Uint8Array()
const NO_ENDS = new Uint32Array()

/** What calls gave that follow each other. */
export class CallAnswers {
  readonly #wire: WireReader
  readonly #ends: Uint32Array
  readonly #failure: PlutinoError | undefined
  readonly #unwrap: (wire: WireReader) => void

  /** `unwrap`: reads up to the `ok` of a result; throws its error. */
  constructor({ bytes, ends, failure, unknown }: CallsDone, unwrap: (wire: WireReader) => void) {
    this.#wire = new WireReader(bytes)
    this.#ends = ends
    this.#failure = unknown === true ? undefined : failure
    this.#unwrap = unwrap
  }

  static none(): CallAnswers {
    return new CallAnswers({ bytes: NO_BYTES, ends: NO_ENDS }, () => {})
  }

  /** Of a single call that was not made, or has failed. */
  static failed(failure: PlutinoError): CallAnswers {
    return new CallAnswers({ bytes: NO_BYTES, ends: NO_ENDS, failure }, () => {})
  }

  /** Of a single call, whose reader stands behind its `ok` already. */
  static one({ bytes, at }: WireReader): CallAnswers {
    const rest = bytes.subarray(at)
    return new CallAnswers({ bytes: rest, ends: Uint32Array.of(rest.length) }, () => {})
  }

  /** How many calls were made, the last one perhaps not to its end. */
  get count(): number {
    return this.#ends.length + (this.#failure === undefined ? 0 : 1)
  }

  /** Stands behind the `ok`, and is read before the next one is asked for. Throws what the guest gave as error, or why it ended. */
  read(call: number): WireReader {
    const end = this.#ends[call]
    if (end === undefined) throw this.#failure ?? new RangeError(`there is no answer ${call}`)
    const wire = this.#wire
    wire.at = this.#ends[call - 1] ?? 0
    // there are functions without a result
    if (wire.at < end) this.#unwrap(wire)
    return wire
  }
}
