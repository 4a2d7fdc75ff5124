import { type ServerType, serve } from '@hono/node-server'
import type { Hono } from 'hono'
import { type Clock, systemClock } from '../base/clock.ts'
import { cannotListen } from '../base/cannot-listen.ts'

export interface Listening {
  /** The real port, also when 0 was asked for. */
  readonly port: number
  /** Ends at once what is idle, and waits for answers under way, at most a second. */
  close(): Promise<void>
}

export interface Address {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

const SECOND = 1000
/** Slow senders are cut off: headers, a whole request, an idle connection. */
const LIMITS = {
  headersTimeout: 10 * SECOND,
  requestTimeout: 300 * SECOND,
  keepAliveTimeout: 5 * SECOND,
  maxHeaderSize: 16 * 1024,
  connectionsCheckingInterval: SECOND,
}
const GRACE = SECOND

const CURES = {
  taken: 'end that program, or choose another port: --port 9082',
  forbidden: 'choose a port above 1023: --port 9081',
  elsewhere: 'choose another one: --host 127.0.0.1',
}

/** Serves `app` over HTTP/1.1. Throws `system` with what to do when the address cannot be had. */
export function listen(app: Hono, { host, port }: Address, clock: Clock = systemClock): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: (request) => app.fetch(request), hostname: host, port, serverOptions: LIMITS }, (info) => {
      server.off('error', fail)
      resolve({ port: info.port, close: () => close(server, clock) })
    })
    const fail = (error: Error): void => reject(cannotListen(error, { host, port }, CURES))
    server.once('error', fail)
  })
}

function close(server: ServerType, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(GRACE, () => {
      if ('closeAllConnections' in server) server.closeAllConnections()
    })
    server.close(() => {
      cancel()
      resolve()
    })
    if ('closeIdleConnections' in server) server.closeIdleConnections()
  })
}
