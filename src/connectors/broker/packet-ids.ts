import type { Aedes } from 'aedes'

/** What aedes knows of a connection and does not declare: the packet id of its next message. */
interface Numbered {
  _nextId: number
}

/** More than a connection that is being replaced still sends. */
const GAP = 4096

/**
 * Has the connections of a session number their messages one after another. By itself aedes begins each at a random id; when that meets
 * the ids of messages that the client has not acknowledged, an acknowledgement removes the wrong one, which is then never delivered.
 */
export function continuePacketIds(aedes: Aedes): void {
  const sessions = new Map<string, Numbered>()
  aedes.preConnect = (client, { clean = true, clientId }, done) => {
    const before = sessions.get(clientId)
    if (clean) sessions.delete(clientId)
    else if (isNumbered(client)) {
      if (before !== undefined) client._nextId = ((before._nextId + GAP) % 65_535) + 1
      sessions.set(clientId, client)
    }
    done(null, true)
  }
  aedes.on('clientDisconnect', (client) => {
    if (isNumbered(client) && sessions.get(client.id) === client) sessions.set(client.id, { _nextId: client._nextId })
  })
}

function isNumbered(client: object): client is Numbered {
  return '_nextId' in client && typeof client._nextId === 'number'
}
