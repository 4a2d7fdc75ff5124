import type { WitPackage } from '../wit/model.ts'
import type { GuestCode } from './code.ts'

/** State of the plugin in its rule: values in wire form by key. */
export type StateEntry = readonly [key: string, value: Uint8Array | undefined]

/** What a plugin's thread is started with; `code` follows. */
export interface GuestStart {
  /** The WIT as it was read by the main thread: reading it again takes longer than the rest of its start. */
  readonly wit: WitPackage
  readonly heartbeat: SharedArrayBuffer
  readonly state: readonly StateEntry[]
  /** Bytes that one call may bring or return. */
  readonly payloadBytes: number
  readonly memoryBytes: number
  /** Bytes of state that it may keep. */
  readonly stateBytes: number
}

/** From the main thread. Bytes are in wire form. */
export type ToGuest =
  /** Once, before the first call. */
  | { readonly kind: 'code'; readonly code: GuestCode }
  | {
      readonly kind: 'call'
      readonly interface: string
      readonly function: string
      readonly args: Uint8Array<ArrayBuffer>
      readonly now: number
    }
  /** Between two calls: the state is this now, because another instance went on with it. */
  | { readonly kind: 'state'; readonly state: readonly StateEntry[] }
  /** Answers `request`. */
  | { readonly kind: 'answer'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer>; readonly now: number }

/** From a plugin's thread. One call is under way at a time; after `failed` the thread is of no use. */
export type FromGuest =
  | { readonly kind: 'result'; readonly bytes: Uint8Array<ArrayBuffer>; readonly state: readonly StateEntry[] }
  /** `logged`: the last error that the guest logged in this call: AssemblyScript and Rust say there why they trap. */
  | { readonly kind: 'failed'; readonly reason: string; readonly logged?: string }
  | {
      readonly kind: 'request'
      readonly id: number
      readonly interface: string
      readonly name: string
      readonly args: Uint8Array<ArrayBuffer>
    }
  | { readonly kind: 'drop'; readonly interface: string; readonly rep: number }
  | { readonly kind: 'log'; readonly level: string; readonly text: string }
