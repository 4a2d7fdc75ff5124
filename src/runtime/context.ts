import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { StateStore, StreamContext } from '../api/context.ts'
import type { Value } from '../data/value.ts'

interface Place {
  readonly rule: string
  readonly node: string
  readonly signal: AbortSignal
  readonly state?: StateStore
}

/** The context of one node of one rule. */
export function nodeContext(engine: { readonly clock: Clock; readonly log: Logger }, place: Place): StreamContext {
  return {
    rule: place.rule,
    node: place.node,
    log: engine.log.child({ rule: place.rule, node: place.node }),
    clock: engine.clock,
    state: place.state ?? new NodeState(),
    signal: place.signal,
  }
}

/** State of one node, in memory: it outlives the node's instances as long as the rule exists. */
export class NodeState implements StateStore {
  readonly #values = new Map<string, Value>()

  get(key: string): Value | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: Value): void {
    this.#values.set(key, value)
  }

  delete(key: string): void {
    this.#values.delete(key)
  }
}
