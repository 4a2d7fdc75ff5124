import type { StreamContext } from '../../api/context.ts'
import { WireReader } from '../abi/wire.ts'
import type { GuestConfig } from '../guest-config.ts'
import { MemoryState } from '../instance/memory-state.ts'
import type { PluginInstance } from '../instance/plugin-instance.ts'
import type { PluginCode } from '../plugin-code.ts'
import type { UseMetrics } from './use-metrics.ts'

/** Calls a function of the connector's interface that gives a `result`: the reader stands behind its `ok`. */
export type GuestCall = (name: string, args: Uint8Array<ArrayBuffer>) => Promise<WireReader>

export interface Setup<Config> {
  readonly code: PluginCode
  readonly config: Config
}

/** An instance that has taken its configuration. `ready`: what it answered. */
export interface Seated<Config, Ready> extends Setup<Config> {
  readonly instance: PluginInstance
  readonly call: GuestCall
  readonly ready: Ready
}

export interface SeatParts<Config, Ready> extends Setup<Config> {
  readonly interface: 'source' | 'sink'
  /** The configuration for another version. Throws `config_invalid`. */
  readonly configFor: (code: PluginCode) => Config
  readonly configure: (call: GuestCall, config: Config) => Promise<Ready>
  readonly open: (call: GuestCall) => Promise<unknown>
  /** An instance is closed before the next opens: both at once would read the same. */
  readonly alone: boolean
}

/** Begins and ends the instances of a plugin in one node of a rule. */
export class Instances<Config extends GuestConfig, Ready> {
  readonly #parts: SeatParts<Config, Ready>
  readonly #metrics: UseMetrics

  constructor(parts: SeatParts<Config, Ready>, metrics: UseMetrics) {
    this.#parts = parts
    this.#metrics = metrics
  }

  /** Configured and open. */
  async start(ctx: StreamContext, setup: Setup<Config>): Promise<Seated<Config, Ready>> {
    const seated = await this.configured(ctx, setup)
    try {
      await this.open(ctx, seated)
      return seated
    } catch (error) {
      await setup.code.dispose(seated.instance)
      throw error
    }
  }

  /** It has taken its configuration, and nothing more. */
  async configured(ctx: StreamContext, { code, config }: Setup<Config>): Promise<Seated<Config, Ready>> {
    const instance = code.instantiate(ctx, config, this.#metrics)
    const call: GuestCall = (name, args) => this.#call(ctx, { code, instance }, name, args)
    try {
      const ready = await this.#parts.configure(call, config)
      return { code, config, instance, call, ready }
    } catch (error) {
      await code.dispose(instance)
      throw error
    }
  }

  async open(ctx: StreamContext, { code, instance, call }: Seated<Config, Ready>): Promise<void> {
    await new MemoryState(code).restore(instance, ctx)
    await this.#parts.open(call)
  }

  /** In good order: the guest closes what it has open. Never rejects. */
  async end({ code, instance }: Seated<Config, Ready>): Promise<void> {
    try {
      if (instance.alive) await instance.call(this.#parts.interface, 'close', new Uint8Array())
    } catch {
      // it is ended anyway, and its failure has been told where it happened
    }
    await code.dispose(instance)
  }

  /** The stop of the rule ends a call that is under way, and the instance with it. */
  async #call(
    { signal }: StreamContext,
    { code, instance }: { readonly code: PluginCode; readonly instance: PluginInstance },
    name: string,
    args: Uint8Array<ArrayBuffer>,
  ): Promise<WireReader> {
    const stop = (): void => void instance.close()
    signal.addEventListener('abort', stop, { once: true })
    try {
      const wire = new WireReader(await instance.call(this.#parts.interface, name, args))
      code.environment.errors.unwrap(wire)
      return wire
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
}
