import { type ServerType, serve } from '@hono/node-server'
import type { Hono } from 'hono'
import { type Clock, systemClock } from '../base/clock.ts'
import { PlutinoError } from '../base/errors.ts'

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

/** Serves `app` over HTTP/1.1. Throws `system` with what to do when the address cannot be had. */
export function listen(app: Hono, { host, port }: Address, clock: Clock = systemClock): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: (request) => app.fetch(request), hostname: host, port, serverOptions: LIMITS }, (info) => {
      server.off('error', fail)
      resolve({ port: info.port, close: () => close(server, clock) })
    })
    const fail = (error: Error): void => reject(explain(error, host, port))
    server.once('error', fail)
  })
}

function explain(error: Error, host: string, port: number): PlutinoError {
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return new PlutinoError('system', `port ${port} of ${host} is taken by another program`, {
      cause: error,
      hint: 'end that program, or choose another port: --port 9082',
    })
  }
  if (code === 'EACCES') {
    return new PlutinoError('system', `port ${port} may not be used by this user`, {
      cause: error,
      hint: 'choose a port above 1023: --port 9081',
    })
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new PlutinoError('system', `this machine has no address ${host}`, { cause: error, hint: 'choose another one: --host 127.0.0.1' })
  }
  return new PlutinoError('system', `cannot listen on ${host}:${port}: ${error.message}`, { cause: error })
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
