import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { StateStore, StreamContext } from '../api/context.ts'
import type { Struct, Value } from '../data/value.ts'

interface Place {
  readonly rule: string
  readonly node: string
  readonly signal: AbortSignal
  readonly state?: StateStore
}

/** The context of one node of one rule. Its logger and its state are made when somebody asks: most nodes never do. */
class NodeContext implements StreamContext {
  readonly rule: string
  readonly node: string
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly #parentLog: Logger
  #log: Logger | undefined
  #state: StateStore | undefined

  constructor(engine: { readonly clock: Clock; readonly log: Logger }, place: Place) {
    this.rule = place.rule
    this.node = place.node
    this.clock = engine.clock
    this.signal = place.signal
    this.#parentLog = engine.log
    this.#state = place.state
  }

  get log(): Logger {
    this.#log ??= this.#parentLog.child({ rule: this.rule, node: this.node })
    return this.#log
  }

  get state(): StateStore {
    this.#state ??= new NodeState()
    return this.#state
  }
}

export function nodeContext(engine: { readonly clock: Clock; readonly log: Logger }, place: Place): StreamContext {
  return new NodeContext(engine, place)
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

  snapshot(): Struct {
    return Object.fromEntries(this.#values)
  }

  restore(state: Struct): void {
    for (const [key, value] of Object.entries(state)) this.#values.set(key, value)
  }
}
