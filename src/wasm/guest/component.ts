import type { DirectFunction, HostFunction } from '../imports/host-import.ts'

/** What a component's imports lead to. */
export interface ComponentHost {
  /**
   * Functions of numbers alone, by `interface.function`: called with core values, as the guest passes them, and gives one. They are the
   * cheapest.
   */
  readonly direct: ReadonlyMap<string, DirectFunction>
  /** Functions that are answered at once, by `interface.function`, as in the WIT. */
  readonly functions: ReadonlyMap<string, HostFunction>
  /** Answers a function that `waits`; the guest is suspended meanwhile. Arguments and result are in wire form. */
  wait(interfaceName: string, functionName: string, args: Uint8Array<ArrayBuffer>): Promise<Uint8Array>
  /** The guest gave a resource of that interface back. */
  drop(interfaceName: string, rep: number): void
}

/** A running component, whatever executes it. Calls must not overlap; after a throw it must not be used again. */
export interface Component {
  /** Memory of the guest, in bytes. */
  readonly memoryBytes: number
  /**
   * Calls an exported function; arguments and result are in wire form. The promise is there only for components that may wait for the host.
   * The result is valid until the next call.
   */
  call(interfaceName: string, functionName: string, args: Uint8Array): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>
}
