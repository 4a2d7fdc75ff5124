import type { StreamContext } from '../../api/context.ts'

/** One node may call functions of several plugins: each has a part of its state. */
export function withOwnState({ rule, node, log, clock, signal, state }: StreamContext, plugin: string): StreamContext {
  const own = (key: string): string => `${plugin}: ${key}`
  return {
    rule,
    node,
    log,
    clock,
    signal,
    state: {
      get: (key) => state.get(own(key)),
      set: (key, value) => state.set(own(key), value),
      delete: (key) => state.delete(own(key)),
    },
  }
}
