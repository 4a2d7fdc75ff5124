import type { GuestMemory } from './guest-memory.ts'
import type { Resources } from './resources.ts'

/** What lifting and lowering work on. */
export interface Guest {
  readonly memory: GuestMemory
  readonly resources: Resources
}

/** A core value: an i64 is a bigint. */
export type Flat = number | bigint
