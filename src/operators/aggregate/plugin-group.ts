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

/** How many rows have come to a group and have left it. */
interface Counts {
  readonly entered: number
  readonly left: number
}

/** The rows of a group whose rows leave again, the oldest first. */
export class Members implements Counts {
  /** Those that are in the plugin. */
  readonly added = new RowQueue<AddedRow>()
  /** Those that it did not take. */
  readonly failed = new Set<AddedRow>()
  entered = 0
  left = 0
  /** Before the batch that is being taken. */
  before: Counts = { entered: 0, left: 0 }
  /** From the one that has the number `before.left` on. */
  readonly #rows = new RowQueue<AddedRow>()

  enter(row: AddedRow): void {
    this.#rows.push(row)
    this.entered++
  }

  leave(): void {
    this.left++
  }

  /** By the numbers in which they came; of those that have left, only those of this batch are still here. */
  rows(from: number, to: number): readonly AddedRow[] {
    const rows: AddedRow[] = []
    for (let i = from; i < to; i++) {
      const row = this.#rows.at(i - this.before.left)
      if (row !== undefined) rows.push(row)
    }
    return rows
  }

  /** The batch is over. */
  settle(): void {
    this.#rows.drop(this.left - this.before.left)
    this.before = { entered: this.entered, left: this.left }
  }
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
    if (rowsLeave) this.members = new Members()
  }

  /** Why it has no value now. */
  get failure(): PlutinoError | undefined {
    return this.error ?? this.members?.failed.values().next().value?.failed
  }

  /** Why it has none once these rows have left. */
  failureWithout(leaving: ReadonlySet<AddedRow>): PlutinoError | undefined {
    if (this.error !== undefined || this.members === undefined || leaving.size === 0) return this.failure
    for (const row of this.members.failed) if (!leaving.has(row)) return row.failed
    return undefined
  }
}
