import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Clock } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import { continuePacketIds } from './packet-ids.ts'
import { queueFirst } from './queue-first.ts'
import { keepStackShort } from './short-stack.ts'

/** The MQTT broker that the server runs for people who have none. */
export interface EmbeddedBroker {
  readonly port: number
  /** False when another program's broker already answers on the port: that one is used and left alone. */
  readonly own: boolean
  close(): Promise<void>
}

export interface BrokerOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly clock: Clock
}

/** How long another broker on the port may take to answer, in milliseconds. */
const PROBE_MS = 2_000

/** CONNECT of MQTT 3.1.1 with a clean session and an empty client id: the shortest question a broker must answer. */
const CONNECT_PACKET = Buffer.from([0x10, 12, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 10, 0, 0])

/** Starts the embedded broker; when the port is taken by a broker, uses that. Throws `system` when something else holds the port. */
export async function startBroker(options: BrokerOptions): Promise<EmbeddedBroker> {
  const { Aedes } = await import('aedes')
  const aedes = await Aedes.createBroker({ connectTimeout: 10_000, heartbeatInterval: 60_000 })
  continuePacketIds(aedes)
  queueFirst(aedes)
  keepStackShort(aedes)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    aedes.handle(socket)
  })
  if (!(await listen(server, options))) {
    await new Promise<void>((resolve) => aedes.close(resolve))
    if (await answersMqtt(options)) return { port: options.port, own: false, close: async () => {} }
    throw new PlutinoError('system', `port ${options.port} is taken by a program that is no MQTT broker`, {
      hint: 'give another port with --broker <port>, or --broker off when you need no embedded broker',
    })
  }
  const address = server.address()
  return {
    port: isAddress(address) ? address.port : options.port,
    own: true,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await new Promise<void>((resolve) => aedes.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

/** False when the port is taken; other failures are thrown. */
function listen(server: Server, { host, port }: BrokerOptions): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false)
      else reject(new PlutinoError('system', `the embedded broker cannot listen on ${host}:${port}: ${error.message}`, { cause: error }))
    })
    server.listen(port, host, () => resolve(true))
  })
}

function answersMqtt({ host, port, clock }: BrokerOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const answer = (found: boolean): void => {
      cancel()
      socket.destroy()
      resolve(found)
    }
    const cancel = clock.after(PROBE_MS, () => answer(false))
    socket.on('connect', () => socket.write(CONNECT_PACKET))
    socket.on('data', (data) => answer(data[0] === 0x20))
    socket.on('error', () => answer(false))
    socket.on('close', () => answer(false))
  })
}
