import net from 'node:net'
import { packet, varint } from './mqtt-packets.ts'

/** One connection of a client. Packets have their length as one byte 0, so that the body starts at 2. */
export interface Peer {
  readonly socket: net.Socket
  readonly packets: readonly Buffer[]
  send(bytes: Buffer): void
  /** Packets of one kind: 1 CONNECT, 3 PUBLISH, 4 PUBACK, 5 PUBREC, 8 SUBSCRIBE, 12 PINGREQ ... */
  of(kind: number): Buffer[]
}

export interface Script {
  readonly v5?: boolean
  /** Properties of CONNACK (MQTT 5). */
  readonly connack?: Buffer
  /** Reason of the CONNACK; 0: accepted. */
  readonly refuse?: () => number
  /** Answers PINGREQ. */
  readonly pings?: boolean
  /** Says from the second connection on (`later`) or always that there is a session. */
  readonly session?: 'never' | 'later' | 'always'
  /** Granted QoS, or 128: refused. Undefined: no answer. */
  readonly grant?: () => number | undefined
  /** After the broker's own answer. */
  readonly onPacket?: (packet: Buffer, peer: Peer) => void
}

/** A broker that says CONNACK, SUBACK, UNSUBACK and PINGRESP, and else only what a test tells it. */
export class ScriptedBroker {
  readonly peers: Peer[] = []
  readonly #script: Script
  readonly #server: net.Server

  constructor(script: Script) {
    this.#script = script
    this.#server = net.createServer((socket) => this.#accept(socket))
  }

  static async start(script: Script = {}, port = 0): Promise<ScriptedBroker> {
    const broker = new ScriptedBroker(script)
    await new Promise<void>((resolve, reject) => {
      broker.#server.once('error', reject)
      broker.#server.listen(port, '127.0.0.1', resolve)
    })
    return broker
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port
  }

  get last(): Peer {
    const peer = this.peers.at(-1)
    if (peer === undefined) throw new Error('nobody is connected')
    return peer
  }

  async close(): Promise<void> {
    for (const { socket } of this.peers) socket.destroy()
    await new Promise((resolve) => {
      this.#server.close(resolve)
    })
  }

  #accept(socket: net.Socket): void {
    socket.setNoDelay(true)
    const packets: Buffer[] = []
    const peer: Peer = {
      socket,
      packets,
      send: (bytes) => void socket.write(bytes),
      of: (kind) => packets.filter((p) => (p[0] ?? 0) >> 4 === kind),
    }
    this.peers.push(peer)
    let rest: Buffer = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk])
      for (let found = takePacket(rest); found !== undefined; found = takePacket(rest)) {
        rest = found.rest
        packets.push(found.packet)
        this.#answer(found.packet, peer)
        this.#script.onPacket?.(found.packet, peer)
      }
    })
  }

  #answer(received: Buffer, peer: Peer): void {
    const { v5 = false, pings = true, grant = () => 1 } = this.#script
    switch ((received[0] ?? 0) >> 4) {
      case 1:
        peer.send(this.#connack())
        break
      case 8: {
        const granted = grant()
        const filters = countFilters(received, v5 ? 5 : 4)
        if (granted !== undefined)
          peer.send(
            packet(
              0x90,
              received.subarray(2, 4),
              v5 ? [0] : [],
              Array.from({ length: filters }, () => granted),
            ),
          )
        break
      }
      case 10:
        peer.send(packet(0xb0, received.subarray(2, 4), v5 ? [0, 0] : []))
        break
      case 12:
        if (pings) peer.send(Buffer.from([0xd0, 0]))
        break
    }
  }

  #connack(): Buffer {
    const { v5 = false, connack = Buffer.alloc(0), session = 'never', refuse = () => 0 } = this.#script
    const present = session === 'always' || (session === 'later' && this.peers.length > 1)
    const reason = refuse()
    return packet(0x20, [present && reason === 0 ? 1 : 0, reason], v5 ? Buffer.concat([varint(connack.length), connack]) : [])
  }
}

function takePacket(bytes: Buffer): { readonly packet: Buffer; readonly rest: Buffer } | undefined {
  let q = 1
  let length = 0
  for (let shift = 0; ; shift += 7) {
    const digit = bytes[q++]
    if (digit === undefined) return undefined
    length |= (digit & 127) << shift
    if (digit < 128) break
  }
  if (bytes.length < q + length) return undefined
  const whole = Buffer.concat([Buffer.from([bytes[0] ?? 0, 0]), bytes.subarray(q, q + length)])
  return { packet: whole, rest: bytes.subarray(q + length) }
}

function countFilters(subscribe: Buffer, start: number): number {
  let count = 0
  for (let at = start; at < subscribe.length; at += 3 + subscribe.readUInt16BE(at)) count++
  return count
}

/** Packet id of an acknowledgement or a PUBLISH of QoS 1 or 2 as a peer has it. */
export function packetId(received: Buffer): number {
  return (received[0] ?? 0) >> 4 === 3 ? received.readUInt16BE(4 + received.readUInt16BE(2)) : received.readUInt16BE(2)
}

/** Payload of a PUBLISH of QoS 1 or 2 (QoS 0: `id: false`) as a peer has it; MQTT 5: without properties. */
export function payloadText(received: Buffer, { id = true, v5 = false }: { readonly id?: boolean; readonly v5?: boolean } = {}): string {
  return received.toString('utf8', 4 + received.readUInt16BE(2) + (id ? 2 : 0) + (v5 ? 1 : 0))
}
