import type { Databases } from '../api/database.ts'
import type { Contribution } from '../api/definition.ts'
import type { PluginHost, PluginLimitsShown, PluginMove, PluginPackage, PluginUse } from '../api/plugin.ts'
import { type PlutinoError as Problem, PlutinoError } from '../base/errors.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { PluginLimitsGiven } from '../config/plugin-limits.ts'
import { functionDefinitions } from './functions/definitions.ts'
import { checkComponent } from './install/component-check.ts'
import { describeComponent } from './install/describe.ts'
import { type PluginFiles, readFiles } from './install/files.ts'
import { enforceSigning, readSigning, type SigningPolicy } from './install/signature.ts'
import { NO_MANIFEST, readManifest } from './install/manifest.ts'
import { componentHash } from './install/component-hash.ts'
import { type Examined, KnownComponents } from './install/known-components.ts'
import { unzip } from './install/unzip.ts'
import { InOrder } from './instance/in-order.ts'
import { DEFAULT_LIMITS, limitsFrom, narrowed, type PluginLimits, shownLimits } from './instance/limits.ts'
import type { Executor } from './program/code-request.ts'
import { CodeMaker } from './program/code-maker.ts'
import { type Program, programOf } from './program/program.ts'
import { PluginCode, pluginEnvironment, type PluginEnvironment } from './plugin-code.ts'
import { readSections } from './install/sections.ts'
import { sinkDefinition, sourceDefinition } from './connector-definitions.ts'
import { prepareMove } from './swap/move.ts'
import { checkManifestAgrees } from './install/contradictions.ts'
import { checkAllowance, placesOf } from './install/allowance.ts'
import { Contract } from './wit/contract.ts'

export interface PluginHostParts {
  readonly databases: Databases
  readonly clock: Clock
  readonly log: Logger
  /** What is absent has the value of `DEFAULT_LIMITS`. */
  readonly limits?: Partial<PluginLimits>
  /** Absent: any package is accepted. */
  readonly signing?: SigningPolicy
  /** Text of the WIT package; by default the one that ships with this version. */
  readonly wit?: string
  /** Folder for translated components; absent: they are translated again in each life of the server. */
  readonly translations?: string
  /** For components of one core module; by default our own. */
  readonly executor?: Executor
}

/** The host of all plugins of one server. */
export function createPluginHost(parts: PluginHostParts): PluginHost {
  return new ComponentHost(parts)
}

class ComponentHost implements PluginHost {
  readonly #contract: Contract
  readonly #clock: Clock
  readonly #log: Logger
  readonly #limits: PluginLimits
  readonly #signing: SigningPolicy
  readonly #environment: PluginEnvironment
  readonly #codes = new WeakMap<Contribution, PluginCode>()
  readonly #codeMaker: CodeMaker
  readonly #executor: Executor
  readonly #known = new KnownComponents()
  /** One after another: a check takes 100 MB and more. */
  readonly #checks = new InOrder()

