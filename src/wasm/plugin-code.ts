import type { Databases, Grant } from '../api/database.ts'
import type { StreamContext } from '../api/context.ts'
import type { Contribution } from '../api/definition.ts'
import type { PluginFunction } from '../api/plugin.ts'
import { PlutinoError } from '../base/errors.ts'
import { Sleep } from './imports/clock.ts'
import type { GuestConfig } from './guest-config.ts'
import { DatabaseCalls } from './imports/database.ts'
import { HttpCalls } from './imports/http.ts'
import { NetworkGrant } from './imports/network-grant.ts'
import { TcpCalls } from './imports/tcp.ts'
import { narrowed, type PluginLimits } from './instance/limits.ts'
import { PluginInstance } from './instance/plugin-instance.ts'
import { SavedState } from './instance/saved-state.ts'
import { PluginLine } from './swap/plugin-line.ts'
import type { UseMetrics } from './swap/use-metrics.ts'
import type { Program } from './program/program.ts'
import { ColumnCodec } from './functions/columns.ts'
import { CellCodec } from './values/cells.ts'
import { GuestErrors } from './values/guest-errors.ts'
import type { Contract } from './wit/contract.ts'

/** What all plugins of a server share. */
export interface PluginEnvironment {
  readonly contract: Contract
  readonly cells: CellCodec
  readonly columns: ColumnCodec
  readonly errors: GuestErrors
  /** Discriminants of `argument`. */
  readonly argumentTags: { readonly constant: number; readonly expression: number }
  readonly databases: Databases
  /** Instances that live. */
  readonly instances: Set<PluginInstance>
  /** Of the whole server. */
  readonly maxInstances: number
  /** To what a rule narrows the limits of the plugins that it uses. */
  ruleLimits: (rule: string) => Partial<PluginLimits> | undefined
}

export function pluginEnvironment(contract: Contract, databases: Databases, maxInstances: number): PluginEnvironment {
  const cells = new CellCodec(contract)
  const argument = contract.interface('types').types.get('argument')
  const tag = (name: string): number => (argument?.kind === 'variant' ? argument.cases.findIndex((one) => one.name === name) : 0)
  return {
    contract,
    databases,
    maxInstances,
    cells,
    columns: new ColumnCodec(contract, cells),
    errors: new GuestErrors(contract),
    argumentTags: { constant: tag('constant'), expression: tag('expression') },
    instances: new Set(),
    ruleLimits: () => undefined,
  }
}

export interface PluginRules {
  readonly version: string
  /** The interfaces that it imports. */
  readonly capabilities: readonly string[]
  readonly limits: PluginLimits
  readonly grant: Grant
  /** Places that the manifest names. */
  readonly network: readonly string[]
  /** To which its installer narrows them; absent: not at all. */
  readonly allow?: readonly string[]
  readonly functions: readonly PluginFunction[]
}

/** The code of one version of a plugin. */
export class PluginCode {
  readonly name: string
  readonly version: string
  readonly functions: readonly PluginFunction[]
  /** The versions before and after it; its own until it follows another. */
  line = new PluginLine<PluginCode>(this)
  /** What it brings. */
  contributions: readonly Contribution[] = []
  readonly limits: PluginLimits
  readonly environment: PluginEnvironment
  readonly #grant: Grant
  readonly #capabilities: readonly string[]
  readonly #network: Pick<PluginRules, 'network' | 'allow'>
  readonly #program: Program

  constructor(name: string, program: Program, environment: PluginEnvironment, rules: PluginRules) {
    this.name = name
    this.version = rules.version
    this.functions = rules.functions
    this.limits = rules.limits
    this.environment = environment
    this.#grant = rules.grant
    this.#capabilities = rules.capabilities
    this.#network = rules
    this.#program = program
  }

  /** What it keeps is saved with the rules that use it. */
  get keepsState(): boolean {
    return this.#capabilities.includes('state') || this.exports('checkpoint')
  }

  /** A new instance for one node of a rule, with what its configuration names: databases that it may open, places that it may reach. */
  instantiate(ctx: StreamContext, { addresses, network }: Pick<GuestConfig, 'addresses' | 'network'>, metrics: UseMetrics): PluginInstance {
    const { cells, errors, contract, databases, instances, ruleLimits } = this.environment
    const narrower = ruleLimits(ctx.rule)
    this.#checkCount(ctx, narrower?.instances)
    const limits = narrowed(this.limits, narrower)
    const reach = new NetworkGrant(network, {
      patterns: this.#network.network,
      ...(this.#network.allow === undefined ? {} : { within: this.#network.allow }),
    })
    const calls = { ...limits, grant: reach, errors, clock: ctx.clock }
    const instance = new PluginInstance({
      plugin: this.name,
      place: { rule: ctx.rule, node: ctx.node },
      metrics,
      code: this.#program.code(limits.memoryBytes),
      wit: contract.package,
      limits,
      clock: ctx.clock,
      log: ctx.log,
      state: new SavedState(ctx.state),
      imports: [
        new DatabaseCalls({ ...limits, databases, addresses, grant: this.#grant, cells, errors, clock: ctx.clock }),
        new HttpCalls(calls),
        new TcpCalls(calls),
        new Sleep(ctx.clock, limits.waitMs),
      ],
    })
    instances.add(instance)
    return instance
  }

  /** Of a place that has an instance already, as while versions change, another one is not counted. `ofRule`: how many a rule may have. */
  #checkCount(ctx: StreamContext, ofRule = Infinity): void {
    const { instances, maxInstances } = this.environment
    const own = placesBeside(
      ctx,
      [...instances].filter((one) => one.plugin === this.name),
    )
    if (own >= this.limits.instances) {
      throw new PlutinoError('unavailable', `${own} instances of plugin ${this.name} run, more are not allowed`, {
        hint: 'stop rules that use it, or raise limits.instances of its manifest',
      })
    }
    if (instances.size >= maxInstances) {
      throw new PlutinoError(
        'unavailable',
        `plugin ${this.name} cannot start: ${maxInstances} plugin instances run in this server, more are not allowed`,
        {
          hint: 'stop rules that use plugins, or raise the setting plugin.maxInstances: each use of a plugin in a rule has an instance of its own',
        },
      )
    }
    if (
      placesBeside(
        ctx,
        [...instances].filter((one) => one.place.rule === ctx.rule),
      ) < ofRule
    )
      return
    throw new PlutinoError('unavailable', `plugin ${this.name} cannot start: the limits of the rule allow ${ofRule} plugin instances`, {
      hint: 'raise limits.instances in the options of the rule',
    })
  }

  /** What this version brings in the place of a contribution of another one. */
  contribution<K extends Contribution['kind']>(kind: K): Extract<Contribution, { readonly kind: K }> | undefined {
    return this.contributions.find((one): one is Extract<Contribution, { readonly kind: K }> => one.kind === kind)
  }

  /** Whether the plugin exports that interface of the WIT. */
  exports(interfaceName: string): boolean {
    return this.#program.exports(interfaceName)
  }

  async dispose(instance: PluginInstance | undefined): Promise<void> {
    if (instance === undefined) return
    this.environment.instances.delete(instance)
    await instance.close()
  }
}

/** How many places other than that of `ctx` have instances. */
function placesBeside(ctx: StreamContext, instances: readonly PluginInstance[]): number {
  const others = instances.filter(({ place: { rule, node } }) => rule !== ctx.rule || node !== ctx.node)
  return new Set(others.map(({ plugin, place: { rule, node } }) => JSON.stringify([plugin, rule, node]))).size
}
