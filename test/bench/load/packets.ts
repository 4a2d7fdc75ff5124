/** The few MQTT 3.1.1 packets that a load needs, encoded and framed by hand so that the load is never the bottleneck. */

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
}

export function packet(head: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length: number[] = []
  let rest = body.length
  do {
    length.push((rest & 127) | (rest > 127 ? 128 : 0))
    rest >>>= 7
  } while (rest > 0)
  return Buffer.concat([Buffer.from([head, ...length]), body])
}

export const connect = (clientId: string): Buffer => packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 0]), text(clientId))
export const subscribe = (topic: string, qos: number): Buffer => packet(0x82, Buffer.from([0, 1]), text(topic), Buffer.from([qos]))

/** A PUBLISH; with QoS 1 the packet id stands at `idAt` and is written before each use. */
export function publish(topic: string, payload: Buffer, qos: number): { bytes: Buffer; idAt: number } {
  const name = text(topic)
  const bytes = packet(0x30 | (qos << 1), name, ...(qos > 0 ? [Buffer.alloc(2)] : []), payload)
  return { bytes, idAt: bytes.length - payload.length - 2 }
}

/** Cuts a byte stream into packets and calls `onPacket(head, body)`; keeps what is cut off. */
export class Framer {
  #rest: Buffer = Buffer.alloc(0)
  readonly #onPacket: (head: number, bytes: Buffer, from: number, to: number) => void

  constructor(onPacket: (head: number, bytes: Buffer, from: number, to: number) => void) {
    this.#onPacket = onPacket
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    while (at + 1 < bytes.length) {
      let length = 0
      let shift = 0
      let p = at + 1
      let byte = 128
      while (byte > 127 && p < bytes.length) {
        byte = bytes[p++] ?? 0
        length |= (byte & 127) << shift
        shift += 7
      }
      if (byte > 127 || p + length > bytes.length) break
      this.#onPacket(bytes[at] ?? 0, bytes, p, p + length)
      at = p + length
    }
    this.#rest = bytes.subarray(at)
  }
}
