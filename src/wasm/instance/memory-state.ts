import type { StreamContext } from '../../api/context.ts'
import { WireReader, WireWriter } from '../abi/wire.ts'
import type { PluginCode } from '../plugin-code.ts'
import type { PluginInstance } from './plugin-instance.ts'

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
    if (instance?.alive !== true) return
    if (!this.#exported) {
      // what another version has left there is of the past
      ctx.state.delete(KEY)
      return
    }
    try {
      const wire = new WireReader(await instance.call('checkpoint', 'snapshot', new Uint8Array()))
      this.#code.environment.errors.unwrap(wire)
      ctx.state.set(KEY, new Uint8Array(wire.blob()))
    } catch (error) {
      ctx.log.warn('the memory of a plugin could not be saved', { plugin: this.#code.name, error })
    }
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
