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

/**
 * Follows a lane's connection: tells the rule's status and the log, and makes the pauses between attempts grow. Returns the function
 * that ends it.
 */
export function followConnection({ lane, server, ctx, observe, onConnect, onDown }: PresenceParts): () => void {
  const { client } = lane
  const backoff = new Backoff()
  let cause: unknown
  let wasUp = false
  const failed = (error: unknown): void => {
    cause = error
  }
  const connecting = (): void => observe('connecting')
  const connected = ({ sessionPresent }: { readonly sessionPresent: boolean }): void => {
    if (backoff.failures > 0 && wasUp) ctx.log.info(`connected to the broker ${server} again`)
    backoff.reset()
    wasUp = true
    cause = undefined
    onConnect(sessionPresent)
  }
  const closed = (): void => {
    if (client.disconnecting) return
    client.options.reconnectPeriod = Math.max(1, backoff.next())
    const error = connectionFailure(server, cause ?? new Error('the connection was closed'))
    if (backoff.failures === 1 && wasUp) ctx.log.warn(error.message)
    observe('disconnected', error.message)
    onDown(error)
    cause = undefined
  }
  client.on('error', failed)
  client.on('reconnect', connecting)
  client.on('connect', connected)
  // before mqtt.js's own listener, which starts the pause
  client.prependListener('close', closed)
  return () => {
    client.off('error', failed)
    client.off('reconnect', connecting)
    client.off('connect', connected)
    client.off('close', closed)
  }
}
