// A process of its own that puts a load on a server and counts what comes out. Two ways:
//   broker  is the MQTT broker itself and writes large chunks
//   client  publishes to, and subscribes at, a broker on the port that it is given
// Commands and answers go over the IPC channel: {load: {count, size, qos}} -> {done: {out, acks}}; {ready: port} comes first.
import { connect as dial, createServer, type Socket } from 'node:net'
import { connect, Framer, packet, publish, subscribe } from './packets.ts'
import { passing, payloads, RING } from './messages.ts'

interface Load {
  readonly count: number
  readonly size: number
  readonly qos: number
  /** How many messages must come out; the rows that pass the filter unless given. */
  readonly out?: number
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
let wanted = 0
let ring: ReturnType<typeof publish>[] = []

const ready = new Map<string, ReturnType<typeof publish>[]>()

function start(next: Load): void {
  const key = `${next.size}/${next.qos}`
  ring = ready.get(key) ?? payloads(next.size).map((payload) => publish(IN, payload, next.qos))
  ready.set(key, ring)
  load = next
  sent = acked = out = 0
  wanted = next.out ?? passing(next.count, next.size)
  pump()
}

/** Writes chunk after chunk as long as the socket takes them and, with QoS 1, as long as acknowledgements come. */
function pump(): void {
  if (load === undefined || target === undefined || target.writableNeedDrain) return
  while (sent < load.count && (load.qos === 0 || sent - acked < WINDOW)) {
    const parts: Buffer[] = []
    for (let size = 0; size < CHUNK && sent < load.count && (load.qos === 0 || sent - acked < WINDOW); sent++) {
      const { bytes, idAt } = ring[sent % RING] ?? { bytes: Buffer.alloc(0), idAt: 0 }
      if (load.qos > 0) bytes.writeUInt16BE((sent % 65_535) + 1, idAt)
      parts.push(load.qos > 0 ? Buffer.from(bytes) : bytes)
      size += bytes.length
    }
    if (!target.write(Buffer.concat(parts))) return
  }
}

function finish(): void {
  if (load === undefined || sent < load.count || out < wanted || (load.qos > 0 && acked < load.count)) return
  load = undefined
  process.send?.({ done: { out, acks: acked } })
}

function serve(socket: Socket): void {
  socket.setNoDelay(true)
  let answers: Buffer[] = []
  const framer = new Framer((head, bytes, from) => {
    const type = head >> 4
    if (type === 1) answers.push(Buffer.from([0x20, 2, 0, 0]))
    else if (type === 8) {
      answers.push(packet(0x90, bytes.subarray(from, from + 2), Buffer.from([(bytes[from + 4 + bytes.readUInt16BE(from + 2)] ?? 0) & 3])))
      target = socket
      process.send?.({ subscribed: true })
    } else if (type === 3) {
      out++
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
  const framer = new Framer((head) => {
    if (head >> 4 === 9) process.send?.({ ready: port })
    if (head >> 4 === 3) out++
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
