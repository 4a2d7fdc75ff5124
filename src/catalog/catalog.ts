import path from 'node:path'
import type { Contribution } from '../api/definition.ts'
import type { PluginHost } from '../api/plugin.ts'
import type { Registry } from '../api/registry.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { PluginSettings, RuleSettings } from '../config/setting-fields.ts'
import type { SourceConfigs } from '../config/source-config.ts'
import type { Rule } from '../runtime/rule.ts'
import { Plugins } from './plugins/plugins.ts'
import type { KvStore } from '../store/kv.ts'
import { type ResultPort, RuleTests } from './rule-tests.ts'
import { Rules } from './rules.ts'
import { Streams } from './streams.ts'

export interface CatalogParts {
  readonly store: KvStore
  readonly registry: Registry
  readonly engine: { rule(id: string): Rule; forgetStream(name: string): void }
  readonly pluginHost: PluginHost
  readonly sources: SourceConfigs
  readonly results: ResultPort
  readonly clock: Clock
  readonly log: Logger
  readonly dataFolder: string
  readonly settings: { readonly rule: RuleSettings; readonly plugin: PluginSettings }
}

/** What users created. */
export interface Catalog {
  readonly streams: Streams
  readonly rules: Rules
  readonly ruleTests: RuleTests
  readonly plugins: Plugins
  /** Nothing has been created yet. */
  isEmpty(): boolean
  /** Once, before requests: plugins, then streams, then rules; starts those that ran. */
  restore(): Promise<void>
  /** Stops what runs. The plugin host and the store are closed by their owner, after this. */
  close(): Promise<void>
}

export function createCatalog(parts: CatalogParts): Catalog {
  const { registry, log, store, settings } = parts
  const streams = new Streams({
    ...parts,
    log: log.child({ part: 'streams' }),
    rulesUsing: (name) => rules.using('streams', name),
    forget: (name) => parts.engine.forgetStream(name),
  })
  const rules = new Rules({
    ...parts,
    streams,
    log: log.child({ part: 'rules' }),
    defaults: settings.rule,
    pluginUses: () => plugins.uses(),
  })
  const ruleTests = new RuleTests({ ...parts, streams, log: log.child({ part: 'rule tests' }), defaults: settings.rule })
  const plugins = new Plugins({
    registry,
    store,
    host: parts.pluginHost,
    clock: parts.clock,
    log: log.child({ part: 'plugins' }),
    folder: path.join(parts.dataFolder, 'plugins'),
    settings: settings.plugin,
    rulesUsing: (contributions) => rulesUsing(contributions, streams, rules),
    reloadRules: (ids, because) => rules.reload(ids, because),
    reviveRules: (ids) => rules.revive(ids),
  })
  parts.pluginHost.ruleLimits((id) => rules.pluginLimits(id))
  return {
    streams,
    rules,
    ruleTests,
    plugins,
    isEmpty: () => streams.size === 0 && rules.size === 0,
    async restore() {
      await plugins.load()
      streams.load()
      await rules.restore()
    },
    async close() {
      await plugins.close()
      await ruleTests.close()
      await rules.close()
    },
  }
}

function rulesUsing(contributions: readonly Contribution[], streams: Streams, rules: Rules): readonly string[] {
  const ids = contributions.flatMap(({ kind, name }) => {
    switch (kind) {
      case 'sink':
        return rules.using('sinks', name)
      case 'function':
        return rules.using('functions', name)
      case 'source':
      case 'lookup':
        return streams.ofType(name).flatMap((stream) => rules.using('streams', stream))
      case 'codec':
        return []
    }
  })
  return [...new Set(ids)]
}
