import type { PlutinoError } from '../../base/errors.ts'
import type { CallList } from '../guest/messages.ts'

/** What a list of calls gave. */
export interface CallsDone {
  /** The answers of the calls that were made, one after another. Where the list ended early, the others were not made. */
  readonly bytes: Uint8Array
  /** Where each ends. */
  readonly ends: Uint32Array
  /** Why the instance ended in the call after those. */
  readonly failure?: PlutinoError
  /** It did in one of the calls, and what the others gave went with it. */
  readonly unknown?: boolean
}

/** No call was made to its end. */
export function noneDone(failure: PlutinoError): CallsDone {
  return { bytes: new Uint8Array(), ends: new Uint32Array(), failure }
}

export function oneCall(interfaceName: string, functionName: string, args: Uint8Array<ArrayBuffer>): CallList {
  const calls = Uint8Array.of(0)
  return { interface: interfaceName, functions: [functionName], calls, args, ends: Uint32Array.of(args.length), strict: [] }
}

interface OneCall {
  readonly interface: string
  readonly function: string
  readonly args: Uint8Array<ArrayBuffer>
}

export function firstCall({ interface: name, functions, calls, args, ends }: CallList): OneCall {
  return { interface: name, function: functions[calls[0] ?? 0] ?? '', args: args.slice(0, ends[0]) }
}

/** The name of a call. */
export function nameOf(list: CallList, call: number): string {
  return `${list.interface}.${list.functions[list.calls[call] ?? 0]}`
}
