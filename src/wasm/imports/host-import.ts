import type { WireReader, WireWriter } from '../abi/wire.ts'

/** Answers a call of the guest at once, in the guest's own thread. Arguments and result are in wire form. */
export type HostFunction = (args: WireReader, result: WireWriter) => void

/** As `HostFunction`, of numbers alone: core values, of which an i64 is a bigint. */
export type DirectFunction = (...args: readonly (number | bigint)[]) => number | bigint

/** An interface of the WIT whose calls wait for something; answered in the server's thread, one object for each plugin instance. */
export interface HostImport {
  /** Name of the interface. */
  readonly name: string
  /**
   * `name`: as in the WIT, such as `[method]connection.exec`. Gives the result in wire form. Never rejects for what the guest or the other
   * side did: that is the guest's `err`. When it does reject, the instance ends.
   */
  call(name: string, args: Uint8Array): Promise<Uint8Array<ArrayBuffer>>
  /** The guest gave a resource back. */
  drop(rep: number): Promise<void>
  /** The instance has ended: releases everything, and ends what waits. */
  close(): Promise<void>
}

const WAITING_INTERFACES: ReadonlySet<string> = new Set(['db', 'http', 'tcp'])
const WAITING_FUNCTIONS: ReadonlySet<string> = new Set(['clock.sleep'])

/** Whether the guest is suspended in this function until the server's thread has answered. */
export function waits(interfaceName: string, functionName: string): boolean {
  return WAITING_INTERFACES.has(interfaceName) || WAITING_FUNCTIONS.has(`${interfaceName}.${functionName}`)
}
