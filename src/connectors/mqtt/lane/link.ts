import net from 'node:net'
import tls from 'node:tls'
import { Duplex } from 'node:stream'
import type { Reading } from './reading.ts'

/** Where the broker is and how to get there. */
export interface Address {
  readonly host: string
  readonly port: number
  /** For TLS: certificates and what to check. Absent: plain TCP. */
  readonly tls?: tls.ConnectionOptions
  /** Another transport, such as WebSocket; makes a new stream for each connection. */
  readonly transport?: () => Duplex
}

export interface LinkEvents {
  /** False when the connection has been replaced: its events mean nothing any more. */
  readonly current: () => boolean
  readonly drained: () => void
  readonly closed: () => void
}

/** What mqtt.js takes for its socket, and the real one behind it. */
export interface Link {
  readonly session: Duplex
  readonly socket: Duplex
}

/** Opens a connection. Its bytes go to `reading`; the session's packets go out between the lane's. */
export function openLink(address: Address, reading: Reading, events: LinkEvents): Link {
  const socket = openSocket(address, reading, events.current)
  const session = new Duplex({
    read() {
      if (events.current()) reading.releaseForSession()
    },
    write(chunk: Buffer, _encoding, done) {
      socket.write(chunk, done)
    },
    // the session corks around each of its packets: what comes here is whole packets, so others may go between two calls
    writev(chunks, done) {
      socket.write(Buffer.concat(chunks.map(({ chunk }: { chunk: Buffer }) => chunk)), done)
    },
    final(done) {
      socket.end(done)
    },
    destroy(error, done) {
      socket.destroy()
      if (events.current()) events.closed()
      done(error)
    },
  })
  socket.on('error', (error) => session.destroy(error))
  socket.on('end', () => session.destroy())
  socket.on('close', () => session.destroy())
  socket.on('drain', () => {
    if (events.current()) events.drained()
  })
  return { session, socket }
}

function openSocket({ host, port, tls: secure, transport }: Address, reading: Reading, current: () => boolean): Duplex {
  if (transport !== undefined) return openOther(transport, reading, current)
  // a function as buffer: node asks it for memory before each read
  const onread = {
    buffer: () => reading.space,
    callback: (count: number) => current() && (secure === undefined ? reading.read(count) : reading.readRecord(count)),
  }
  if (secure === undefined) return net.connect({ host, port, noDelay: true, onread })
  const options = { servername: net.isIP(host) === 0 ? host : '', ...secure, host, port, noDelay: true, onread }
  return tls.connect(options)
}

function openOther(transport: () => Duplex, reading: Reading, current: () => boolean): Duplex {
  const socket = transport()
  socket.on('data', (chunk: Buffer) => {
    if (!current()) return
    const taken = reading.copy(chunk)
    if (taken === chunk.length && !reading.held) return
    if (reading.held) socket.pause()
    if (taken < chunk.length) socket.unshift(chunk.subarray(taken))
  })
  return socket
}
