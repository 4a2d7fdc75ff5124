import type { Aedes, Client } from 'aedes'

type Done = () => void

/** What aedes gives a connection its messages with, as far as it is not declared. */
interface Receiver extends Client {
  deliverQoS: (message: object, done: Done) => void
}

/**
 * Gives a connection that goes on with its session what waited for it before anything newer: the protocol wants the order of publication
 * (MQTT 3.1.1, 4.6). By itself aedes sends messages that come in at that moment between those that wait.
 */
export function queueFirst(aedes: Aedes): void {
  const { preConnect } = aedes
  aedes.preConnect = (client, packet, done) => {
    if (packet.clean === false && isReceiver(client)) holdUntilConnected(client)
    preConnect(client, packet, done)
  }
}

/** A connection counts as connected once its queue is empty. Messages that are held are in its session: when it ends before, they come with the next one. */
function holdUntilConnected(client: Receiver): void {
  let held: (readonly [object, Done])[] = []
  const deliver = client.deliverQoS
  client.deliverQoS = (message, done) => {
    if (client.connected || client.closed) deliver(message, done)
    else held.push([message, done])
  }
  const release = (): void => {
    const waiting = held
    held = []
    for (const [message, done] of waiting) deliver(message, done)
  }
  client.once('connected', release)
  client.conn.once('close', release)
}

function isReceiver(client: Client): client is Receiver {
  return 'deliverQoS' in client && typeof client.deliverQoS === 'function'
}
