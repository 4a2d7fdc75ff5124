import type { PluginLimitsShown } from '../../api/plugin.ts'
import type { PluginLimitsGiven } from '../../config/plugin-limits.ts'

/** What a plugin may use. A plugin that goes beyond ends; the server and other rules do not notice. */
export interface PluginLimits {
  readonly memoryBytes: number
  /** How long one call may run inside the guest, in milliseconds. */
  readonly callMs: number
  /** How long one call of the guest to the host (a database) may take, in milliseconds. */
  readonly waitMs: number
  /** How long one call may wait for the host in all, in milliseconds. */
  readonly waitTotalMs: number
  /** Calls a second of the guest that the server's thread answers; what is more waits. */
  readonly hostCalls: number
  /** Bytes that one call may bring or return. */
  readonly payloadBytes: number
  /** Bytes that one plugin in one rule may keep as state. */
  readonly stateBytes: number
  /** Lines a second in the rule's log; what is more is counted and left out. */
  readonly logLines: number
  /** Instances in the whole server. */
  readonly instances: number
  /** Databases, and sockets, that one instance may have open. */
  readonly connections: number
  /** How long the check of a new plugin may take, in milliseconds. */
  readonly checkMs: number
}

export const DEFAULT_LIMITS: PluginLimits = {
  memoryBytes: 64 * 1024 * 1024,
  callMs: 5_000,
  waitMs: 30_000,
  waitTotalMs: 120_000,
  hostCalls: 10_000,
  payloadBytes: 16 * 1024 * 1024,
  stateBytes: 16 * 1024 * 1024,
  logLines: 100,
  instances: 256,
  connections: 8,
  checkMs: 60_000,
}

/** Only downwards: a manifest, or a rule, can ask for less than what is allowed already. */
export function narrowed(limits: PluginLimits, given: Partial<PluginLimits> | undefined): PluginLimits {
  if (given === undefined) return limits
  const least = (name: keyof PluginLimits): number => Math.min(limits[name], given[name] ?? Infinity)
  return {
    memoryBytes: least('memoryBytes'),
    callMs: least('callMs'),
    waitMs: least('waitMs'),
    waitTotalMs: least('waitTotalMs'),
    hostCalls: least('hostCalls'),
    payloadBytes: least('payloadBytes'),
    stateBytes: least('stateBytes'),
    logLines: least('logLines'),
    instances: least('instances'),
    connections: least('connections'),
    checkMs: least('checkMs'),
  }
}

/** As a person gives them. */
export function limitsFrom(given: PluginLimitsGiven): Partial<PluginLimits> {
  const { memory, timeout, waitTimeout, totalWaitTimeout, hostCalls, payload, state, logLines, instances, connections } = given
  return {
    ...(memory === undefined ? {} : { memoryBytes: memory * 1_048_576 }),
    ...(timeout === undefined ? {} : { callMs: timeout }),
    ...(waitTimeout === undefined ? {} : { waitMs: waitTimeout }),
    ...(totalWaitTimeout === undefined ? {} : { waitTotalMs: totalWaitTimeout }),
    ...(hostCalls === undefined ? {} : { hostCalls }),
    ...(payload === undefined ? {} : { payloadBytes: payload }),
    ...(state === undefined ? {} : { stateBytes: state }),
    ...(logLines === undefined ? {} : { logLines }),
    ...(instances === undefined ? {} : { instances }),
    ...(connections === undefined ? {} : { connections }),
  }
}

export function shownLimits(limits: PluginLimits): PluginLimitsShown {
  const { memoryBytes, callMs, waitMs, waitTotalMs, hostCalls, payloadBytes, stateBytes, logLines, instances, connections } = limits
  return {
    memory: memoryBytes,
    callTimeout: callMs,
    waitTimeout: waitMs,
    totalWaitTimeout: waitTotalMs,
    hostCalls,
    payload: payloadBytes,
    state: stateBytes,
    logLines,
    instances,
    connections,
  }
}
