import { WebSocket } from 'ws'
import { PlutinoError } from '../../base/errors.ts'
import { abortReason } from '../abort.ts'
import { LARGEST_MESSAGE } from '../data-server/data-server.ts'

const HANDSHAKE_MS = 10_000

export interface ClientAddress {
  readonly url: string
  readonly insecureSkipVerify: boolean
}

/** A WebSocket that is open. Rejects with `unavailable`, or with the reason of `signal`. */
export function connectTo({ url, insecureSkipVerify }: ClientAddress, signal: AbortSignal): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortReason(signal))
      return
    }
    const socket = new WebSocket(url, {
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: LARGEST_MESSAGE,
      perMessageDeflate: false,
      rejectUnauthorized: !insecureSkipVerify,
    })
    const stop = (): void => socket.terminate()
    signal.addEventListener('abort', stop, { once: true })
    socket.on('open', () => {
      signal.removeEventListener('abort', stop)
      resolve(socket)
    })
    // After an error comes the close.
    socket.on('error', (error) => reject(signal.aborted ? abortReason(signal) : lost(url, error.message)))
    socket.on('close', () => signal.removeEventListener('abort', stop))
  })
}

export function lost(url: string, why: string): PlutinoError {
  return new PlutinoError('unavailable', `no connection to ${url}: ${why}`)
}
