import type { ConnectionState } from '../api/source.ts'

const CONNECTION_STATUS: Readonly<Record<ConnectionState, number>> = { connected: 1, connecting: 0, disconnected: -1 }

/** What a rule's status says about the connection of a source or a sink. Times are milliseconds since the epoch, 0 for never. */
export class ConnectionMetrics {
  state: ConnectionState = 'connecting'
  lastConnected = 0
  lastDisconnected = 0
  lastDisconnectedMessage = ''
  lastTry = 0

  change(state: ConnectionState, now: number, message = ''): void {
    this.state = state
    if (state === 'connected') this.lastConnected = now
    else if (state === 'connecting') this.lastTry = now
    else {
      this.lastDisconnected = now
      this.lastDisconnectedMessage = message
    }
  }
}

const none = (): number => 0

/** Something that the status of a rule shows. */
export interface RuleMetrics {
  readonly exceptions: number
  readonly lastException: string
  readonly lastExceptionTime: number
  entries(): readonly (readonly [string, number | string])[]
}

/** The counters of one node, with eKuiper's names and in its order. Counted per batch, never per row. */
export class NodeMetrics implements RuleMetrics {
  /** Key in the status: `source_demo_0`, `op_2_filter_0`, `sink_mqtt_0_0`. */
  readonly key: string
  readonly connection: ConnectionMetrics | undefined
  recordsIn = 0
  recordsOut = 0
  processed = 0
  latencyMicros = 0
  lastInvocation = 0
  exceptions = 0
  lastException = ''
  lastExceptionTime = 0
  /** How many records wait in front of the node now. */
  bufferLength: () => number = none
  /** Records that never had to come here, because it was known that the node would leave them out. */
  unseen: () => number = none

  constructor(key: string, connection?: ConnectionMetrics) {
    this.key = key
    this.connection = connection
  }

  /** One batch went through: how many records came, how many left, in how many microseconds. */
  count(came: number, left: number, micros: number, now: number): void {
    this.recordsIn += came
    this.recordsOut += left
    this.processed += came
    this.latencyMicros = Math.round(micros)
    this.lastInvocation = now
  }

  fail(message: string, now: number, times = 1): void {
    this.exceptions += times
    this.lastException = message
    this.lastExceptionTime = now
  }

  /** The connection failed; what the source or sink has told about it itself is counted once. */
  failConnection(message: string, now: number): void {
    this.fail(message, now, this.connection?.state === 'disconnected' ? 0 : 1)
    this.connection?.change('disconnected', now, message)
  }

  entries(): readonly (readonly [string, number | string])[] {
    const own: [string, number | string][] = [
      ['records_in_total', this.recordsIn + this.unseen()],
      ['records_out_total', this.recordsOut],
      ['messages_processed_total', this.processed + this.unseen()],
      ['process_latency_us', this.latencyMicros],
      ['buffer_length', this.bufferLength()],
      ['last_invocation', this.lastInvocation],
      ['exceptions_total', this.exceptions],
      ['last_exception', this.lastException],
      ['last_exception_time', this.lastExceptionTime],
    ]
    const c = this.connection
    if (c !== undefined) {
      own.push(
        ['connection_status', CONNECTION_STATUS[c.state]],
        ['connection_last_connected_time', c.lastConnected],
        ['connection_last_disconnected_time', c.lastDisconnected],
        ['connection_last_disconnected_message', c.lastDisconnectedMessage],
        ['connection_last_try_time', c.lastTry],
      )
    }
    return own.map(([name, value]) => [`${this.key}_${name}`, value] as const)
  }
}
