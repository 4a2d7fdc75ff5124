import type { PluginUse } from '../../api/plugin.ts'

/** What the status of a rule says about its plugins: after the name of the node, as its other metrics. `streams`: those that it may share. */
export function pluginStatus(
  uses: readonly PluginUse[],
  rule: string,
  streams: readonly string[],
): Readonly<Record<string, string | number>> {
  const owners = new Set([rule, ...streams.map((name) => `$stream/${name}`)])
  return Object.fromEntries(uses.filter((use) => owners.has(use.rule)).flatMap(entriesOf))
}

function entriesOf(use: PluginUse): readonly (readonly [string, string | number])[] {
  const prefix = `${use.node}_0_plugin_${use.plugin}`
  return [
    [`${prefix}_version`, use.version],
    [`${prefix}_calls_total`, use.calls],
    [`${prefix}_time_us_total`, use.micros],
    [`${prefix}_traps_total`, use.traps],
    [`${prefix}_restarts_total`, use.restarts],
    [`${prefix}_memory_bytes`, use.memoryBytes],
    [`${prefix}_last_rollback`, use.lastRollback],
    ...Object.entries(use.limits).map(([name, limit]): [string, number] => [`${prefix}_limit_${name}`, limit]),
  ]
}
