import { Backoff } from '../../base/backoff.ts'
import type { StreamContext } from '../../api/context.ts'
import type { ConnectionObserver } from '../../api/source.ts'
import { connectionFailure } from './failure.ts'
import type { Lane } from './lane/lane.ts'

export interface PresenceParts {
  readonly lane: Lane
  readonly server: string
  readonly ctx: StreamContext
  readonly observe: ConnectionObserver
  /** The session is there; `sessionPresent`: the broker has kept it. Called for each connection. */
  readonly onConnect: (sessionPresent: boolean) => void
  /** The connection was lost, or could not be made. mqtt.js tries again by itself. */
  readonly onDown: (error: unknown) => void
}

/** The first pause, before anything has failed; mqtt.js wants one to reconnect at all. */
export const FIRST_PAUSE = 100

/** Follows a lane's connection: tells the rule's status and the log, and makes the pauses between attempts grow. */
export function followConnection({ lane, server, ctx, observe, onConnect, onDown }: PresenceParts): void {
  const { client } = lane
  const backoff = new Backoff()
  let cause: unknown
  let wasUp = false
  client.on('error', (error) => {
    cause = error
  })
  client.on('reconnect', () => observe('connecting'))
  client.on('connect', ({ sessionPresent }) => {
    if (backoff.failures > 0 && wasUp) ctx.log.info(`connected to the broker ${server} again`)
    backoff.reset()
    wasUp = true
    cause = undefined
    onConnect(sessionPresent)
  })
  // before mqtt.js's own listener, which starts the pause
  client.prependListener('close', () => {
    if (client.disconnecting) return
    client.options.reconnectPeriod = Math.max(1, backoff.next())
    const error = connectionFailure(server, cause ?? new Error('the connection was closed'))
    if (backoff.failures === 1 && wasUp) ctx.log.warn(error.message)
    observe('disconnected', error.message)
    onDown(error)
    cause = undefined
  })
}
