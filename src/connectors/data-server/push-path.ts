import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Inbox } from './inbox.ts'

/** Bodies that are POSTed to one path: each is a message for every reader. */
export class PushPath {
  readonly #largest: number
  readonly #readers = new Set<Inbox>()

  /** `largest`: bytes of the largest body. */
  constructor(largest: number) {
    this.#largest = largest
  }

  /** What is pushed goes to `inbox` from now on, until the function that it gives is called. */
  read(inbox: Inbox): () => void {
    this.#readers.add(inbox)
    return () => this.#readers.delete(inbox)
  }

  /** Answers when every reader has taken the message and has room again. */
  async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, this.#largest)
    if (body === undefined) {
      response.writeHead(413, { connection: 'close' }).end(`the body is larger than ${this.#largest} bytes\n`)
      return
    }
    for (const reader of this.#readers) reader.push(body)
    for (const reader of this.#readers) await reader.room()
    response.end('ok')
  }

  close(): void {
    this.#readers.clear()
  }
}

/** Undefined when it is too large. */
async function readBody(request: IncomingMessage, largest: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue
    size += chunk.byteLength
    if (size > largest) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
