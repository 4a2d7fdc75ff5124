import type { StreamContext } from '../../api/context.ts'
import { WireReader, WireWriter } from '../abi/wire.ts'
import type { StateEntry } from '../guest/messages.ts'
import type { PluginCode } from '../plugin-code.ts'
import type { PluginInstance } from './plugin-instance.ts'
import { SavedState } from './saved-state.ts'

const KEY = 'plugin memory'

/** The `checkpoint` interface of a plugin: what it keeps in memory, carried from one instance to the next by the state of its node. */
export class MemoryState {
  readonly #code: PluginCode
  readonly #exported: boolean

  constructor(code: PluginCode) {
    this.#code = code
    this.#exported = code.exports('checkpoint')
  }

  /** Between two calls. A failure is logged: the snapshot before it stays. */
  async save(instance: PluginInstance | undefined, ctx: StreamContext): Promise<void> {
    try {
      await this.take(instance, [ctx])
    } catch (error) {
      ctx.log.warn('the memory of a plugin could not be saved', { plugin: this.#code.name, error })
    }
  }

  /** Between two calls, into the state of all nodes that use the instance. Rejects when the guest does not tell: then nothing changes. */
  async take(instance: PluginInstance | undefined, nodes: Iterable<StreamContext>): Promise<void> {
    if (instance?.alive !== true) return
    if (!this.#exported) {
      // what another version has left there is of the past
      for (const { state } of nodes) state.delete(KEY)
      return
    }
    const wire = new WireReader(await instance.call('checkpoint', 'snapshot', new Uint8Array()))
    this.#code.environment.errors.unwrap(wire)
    const memory = new Uint8Array(wire.blob())
    for (const { state } of nodes) state.set(KEY, memory)
  }

  /** Right after `configure` or `prepare`. Rejects when the plugin refuses what an earlier instance saved. */
  async restore(instance: PluginInstance, ctx: StreamContext): Promise<void> {
    if (!this.#exported) return
    const saved = ctx.state.get(KEY)
    if (!(saved instanceof Uint8Array)) return
    const args = new WireWriter()
    args.blob(saved)
    this.#code.environment.errors.unwrap(new WireReader(await instance.call('checkpoint', 'restore', args.take())))
  }
}

/** Notes what a node has in its state for its plugin. Gives what puts it back, over what came since. */
export function noted({ state }: StreamContext): () => void {
  const before = new SavedState(state).entries()
  const memory = state.get(KEY)
  return () => {
    const saved = new SavedState(state)
    const known = new Set(before.map(([key]) => key))
    const since = saved.entries().flatMap(([key]): StateEntry[] => (known.has(key) ? [] : [[key, undefined]]))
    saved.save([...since, ...before])
    if (memory === undefined) state.delete(KEY)
    else state.set(KEY, memory)
  }
}
