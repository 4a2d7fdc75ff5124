import { type ErrorCode, PlutinoError } from '../../base/errors.ts'
import type { WireReader, WireWriter } from '../abi/wire.ts'
import type { Contract } from '../wit/contract.ts'
import { guestText } from './guest-text.ts'
import { codecOf, member, type WitCodec, type WitValue } from './codec.ts'

const CODES: ReadonlyMap<string, ErrorCode> = new Map([
  ['invalid', 'config_invalid'],
  ['unavailable', 'unavailable'],
  ['rejected', 'rejected'],
  ['denied', 'denied'],
  ['timeout', 'timeout'],
  ['internal', 'plugin_failed'],
])

/** Errors between the WIT's `error` and ours. */
export class GuestErrors {
  readonly #codec: WitCodec

  constructor(contract: Contract) {
    const type = contract.interface('types').types.get('error')
    if (type === undefined) throw new PlutinoError('internal', 'the WIT has no type "error"')
    this.#codec = codecOf(type)
  }

  write(wire: WireWriter, error: PlutinoError): void {
    const [kind = 'internal'] = [...CODES].find(([, code]) => code === error.code) ?? []
    this.#codec.write(wire, { kind, message: guestText(error.message), code: undefined })
  }

  /** Reads a `result`: throws what the guest gave as its error, else leaves the reader at the value. */
  unwrap(wire: WireReader): void {
    if (wire.u8() !== 0) throw this.#toError(this.#codec.read(wire))
  }

  #toError(value: WitValue): PlutinoError {
    const [kind, message, code] = ['kind', 'message', 'code'].map((name) => guestText(textOf(member(value, name))))
    return new PlutinoError(CODES.get(kind ?? '') ?? 'plugin_failed', code === '' ? (message ?? '') : `${message} (${code})`)
  }
}

function textOf(value: WitValue): string {
  return typeof value === 'string' ? value : ''
}
