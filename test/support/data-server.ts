import { request as httpRequest, type IncomingMessage } from 'node:http'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { DataServer } from '../../src/connectors/data-server/data-server.ts'
import { RecordingLogger } from './context.ts'
import { FakeClock } from './fake-clock.ts'

export interface DataServerWorld {
  readonly server: DataServer
  readonly clock: FakeClock
  readonly log: RecordingLogger
}

/** A data server on a free port, which nobody has opened yet. */
export function dataServerWorld(port = 0): DataServerWorld {
  const clock = new FakeClock()
  const log = new RecordingLogger()
  return { server: new DataServer({ host: '127.0.0.1', port, clock, log }), clock, log }
}

/** As `dataServerWorld`, closed when the test is over. */
export function testDataServer(port = 0): DataServerWorld {
  const world = dataServerWorld(port)
  onTestFinished(() => world.server.close())
  return world
}

/** Somebody who reads an event stream. */
export class EventReader {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly response: IncomingMessage
  text = ''
  ended = false

  constructor(response: IncomingMessage) {
    this.response = response
    this.status = response.statusCode ?? 0
    this.headers = response.headers
  }

  static open(port: number, path: string, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
    return new Promise((resolve, reject) => {
      const call = httpRequest({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
        const reader = new EventReader(response)
        response.setEncoding('utf8')
        response.on('data', (part: string) => (reader.text += part))
        response.on('error', () => {})
        response.on('close', () => (reader.ended = true))
        resolve(reader)
      })
      call.on('error', reject)
      call.end()
    })
  }

  /** The data of each event so far. */
  get events(): readonly string[] {
    return this.text
      .split('\n\n')
      .slice(0, -1)
      .map((event) =>
        event
          .split('\n')
          .map((line) => line.replace(/^data: /, ''))
          .join('\n'),
      )
  }

  leave(): void {
    this.response.destroy()
  }
}

/** A WebSocket client that keeps what it got. */
export class SocketClient {
  readonly socket: WebSocket
  readonly received: string[] = []
  readonly closed: Promise<number>

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => this.received.push(Buffer.isBuffer(data) ? data.toString('utf8') : ''))
    this.closed = new Promise((resolve) => {
      socket.on('close', resolve)
    })
    socket.on('error', () => {})
  }

  /** Rejects with the status when the server refuses. */
  static open(port: number, path: string, headers: Readonly<Record<string, string>> = {}): Promise<SocketClient> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
      const client = new SocketClient(socket)
      socket.once('open', () => resolve(client))
      socket.once('error', reject)
    })
  }

  send(...messages: readonly (string | Uint8Array)[]): void {
    for (const message of messages) this.socket.send(message)
  }

  leave(): void {
    this.socket.terminate()
  }
}

export interface PostAnswer {
  readonly status: number
  readonly text: string
}

export async function post(port: number, path: string, body: string | Uint8Array<ArrayBuffer>): Promise<PostAnswer> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body })
  return { status: answer.status, text: await answer.text() }
}