  constructor(parts: PluginHostParts) {
    this.#contract = new Contract(parts.wit)
    this.#clock = parts.clock
    this.#log = parts.log
    this.#signing = parts.signing ?? { trusted: [], required: false }
    this.#limits = { ...DEFAULT_LIMITS, ...parts.limits }
    this.#executor = parts.executor ?? 'own'
    this.#codeMaker = new CodeMaker({
      contract: this.#contract,
      clock: this.#clock,
      limit: this.#limits.checkMs,
      ...(parts.translations === undefined ? {} : { folder: parts.translations }),
    })
    this.#environment = pluginEnvironment(this.#contract, parts.databases, this.#limits.instances)
  }

  async unpack(zip: Uint8Array, name?: string): Promise<PluginPackage> {
    return this.#check(await unzip(zip), name)
  }

  check(files: ReadonlyMap<string, Uint8Array>): Promise<PluginPackage> {
    return this.#check(files)
  }

  checkAllowed(plugin: PluginPackage): void {
    checkAllowance(plugin)
  }

  definitions(plugin: PluginPackage): readonly Contribution[] {
    // Again at every start: the settings may be stricter than when it was installed.
    enforceSigning(plugin.files, this.#signing)
    const { name, kinds } = plugin.description
    const manifest = plugin.manifest === undefined ? NO_MANIFEST : readManifest(plugin.manifest, `${name}.json`)
    const limits = narrowed(this.#limits, manifest.limits)
    const code = new PluginCode(name, this.#program(plugin.component, `${name}.wasm`, limits), this.#environment, {
      grant: manifest.grant,
      network: manifest.network,
      ...(plugin.allow === undefined ? {} : { allow: placesOf(plugin.allow) }),
      limits,
      version: plugin.description.version,
      capabilities: plugin.description.capabilities,
      functions: plugin.description.functions ?? [],
    })
    const { source, functions = [] } = plugin.description
    code.contributions = [
      ...(source === undefined ? [] : [sourceDefinition(code, manifest, source, readSections(plugin.files, name))]),
      ...(kinds.includes('sink') ? [sinkDefinition(code, manifest)] : []),
      ...functionDefinitions(code, functions),
    ]
    for (const one of code.contributions) this.#codes.set(one, code)
    return code.contributions
  }

  move(from: readonly Contribution[], to: readonly Contribution[], failed?: (error: Problem) => void): Promise<PluginMove> {
    return prepareMove(this.#codeOf(from), this.#codeOf(to), failed)
  }

  uses(of: readonly Contribution[]): readonly PluginUse[] {
    const lines = new Set(of.flatMap((one) => this.#codes.get(one)?.line ?? []))
    return [...lines].flatMap(({ uses }) =>
      [...uses].map(({ rule, node, code, metrics }) => ({
        rule,
        node,
        plugin: code.name,
        version: code.version,
        calls: metrics.calls,
        micros: Math.round(metrics.micros),
        traps: metrics.traps,
        restarts: metrics.restarts,
        memoryBytes: metrics.memoryBytes(),
        lastRollback: metrics.lastRollback,
        limits: shownLimits(narrowed(code.limits, this.#environment.ruleLimits(rule))),
      })),
    )
  }

  limits(plugin: PluginPackage): PluginLimitsShown {
    const manifest = plugin.manifest === undefined ? NO_MANIFEST : readManifest(plugin.manifest, `${plugin.description.name}.json`)
    return shownLimits(narrowed(this.#limits, manifest.limits))
  }

  ruleLimits(of: (rule: string) => PluginLimitsGiven | undefined): void {
    this.#environment.ruleLimits = (rule) => {
      const given = of(rule)
      return given === undefined ? undefined : limitsFrom(given)
    }
  }

  #codeOf(contributions: readonly Contribution[]): PluginCode {
    const code = contributions.flatMap((one) => this.#codes.get(one) ?? [])[0]
    if (code === undefined) throw new PlutinoError('internal', 'these definitions are of no plugin')
    return code
  }

  async close(): Promise<void> {
    const left = [...this.#environment.instances]
    this.#environment.instances.clear()
    await Promise.allSettled(left.map((instance) => instance.close()))
  }

  #program(component: Uint8Array, file: string, { memoryBytes }: PluginLimits): Program {
    return programOf(component, file, { contract: this.#contract, codeMaker: this.#codeMaker, executor: this.#executor, memoryBytes })
  }

  async #check(files: ReadonlyMap<string, Uint8Array>, name?: string): Promise<PluginPackage> {
    const found = readFiles(files, name)
    enforceSigning(files, this.#signing)
    const manifest = found.manifest === undefined ? NO_MANIFEST : readManifest(found.manifest, found.manifestFile)
    readSections(files, found.name)
    const limits = narrowed(this.#limits, manifest.limits)
    const sha256 = await componentHash(found.component)
    const examined = await this.#known.examined(sha256, limits.memoryBytes, () => this.#examine(found, limits))
    const { kinds, capabilities, wit, source, functions } = examined
    checkManifestAgrees(found, { kinds, functions })
    this.#log.debug('plugin checked', { plugin: found.name, version: found.version, sha256 })
    return {
      description: {
        name: found.name,
        version: found.version,
        kinds,
        capabilities,
        wit,
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

  async #examine({ component, componentFile }: PluginFiles, limits: PluginLimits): Promise<Examined> {
    const tools = { contract: this.#contract, clock: this.#clock, limits, codeMaker: this.#codeMaker, executor: this.#executor }
    const { checkMs, memoryBytes } = limits
    const checked = await this.#checks.run(() => checkComponent(component, componentFile, { ...tools, limit: checkMs, memoryBytes }))
    const said = await describeComponent(this.#program(component, componentFile, limits), checked.exports, componentFile, tools)
    return { ...checked, ...said }
  }
}
