import { readFileSync } from 'node:fs'
import { PlutinoError } from '../../base/errors.ts'
import type { WitFunction, WitInterface, WitPackage } from './model.ts'
import { readWit } from './read.ts'

const WIT_FILE = new URL('../../../wit/plugin.wit', import.meta.url)

/** The WIT package between Plutino and its plugins: everything that knows a type or a function of it learns it here. */
export class Contract {
  readonly text: string
  readonly package: WitPackage

  /** `text`: the WIT; by default the one that ships with this version. */
  constructor(text = readFileSync(WIT_FILE, 'utf8')) {
    this.text = text
    this.package = readWit(text)
  }

  /** The name of an interface in components: `plutino:plugin/sink@1.0.0`. */
  id(interfaceName: string): string {
    return `${this.package.name}/${interfaceName}@${this.package.version}`
  }

  /** The interface with that name in components. */
  byId(id: string): WitInterface | undefined {
    return [...this.package.interfaces.values()].find((one) => this.id(one.name) === id)
  }

  interface(name: string): WitInterface {
    const found = this.package.interfaces.get(name)
    if (found === undefined) throw new PlutinoError('internal', `the WIT has no interface "${name}"`)
    return found
  }

  function(interfaceName: string, functionName: string): WitFunction {
    const found = this.interface(interfaceName).functions.find((one) => one.name === functionName)
    if (found === undefined) throw new PlutinoError('internal', `the WIT has no function "${interfaceName}.${functionName}"`)
    return found
  }
}
