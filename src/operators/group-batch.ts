import type { BatchFunction, GroupFunction } from '../api/function.ts'
import type { PlutinoError } from '../base/errors.ts'
import type { Cell } from '../data/value.ts'

/**
 * An aggregate that is kept elsewhere, over groups that are complete: the argument of each call is the array of its rows. The error of one
 * row is that of its group.
 */
export class GroupBatch implements BatchFunction {
  readonly #groups: GroupFunction

  constructor(groups: GroupFunction) {
    this.#groups = groups
  }

  async call(calls: readonly (readonly Cell[])[]): Promise<readonly (Cell | PlutinoError)[]> {
    const owners: number[] = []
    const rows: (readonly Cell[])[] = []
    calls.forEach(([group], owner) => {
      for (const row of listOf(group)) {
        owners.push(owner)
        rows.push(listOf(row))
      }
    })
    const failures = rows.length === 0 ? new Map<number, PlutinoError>() : await this.#groups.add(owners, rows)
    const all = calls.map((_, owner) => owner)
    const values = [...(await this.#groups.finish(all))]
    await this.#groups.drop(all)
    for (const [row, error] of failures) values[owners[row] ?? 0] = error
    return values
  }
}

function listOf(value: Cell): readonly Cell[] {
  return Array.isArray(value) ? value : []
}
