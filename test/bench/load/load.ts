// A process of its own that puts a load on a server and counts what comes out. Two ways:
//   broker  is the MQTT broker itself and writes large chunks
//   client  publishes to, and subscribes at, a broker on the port that it is given
// Commands and answers go over the IPC channel: {load: {count, size, qos, …}} -> {done: {out, acks}}; {ready: port} comes first.
import { connect as dial, createServer, type Socket } from 'node:net'
import { connect, Framer, packet, publish, subscribe } from './packets.ts'
import { type Form, NO_TIME, passing, payloads } from './messages.ts'

/** The messages of a load and what must come out before it is over. */
export interface Load extends Form {
  readonly count: number
  readonly qos: number
  /** How many messages must come out; the rows that pass the filter unless given. */
  readonly out?: number
  /** What all members `n` of the messages that come out must add up to. */
  readonly sum?: number
}

const IN = 'bench/in'
const OUT = 'bench/out'
const CHUNK = 64 * 1024
const WINDOW = 30_000
const [mode = 'broker', portText = '0'] = process.argv.slice(2)

let target: Socket | undefined
let load: Load | undefined
let sent = 0
let acked = 0
let out = 0
let sum = 0
let wanted = 0
let ring: Message[] = []
/** The time of the next message: one comes each millisecond, whatever the clock shows. */
let time = Number(NO_TIME)

/** A packet that is written again and again; `timeAt`: where its time stands, -1 if it has none. */
type Message = ReturnType<typeof publish> & { readonly timeAt: number }

const ready = new Map<string, Message[]>()

function start(next: Load): void {
  const key = JSON.stringify([next.size, next.qos, next.devices, next.timed])
  ring = ready.get(key) ?? payloads(next).map((payload) => messageOf(payload, next))
  ready.set(key, ring)
  load = next
  sent = acked = out = sum = 0
  wanted = next.out ?? (next.sum === undefined ? passing(next.count, next.size) : 0)
  pump()
}

function messageOf(payload: Buffer, { qos, timed = false }: Load): Message {
  const made = publish(IN, payload, qos)
  return { ...made, timeAt: timed ? made.bytes.indexOf(NO_TIME) : -1 }
}

/** Message i of the load as it goes out now. */
function packetAt(i: number, qos: number): Buffer {
  const { bytes, idAt, timeAt } = ring[i % ring.length] ?? { bytes: Buffer.alloc(0), idAt: 0, timeAt: -1 }
  if (timeAt >= 0) bytes.write(String(time++), timeAt, 'latin1')
  if (qos === 0) return bytes
  bytes.writeUInt16BE((i % 65_535) + 1, idAt)
  return Buffer.from(bytes)
}

/** Counts a message that came out. */
function count(bytes: Buffer, from: number, to: number): void {
  out++
  if (load?.sum === undefined) return
  for (let at = bytes.indexOf('"n":', from); at >= 0 && at < to; at = bytes.indexOf('"n":', at)) {
    let n = 0
    for (at += 4; (bytes[at] ?? 0) >= 48 && (bytes[at] ?? 0) < 58; at++) n = n * 10 + (bytes[at] ?? 0) - 48
    sum += n
  }
}

/** Writes chunk after chunk as long as the socket takes them and, with QoS 1, as long as acknowledgements come. */
function pump(): void {
  if (load === undefined || target === undefined || target.writableNeedDrain) return
  while (sent < load.count && (load.qos === 0 || sent - acked < WINDOW)) {
    const parts: Buffer[] = []
    for (let size = 0; size < CHUNK && sent < load.count && (load.qos === 0 || sent - acked < WINDOW); sent++) {
      const bytes = packetAt(sent, load.qos)
      parts.push(bytes)
      size += bytes.length
    }
    if (!target.write(Buffer.concat(parts))) return
  }
}

function finish(): void {
  if (load === undefined || sent < load.count || out < wanted || sum < (load.sum ?? 0) || (load.qos > 0 && acked < load.count)) return
  load = undefined
  process.send?.({ done: { out, acks: acked } })
}

function serve(socket: Socket): void {
  socket.setNoDelay(true)
  let answers: Buffer[] = []
  const framer = new Framer((head, bytes, from, to) => {
    const type = head >> 4
    if (type === 1) answers.push(Buffer.from([0x20, 2, 0, 0]))
    else if (type === 8) {
      answers.push(packet(0x90, bytes.subarray(from, from + 2), Buffer.from([(bytes[from + 4 + bytes.readUInt16BE(from + 2)] ?? 0) & 3])))
      target = socket
      process.send?.({ subscribed: true })
    } else if (type === 3) {
      count(bytes, from, to)
      const qos = (head >> 1) & 3
      if (qos > 0) {
        const id = from + 2 + bytes.readUInt16BE(from)
        answers.push(Buffer.from([0x40, 2, bytes[id] ?? 0, bytes[id + 1] ?? 0]))
      }
    } else if (type === 4) acked++
    else if (type === 12) answers.push(Buffer.from([0xd0, 0]))
  })
  socket.on('data', (chunk: Buffer) => {
    framer.push(chunk)
    if (answers.length > 0) socket.write(Buffer.concat(answers))
    answers = []
    if (load !== undefined && load.qos > 0) pump()
    finish()
  })
  socket.on('drain', pump)
  socket.on('error', () => {})
}

function attach(port: number): void {
  const publisher = dial({ host: '127.0.0.1', port, noDelay: true }, () => publisher.write(connect('bench-publisher')))
  const acks = new Framer((head) => {
    if (head >> 4 === 4) acked++
  })
  publisher.on('data', (chunk: Buffer) => {
    acks.push(chunk)
    pump()
    finish()
  })
  publisher.on('drain', pump)
  target = publisher
  const counter = dial({ host: '127.0.0.1', port, noDelay: true }, () =>
    counter.write(Buffer.concat([connect('bench-counter'), subscribe(OUT, 0)])),
  )
  const framer = new Framer((head, bytes, from, to) => {
    if (head >> 4 === 9) process.send?.({ ready: port })
    if (head >> 4 === 3) count(bytes, from, to)
  })
  counter.on('data', (chunk: Buffer) => {
    framer.push(chunk)
    finish()
  })
}

process.on('message', (message: { load: Load }) => start(message.load))
process.on('disconnect', () => process.exit(0))
if (mode === 'client') attach(Number(portText))
else {
  const server = createServer(serve)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    process.send?.({ ready: typeof address === 'object' && address !== null ? address.port : 0 })
  })
}
