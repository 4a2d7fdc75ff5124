import type { CallPlace } from '../../api/function.ts'
import type { PluginFunction } from '../../api/plugin.ts'
import { PlutinoError } from '../../base/errors.ts'
import { WireReader, WireWriter } from '../abi/wire.ts'
import type { PluginInstance } from '../instance/plugin-instance.ts'
import type { PluginCode } from '../plugin-code.ts'

interface Place {
  readonly of: PluginFunction
  readonly place: CallPlace
}

/** The places of a rule that call functions of one plugin. Each instance must know them before it is called. */
export class Places {
  readonly #all: Place[] = []

  get count(): number {
    return this.#all.length
  }

  add(of: PluginFunction, place: CallPlace): void {
    this.#all.push({ of, place })
  }

  /** Tells an instance of those from `from` on. Rejects with `config_invalid` when the guest does not take the arguments of one. */
  async prepare(instance: PluginInstance, code: PluginCode, from = 0): Promise<void> {
    // others may come meanwhile
    for (const { of, place } of this.#all.slice(from)) {
      const wire = new WireReader(await instance.call(of.interface, 'prepare', argumentsOf(of, place, code)))
      if (wire.u8() !== 0) throw new PlutinoError('config_invalid', `function ${of.name}: ${wire.text()}`)
    }
  }
}

function argumentsOf(of: PluginFunction, { place, args }: CallPlace, { environment }: PluginCode): Uint8Array<ArrayBuffer> {
  const wire = new WireWriter()
  wire.u32(of.index)
  wire.u32(place)
  wire.u32(args.length)
  const { constant, expression } = environment.argumentTags
  for (const arg of args) {
    if ('constant' in arg) {
      wire.u8(constant)
      environment.cells.write(wire, arg.constant)
    } else {
      wire.u8(expression)
      wire.text(arg.expression)
    }
  }
  return wire.take()
}
