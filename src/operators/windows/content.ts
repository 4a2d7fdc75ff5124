import type { Row } from '../../data/batch.ts'
import type { Value } from '../../data/value.ts'
import type { WindowOutput } from './output.ts'

/** What a window knows about itself when it fires, in milliseconds. */
export interface WindowTimes {
  readonly start: number
  readonly end: number
  /** The time of the row that made it fire; `end` where the time did. */
  readonly trigger: number
}

/**
 * How rows leave a content again, so that it can keep what it holds in the cheapest form.
 * - `whole`: all at once, by `clear`: tumbling, session, state and count windows.
 * - `panes`: in the runs between two `cut`s, the oldest first, by `dropPane`; a window is some panes: hopping.
 * - `rows`: one by one, the oldest first, by `evict`: sliding, count windows that overlap.
 */
export type Leaving = 'whole' | 'panes' | 'rows'

/**
 * What a window holds. The window decides by time and by count which rows are in it and when it fires; the content decides in which form
 * they are kept and what a result is made of: `RowContent` keeps the rows and gives them, an aggregate may keep nothing but its
 * groups. Contents know no time.
 */
export interface WindowContent {
  /** No row is in it. */
  readonly empty: boolean
  /**
   * Takes `rows[from] .. rows[to - 1]` of input `port`, which come after all rows before. `times` of a row stay with the window. Never
   * throws: a row that fails makes every result fail that it is part of.
   */
  add(rows: readonly Row[], from: number, to: number, port: number): void
  /** With `panes`: ends the youngest pane. Rows that follow belong to the next one; a pane may stay empty. */
  cut(): void
  /** With `panes`: the rows of the oldest pane leave. */
  dropPane(): void
  /** With `rows`: the `count` oldest rows leave. */
  evict(count: number): void
  /**
   * Appends one result over everything that is in it to `output` (`row` for each row, then `end`), or `fail` instead of it. A content
   * may give no result: a join that pairs nothing, GROUP BY over no rows, an empty window of which nobody wants to hear (`omitEmpty`).
   * The rows stay.
   */
  fire(times: WindowTimes, output: WindowOutput): void
  /**
   * Right after `fire`, when nothing has changed since and the times are the same: gives that result again, up to `most` times and while
   * `output` has work left. Gives how often; 0: it must be made anew. Absent: the same.
   */
  fireAgain?(output: WindowOutput, most: number): number
  /** All rows leave. */
  clear(): void
  /** The state, which later calls do not change. */
  snapshot(): Value
  /** Called on an empty content with what `snapshot` gave. */
  restore(state: Value): void
}

/**
 * Makes an empty content. A window calls it once, a state window once for each partition. An aggregate that stands directly above the
 * window in the plan (or with a WHERE between them, which wraps it) is always the content of that window, be it incremental or not: only the window
 * knows the bounds of a result without rows. Its row for a group is [the first row of the group, the bounds that the window node
 * names, the aggregates].
 */
export type ContentFactory = (leaving: Leaving) => WindowContent

/**
 * Pairs what the inputs of a join hold when their window fires. `sides[i]` has the rows of input i in the order in which they came. Each
 * is as wide as all inputs together and only its own slots are filled; bounds of the window follow later. Appends the joined rows to
 * `joined`, which may be rows of a side themselves; changes no row. What a condition throws (`row_failed`) fails the result.
 */
export type Joiner = (sides: readonly (readonly Row[])[], joined: Row[]) => void
