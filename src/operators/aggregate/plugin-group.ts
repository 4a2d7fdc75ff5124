import type { PlutinoError } from '../../base/errors.ts'
import type { Cell } from '../../data/value.ts'
import { RowQueue } from '../windows/row-queue.ts'

/** The arguments of a row for one call, and why the plugin did not take them. */
export interface AddedRow {
  readonly args: readonly Cell[]
  failed?: PlutinoError
}

/** What a plugin gives for a group, once it was asked. */
export interface Answer {
  value: Cell
  error?: PlutinoError
}

/** The rows of a group whose rows leave again. */
interface Members {
  /** Those that are in the plugin, the oldest first. */
  readonly added: RowQueue<AddedRow>
  /** Those that it did not take. */
  readonly failed: Set<AddedRow>
}

/** A group, or a part of one, as the aggregate of a plugin knows it for one call. */
export class PluginGroup {
  /** Undefined: all rows of the group stay until it ends. */
  readonly members: Members | undefined
  /** Something was added, or will be. */
  begun = false
  /** The last turn in which something is done with it, of the turns that are numbered by `schedule`. */
  turn = 0
  schedule = 0
  /** What the plugin was asked since something was added. */
  asked: Answer | undefined
  /** Its number in the plugin; undefined: it does not know it yet. */
  number: number | undefined
  /** What it knows, as long as nothing is added. */
  saved: Uint8Array | undefined
  /** Why the group has no value any more. */
  error: PlutinoError | undefined
  /** With DISTINCT: the keys of what was added. */
  seen: Set<string> | undefined

  constructor(rowsLeave = false) {
    if (rowsLeave) this.members = { added: new RowQueue(), failed: new Set() }
  }

  /** Why it has no value now. */
  get failure(): PlutinoError | undefined {
    return this.error ?? this.members?.failed.values().next().value?.failed
  }
}
