import { createHash } from 'node:crypto'
import type { Databases } from '../api/database.ts'
import type { Contribution } from '../api/definition.ts'
import type { PluginHost, PluginPackage } from '../api/plugin.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import { mainModule } from './component/take-apart.ts'
import { functionDefinitions } from './functions/definitions.ts'
import { checkComponent } from './install/component-check.ts'
import { describeComponent } from './install/describe.ts'
import { readFiles } from './install/files.ts'
import { enforceSigning, readSigning, type SigningPolicy } from './install/signature.ts'
import { type Manifest, NO_MANIFEST, readManifest } from './install/manifest.ts'
import { unzip } from './install/unzip.ts'
import { DEFAULT_LIMITS, type PluginLimits } from './instance/limits.ts'
import { PluginCode, pluginEnvironment, type PluginEnvironment } from './plugin-code.ts'
import { readSections } from './install/sections.ts'
import { sinkDefinition, sourceDefinition } from './connector-definitions.ts'
import { Contract } from './wit/contract.ts'

export interface PluginHostParts {
  readonly databases: Databases
  readonly clock: Clock
  readonly log: Logger
  /** What is absent has the value of `DEFAULT_LIMITS`. */
  readonly limits?: Partial<PluginLimits>
  /** Absent: any package is accepted. */
  readonly signing?: SigningPolicy
}

/** The host of all plugins of one server. */
export function createPluginHost(parts: PluginHostParts): PluginHost {
  return new ComponentHost(parts)
}

class ComponentHost implements PluginHost {
  readonly #contract = new Contract()
  readonly #clock: Clock
  readonly #log: Logger
  readonly #limits: PluginLimits
  readonly #signing: SigningPolicy
  readonly #environment: PluginEnvironment

  constructor(parts: PluginHostParts) {
    this.#clock = parts.clock
    this.#log = parts.log
    this.#signing = parts.signing ?? { trusted: [], required: false }
    this.#limits = { ...DEFAULT_LIMITS, ...parts.limits }
    this.#environment = pluginEnvironment(this.#contract, parts.databases, this.#limits.instances)
  }

  async unpack(zip: Uint8Array, name?: string): Promise<PluginPackage> {
    return this.#check(await unzip(zip), name)
  }

  check(files: ReadonlyMap<string, Uint8Array>): Promise<PluginPackage> {
    return this.#check(files)
  }

  definitions(plugin: PluginPackage): readonly Contribution[] {
    // Again at every start: the settings may be stricter than when it was installed.
    enforceSigning(plugin.files, this.#signing)
    const { name, kinds } = plugin.description
    const manifest = plugin.manifest === undefined ? NO_MANIFEST : readManifest(plugin.manifest, `${name}.json`)
    const core = mainModule(plugin.component, `${name}.wasm`)
    const code = new PluginCode(name, core, this.#environment, {
      grant: manifest.grant,
      network: manifest.network,
      limits: narrowed(this.#limits, manifest),
    })
    const { source, functions = [] } = plugin.description
    return [
      ...(source === undefined ? [] : [sourceDefinition(code, manifest, source, readSections(plugin.files, name))]),
      ...(kinds.includes('sink') ? [sinkDefinition(code, manifest)] : []),
      ...functionDefinitions(code, functions),
    ]
  }

  async close(): Promise<void> {
    const left = [...this.#environment.instances]
    this.#environment.instances.clear()
    await Promise.allSettled(left.map((instance) => instance.close()))
  }

  async #check(files: ReadonlyMap<string, Uint8Array>, name?: string): Promise<PluginPackage> {
    const found = readFiles(files, name)
    enforceSigning(files, this.#signing)
    if (found.manifest !== undefined) readManifest(found.manifest, found.manifestFile)
    readSections(files, found.name)
    const tools = { contract: this.#contract, clock: this.#clock, limits: this.#limits }
    const { kinds, capabilities, exports, core } = await checkComponent(found.component, found.componentFile, {
      ...tools,
      limit: this.#limits.checkMs,
      memoryBytes: this.#limits.memoryBytes,
    })
    const { source, functions } = await describeComponent(core, exports, found.componentFile, tools)
    const sha256 = createHash('sha256').update(found.component).digest('hex')
    this.#log.debug('plugin checked', { plugin: found.name, version: found.version, sha256 })
    return {
      description: {
        name: found.name,
        version: found.version,
        kinds,
        capabilities,
        wit: this.#contract.package.version,
        size: found.component.length,
        sha256,
        signing: readSigning(files),
        ...(source === undefined ? {} : { source }),
        ...(functions.length === 0 ? {} : { functions }),
      },
      component: found.component,
      files,
      ...(found.manifest === undefined ? {} : { manifest: found.manifest }),
    }
  }
}

/** A manifest can only ask for less than the server allows. */
function narrowed(limits: PluginLimits, manifest: Manifest): PluginLimits {
  return {
    ...limits,
    memoryBytes: Math.min(limits.memoryBytes, manifest.memoryBytes ?? Infinity),
    callMs: Math.min(limits.callMs, manifest.callMs ?? Infinity),
  }
}
