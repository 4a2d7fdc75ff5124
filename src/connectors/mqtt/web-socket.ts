import type { Duplex } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import { createWebSocketStream, WebSocket } from 'ws'

/** MQTT over WebSocket: a stream of the binary messages' content. */
export function openWebSocket(url: string, tls: ConnectionOptions): Duplex {
  const socket = new WebSocket(url, ['mqtt', 'mqttv3.1'], { ...tls, perMessageDeflate: false })
  return createWebSocketStream(socket, { highWaterMark: 128 * 1024 })
}
