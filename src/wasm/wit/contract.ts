import { readFileSync } from 'node:fs'
import { PlutinoError } from '../../base/errors.ts'
import type { WitFunction, WitInterface, WitPackage } from './model.ts'
import { readWit } from './read.ts'

const WIT_FILE = new URL('../../../wit/plugin.wit', import.meta.url)

/** The WIT package between Plutino and its plugins: everything that knows a type or a function of it learns it here. */
export class Contract {
  readonly text: string
  readonly package: WitPackage

  /** `text`: the WIT; by default the one that ships with this version. `known`: what it says, where somebody has read it already. */
  constructor(text = readFileSync(WIT_FILE, 'utf8'), known?: WitPackage) {
    this.text = text
    this.package = known ?? readWit(text)
  }

  /** The name of an interface in components: `plutino:plugin/sink@1.0.0`. */
  id(interfaceName: string): string {
    return `${this.package.name}/${interfaceName}@${this.package.version}`
  }

  /** The interface with that name in components, of this version of the package or of an earlier one with the same first number. */
  byId(id: string): WitInterface | undefined {
    const { name, interfaceName, version } = parts(id)
    return name === this.package.name && serves(this.package.version, version) ? this.package.interfaces.get(interfaceName) : undefined
  }

  /** Which of these names in components is that interface. */
  idIn(ids: Iterable<string>, interfaceName: string): string | undefined {
    for (const id of ids) if (this.byId(id)?.name === interfaceName) return id
    return undefined
  }

  /** The version of this package that a component with these names was built against. */
  versionIn(ids: Iterable<string>): string {
    const versions = [...ids].filter((id) => this.byId(id) !== undefined).map((id) => parts(id).version)
    return versions.reduce((newest, one) => (serves(one, newest) ? one : newest), versions[0] ?? this.package.version)
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

const ID = /^([a-z0-9:-]+)\/([a-z0-9-]+)@(\d+\.\d+\.\d+)$/

function parts(id: string): { readonly name: string; readonly interfaceName: string; readonly version: string } {
  const [, name = '', interfaceName = '', version = ''] = ID.exec(id) ?? []
  return { name, interfaceName, version }
}

/** Within one first number, versions only add. */
function serves(ours: string, theirs: string): boolean {
  const [a = 0, b = 0, c = 0] = ours.split('.').map(Number)
  const [x = -1, y = -1, z = -1] = theirs.split('.').map(Number)
  return a === x && (b > y || (b === y && c >= z))
}
