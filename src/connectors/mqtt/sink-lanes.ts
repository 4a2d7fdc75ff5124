import type { SinkConfig } from './fields.ts'
import type { Lane, LaneHandlers } from './lane/lane.ts'

/** A lane that a sink publishes through. */
export interface SinkLane {
  readonly lane: Lane
  /** The sink needs it no more: the last one closes it. */
  leave(): Promise<void>
}

type OpenLane = (handlers: LaneHandlers) => Promise<Lane>

interface Shared {
  readonly opened: Promise<Lane>
  readonly users: Set<LaneHandlers>
}

/**
 * The connections of sinks. Those of one broker with equal settings share one, so that what a thousand rules send in one turn is one
 * write; but sinks that wait for acknowledgements, and those with a client id, have one of their own.
 */
export class SinkLanes {
  readonly #shared = new Map<string, Shared>()

  /** Rejects as `open` does. `handlers` are told what concerns all users of the lane. */
  async join(config: SinkConfig, handlers: LaneHandlers, open: OpenLane): Promise<SinkLane> {
    if (config.qos > 0 || config.enableClientSession || (config.clientid ?? config.clientId ?? '') !== '') {
      const lane = await open(handlers)
      return { lane, leave: () => lane.close() }
    }
    const key = JSON.stringify({ ...config, topic: '', retained: false })
    const shared = this.#shared.get(key) ?? this.#open(key, open)
    shared.users.add(handlers)
    const lane = await shared.opened
    return { lane, leave: () => this.#leave(key, shared, handlers) }
  }

  #open(key: string, open: OpenLane): Shared {
    const users = new Set<LaneHandlers>()
    const opened = open({ drain: () => users.forEach((user) => user.drain?.()) })
    opened.then(
      // each user follows the connection
      (lane) => lane.client.setMaxListeners(0),
      () => this.#shared.delete(key),
    )
    const shared = { opened, users }
    this.#shared.set(key, shared)
    return shared
  }

  async #leave(key: string, { opened, users }: Shared, handlers: LaneHandlers): Promise<void> {
    users.delete(handlers)
    const lane = await opened
    lane.flush()
    if (users.size > 0) return
    this.#shared.delete(key)
    await lane.close()
  }
}
