import type { Connection } from 'mysql2'

/** What the driver gives to the command that is at work: an answer of the server. */
export interface DriverPacket {
  isError(): boolean
  asError(encoding: string): Error
  readInt8(): number
  readLengthCodedNumber(bigNumbersAsText: boolean, signed?: boolean): number | string
}

/** A command of the driver's queue: it is called once to begin, and then with every packet that comes until it gives true. */
export interface DriverCommand {
  execute(packet: DriverPacket | undefined, connection: DriverConnection): boolean
  /** Called instead when the connection is lost. */
  onResult(error: Error): void
}

/** The driver's connection with what its types leave out. The version of the driver is fixed by the lock file, and its tests are ours. */
export interface DriverConnection extends Connection {
  readonly clientEncoding: string
  /** Of TCP or of TLS. */
  readonly stream: {
    on(event: 'data', listener: (chunk: Uint8Array) => void): void
    off(event: 'data', listener: (chunk: Uint8Array) => void): void
  }
  addCommand(command: DriverCommand): void
  /** The packet has four bytes in front for its head. */
  writePacket(packet: { readonly buffer: Buffer; length(): number; writeHeader(sequence: number): void }): void
  /** Numbers of packets begin anew with every command. */
  _resetSequenceId(): void
  _bumpSequenceId(packets: number): void
}
