import { type ConfigOf, duration, type Fields, integer } from './field.ts'

/**
 * Limits of plugins as the manifest of one, or the options of a rule, give them: each only below that of the server, the setting `plugin`. What
 * goes beyond one ends the instance; the server and other rules do not notice.
 */
export const PLUGIN_LIMIT_FIELDS = {
  memory: integer('MiB of memory.', { optional: true, min: 1 }),
  timeout: duration('How long a call may take inside the plugin.', { optional: true }),
  waitTimeout: duration('How long one call of the plugin to the host (a database, a request, a sleep) may take.', { optional: true }),
  totalWaitTimeout: duration('How long one call may wait for the host in all.', { optional: true }),
  hostCalls: integer('Calls a second to the host that wait for something; what is more waits longer.', { optional: true, min: 1 }),
  payload: integer('Bytes that a call may bring or return.', { optional: true, min: 1024 }),
  state: integer('Bytes that the plugin may keep in the state of a rule.', { optional: true, min: 0 }),
  logLines: integer('Lines a second in the log of a rule.', { optional: true, min: 0 }),
  instances: integer('Instances: one for each place where a plugin is used.', { optional: true, min: 1 }),
  connections: integer('Connections that an instance may have open.', { optional: true, min: 0 }),
} as const satisfies Fields

/** Checked limits; what is not given is not narrowed. */
export type PluginLimitsGiven = Partial<ConfigOf<typeof PLUGIN_LIMIT_FIELDS>>
