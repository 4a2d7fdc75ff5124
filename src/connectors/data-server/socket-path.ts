import { WebSocket, type RawData } from 'ws'
import type { Payload } from '../../api/sink.ts'
import type { Clock } from '../../base/clock.ts'
import { Audience, type Listener } from './audience.ts'
import type { Inbox } from './inbox.ts'

/** The WebSockets at one path: what they send goes to every reader, what is published to every one of them. */
export class SocketPath {
  readonly #audience: Audience
  readonly #sockets = new Set<WebSocket>()
  readonly #readers = new Set<Inbox>()

  constructor(clock: Clock) {
    this.#audience = new Audience(clock)
  }

  /** What clients send goes to `inbox` from now on, until the function that it gives is called. */
  read(inbox: Inbox): () => void {
    this.#readers.add(inbox)
    return () => this.#readers.delete(inbox)
  }

  /** Resolves when no client is far behind. */
  publish(payloads: readonly Payload[]): Promise<void> {
    return this.#audience.publish(payloads)
  }

  accept(socket: WebSocket): void {
    const listener = new SocketListener(socket)
    this.#sockets.add(socket)
    this.#audience.add(listener)
    feed(socket, this.#readers)
    socket.on('close', () => {
      this.#sockets.delete(socket)
      this.#audience.delete(listener)
    })
    // What follows every error is the end of the connection: nobody else is concerned.
    socket.on('error', () => socket.terminate())
  }

  /** Tells every client that nobody is here any more. */
  close(): void {
    for (const socket of this.#sockets) socket.close(1001, 'nobody reads or writes here any more')
  }
}

/** Hands what a socket receives to `readers`; the socket waits as long as one of them is full. */
export function feed(socket: WebSocket, readers: ReadonlySet<Inbox>): void {
  socket.on('message', (data) => {
    const message = bytesOf(data)
    const full: Promise<void>[] = []
    for (const reader of readers) {
      reader.push(message)
      const room = reader.room()
      if (room !== undefined) full.push(room)
    }
    if (full.length === 0 || socket.isPaused) return
    socket.pause()
    void Promise.all(full).then(() => socket.resume())
  })
}

/** One WebSocket as somebody who listens. */
export class SocketListener implements Listener {
  readonly #socket: WebSocket
  #sent: Promise<void> = Promise.resolve()

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  get behind(): number {
    return this.#socket.readyState === WebSocket.OPEN ? this.#socket.bufferedAmount : 0
  }

  send(payloads: readonly Payload[]): void {
    if (this.#socket.readyState !== WebSocket.OPEN || payloads.length === 0) return
    const last = payloads.length - 1
    for (const payload of payloads.slice(0, last)) this.#socket.send(payload)
    this.#sent = new Promise((resolve) => {
      this.#socket.send(payloads[last] ?? '', () => resolve())
    })
  }

  caughtUp(): Promise<void> {
    return this.#sent
  }

  cut(): void {
    this.#socket.terminate()
  }
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}
