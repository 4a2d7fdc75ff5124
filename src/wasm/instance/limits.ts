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
  /** Lines a second in the rule's log; what is more is counted and left out. */
  readonly logLines: number
  /** Instances in the whole server. */
  readonly instances: number
  /** Databases that one instance may have open. */
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
  logLines: 100,
  instances: 256,
  connections: 8,
  checkMs: 60_000,
}
