import type { GroupFunction } from '../../api/function.ts'
import type { PlutinoError } from '../../base/errors.ts'
import type { PluginGroup } from './plugin-group.ts'

/** The numbers by which a plugin knows groups, from the first thing that is done with them until they end. */
export class GroupPlaces {
  readonly #plugin: Pick<GroupFunction, 'lost'>
  readonly #free: number[] = []
  #next = 0

  constructor(plugin: Pick<GroupFunction, 'lost'>) {
    this.#plugin = plugin
  }

  numbersOf(groups: readonly PluginGroup[]): readonly number[] {
    return groups.map((group) => (group.number ??= this.#free.pop() ?? this.#next++))
  }

  giveBack(group: PluginGroup): void {
    if (group.number !== undefined) this.#free.push(group.number)
    group.number = undefined
  }

  /** Why the plugin does not have it any more. */
  lossOf({ number }: PluginGroup): PlutinoError | undefined {
    return number === undefined ? undefined : this.#plugin.lost?.(number)
  }
}
