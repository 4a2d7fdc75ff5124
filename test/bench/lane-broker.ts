import net from 'node:net'
import { publish } from '../support/mqtt-packets.ts'

/**
 * A broker in a process of its own, started with the quality of service, the number of messages and their payload. Tells its port; when
 * it is told to go it sends to whoever has subscribed, as fast as that is taken, in large chunks; tells how many have come back in the end.
 */
const [qos = 0, total = 0] = process.argv.slice(2, 4).map(Number)
const payload = process.argv[4] ?? ''

/** Messages in one write. */
const CHUNK = 200
/** Ids in use. */
const IDS = 60_000
/** At QoS 1, messages that wait for their acknowledgement. */
const WINDOW = 2000

const chunks = Array.from({ length: IDS / CHUNK }, (_, c) =>
  Buffer.concat(Array.from({ length: CHUNK }, (__, i) => publish('in', payload, { qos, id: c * CHUNK + i + 1 }))),
)
const state: { reader?: net.Socket; going: boolean; sent: number; acknowledged: number; returned: number } = {
  going: false,
  sent: 0,
  acknowledged: 0,
  returned: 0,
}

function pump(): void {
  while (state.reader !== undefined && state.going && state.sent < total) {
    if (qos > 0 && state.sent - state.acknowledged > WINDOW - CHUNK) return
    const chunk = chunks[(state.sent / CHUNK) % chunks.length]
    state.sent += CHUNK
    if (chunk !== undefined && !state.reader.write(chunk)) return
  }
}

/** What is to be answered to a packet. */
function answer(socket: net.Socket, packet: Buffer): readonly number[] {
  switch ((packet[0] ?? 0) >> 4) {
    case 1:
      return [0x20, 2, 0, 0]
    case 3:
      state.returned++
      return qos > 0 ? [0x40, 2, packet[7] ?? 0, packet[8] ?? 0] : []
    case 4:
      state.acknowledged++
      return []
    case 8:
      state.reader = socket
      return [0x90, 3, packet[2] ?? 0, packet[3] ?? 0, qos]
    case 12:
      return [0xd0, 0]
    default:
      return []
  }
}

function accept(socket: net.Socket): void {
  let rest: Buffer = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('drain', pump)
  socket.on('data', (data: Buffer) => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, data]) : data
    const answers: number[] = []
    let at = 0
    // every packet of this exchange is shorter than 128 bytes: its length is one byte
    for (let size = (bytes[1] ?? 255) + 2; at + size <= bytes.length; size = (bytes[at + 1] ?? 255) + 2) {
      answers.push(...answer(socket, bytes.subarray(at, at + size)))
      at += size
    }
    rest = Buffer.from(bytes.subarray(at))
    if (answers.length > 0) socket.write(Buffer.from(answers))
    pump()
    if (state.returned === total) process.send?.(state.returned)
  })
}

process.on('message', () => {
  state.going = true
  pump()
})
const server = net.createServer(accept)
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.send?.(address.port)
})
