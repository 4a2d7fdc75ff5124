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

/** Functions of one interface that are called one after another. There may be many: nothing in it is a list of objects. */
export interface CallList {
  readonly interface: string
  /** Those that are called, each once. */
  readonly functions: readonly string[]
  /** Of each call, at least one: its place in `functions`. */
  readonly calls: Uint8Array<ArrayBuffer>
  readonly args: Uint8Array<ArrayBuffer>
  /** Where the arguments of each call end in `args`. */
  readonly ends: Uint32Array
  /** Of `functions`: when one of these gives anything but an empty list, the calls after it are not made. */
  readonly strict: readonly string[]
}

/** From the main thread. Bytes are in wire form. */
export type ToGuest =
  /** Once, before the first call. */
  | { readonly kind: 'code'; readonly code: GuestCode }
  | { readonly kind: 'calls'; readonly list: CallList; readonly now: number }
  /** Between two calls: the state is this now, because another instance went on with it. */
  | { readonly kind: 'state'; readonly state: readonly StateEntry[] }
  /** Answers `request`. */
  | { readonly kind: 'answer'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer>; readonly now: number }

/** Why a call failed. `logged`: the last error that the guest logged in it: AssemblyScript and Rust say there why they trap. */
export interface GuestFailure {
  readonly reason: string
  readonly logged?: string
}

/** From a plugin's thread. One list of calls is under way at a time; after a failure the thread is of no use. */
export type FromGuest =
  | {
      readonly kind: 'results'
      /** What the calls gave that were made, one after another. */
      readonly bytes: Uint8Array<ArrayBuffer>
      /** Where that of each call ends. */
      readonly ends: Uint32Array
      readonly state: readonly StateEntry[]
      /** Of the call after those. */
      readonly failure?: GuestFailure
    }
  | {
      readonly kind: 'request'
      readonly id: number
      readonly interface: string
      readonly name: string
      readonly args: Uint8Array<ArrayBuffer>
    }
  | { readonly kind: 'drop'; readonly interface: string; readonly rep: number }
  | { readonly kind: 'log'; readonly level: string; readonly text: string }
