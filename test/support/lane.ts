import net from 'node:net'
import type { IClientOptions } from 'mqtt'
import { systemClock } from '../../src/base/clock.ts'
import type { LaneBatch } from '../../src/connectors/mqtt/lane/batch.ts'
import type { Address } from '../../src/connectors/mqtt/lane/link.ts'
import { Lane, type LaneHandlers } from '../../src/connectors/mqtt/lane/lane.ts'
import { until } from './until.ts'

export interface LaneSetup {
  readonly port: number
  readonly session?: IClientOptions
  readonly tls?: Address['tls']
  /** Over a stream that the lane does not read by itself, as WebSocket is one. */
  readonly wrapped?: boolean
  readonly maxPacket?: number
  readonly nap?: number
}

export interface SeenMessage {
  readonly topic: string
  readonly text: string
  readonly qos: number
  readonly retain: boolean
  readonly dup: boolean
  readonly properties: unknown
}

export function openLane(setup: LaneSetup, handlers: LaneHandlers = {}): Lane {
  const { port, session, tls, wrapped = false, maxPacket = 16 << 20, nap = 0 } = setup
  const address = {
    host: '127.0.0.1',
    port,
    ...(tls === undefined ? {} : { tls }),
    ...(wrapped ? { transport: () => net.connect(port, '127.0.0.1') } : {}),
  }
  const defaults: IClientOptions = {
    protocolVersion: 4,
    clientId: `t${Math.random().toString(36).slice(2)}`,
    reconnectPeriod: 50,
    connectTimeout: 3000,
  }
  return new Lane({ clock: systemClock, address, session: { ...defaults, ...session }, maxPacket, nap }, handlers)
}

function seen(batch: LaneBatch, i: number): SeenMessage {
  return {
    topic: batch.topic(i),
    text: batch.payload(i).toString(),
    qos: batch.qos(i),
    retain: batch.retain(i),
    dup: batch.dup(i),
    properties: batch.propertiesOf(i),
  }
}

/** A lane that keeps what it sees, and commits each batch at once unless told otherwise. */
export async function collect(
  setup: LaneSetup,
  { commit = true, handlers = {} }: { readonly commit?: boolean; readonly handlers?: LaneHandlers } = {},
): Promise<{ readonly lane: Lane; readonly rows: SeenMessage[]; readonly errors: Error[] }> {
  const rows: SeenMessage[] = []
  const errors: Error[] = []
  const lane = openLane(setup, {
    batch(batch) {
      for (let i = 0; i < batch.length; i++) rows.push(seen(batch, i))
      if (commit) lane.commit(batch.offset)
      batch.release()
      return true
    },
    ...handlers,
  })
  lane.client.on('error', (error) => errors.push(error))
  await until('connected', () => lane.ready)
  return { lane, rows, errors }
}

/** When this has resolved, the other side has everything that the lane wrote before. `pings`: how many it has had. */
export async function reached(lane: Lane, pings: () => number): Promise<void> {
  const before = pings()
  lane.flush()
  lane.client.sendPing()
  await until('the other side has it', () => pings() > before)
}
