import type { StreamContext } from '../../api/context.ts'
import { defineSource, type SourceDefinition } from '../../api/definition.ts'
import type { ConnectionObserver } from '../../api/source.ts'
import { string } from '../../config/field.ts'
import type { DataServer } from '../data-server/data-server.ts'
import type { Inbox } from '../data-server/inbox.ts'
import { InboxSource, type OpenInbox } from '../data-server/inbox-source.ts'
import { checkPath } from '../data-server/shared-paths.ts'
import { feed } from '../data-server/socket-path.ts'
import { type ClientAddress, connectTo, lost } from './client.ts'
import { addressOf, CLIENT_FIELDS } from './fields.ts'

/** Reads what clients send that connect to this server. */
function fromClients(server: DataServer, path: string): OpenInbox {
  return async (inbox) => {
    const lease = await server.sockets(path)
    const leave = lease.shared.read(inbox)
    return () => {
      leave()
      lease.release()
    }
  }
}

/** Reads what another server sends. */
function fromServer(address: ClientAddress, observe: ConnectionObserver): OpenInbox {
  return async (inbox: Inbox, ctx: StreamContext) => {
    observe('connecting')
    const socket = await connectTo(address, ctx.signal)
    feed(socket, new Set([inbox]))
    socket.on('close', (code) => inbox.end(lost(address.url, `it was closed with code ${code}`)))
    return () => socket.close()
  }
}

export function webSocketSource(server: DataServer): SourceDefinition {
  return defineSource({
    name: 'websocket',
    doc: 'Messages of WebSocket clients that connect to the port for data, or of a WebSocket server',
    payload: 'bytes',
    delivery: 'at-most-once',
    fields: { datasource: string('Path', { minLength: 1, examples: ['/input/demo'] }), ...CLIENT_FIELDS },
    create: (config, observe) => {
      const path = checkPath('datasource', config.datasource)
      const url = addressOf(config, path)
      const { insecureSkipVerify } = config
      return new InboxSource(url === undefined ? fromClients(server, path) : fromServer({ url, insecureSkipVerify }, observe), observe)
    },
  })
}
