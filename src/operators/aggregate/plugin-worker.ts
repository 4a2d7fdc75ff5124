import type { GroupFunction } from '../../api/function.ts'
import { type PlutinoError, toPlutinoError } from '../../base/errors.ts'
import { rowFailed } from '../../data/row-failed.ts'
import { chunks } from './chunks.ts'
import { GroupPlaces } from './group-places.ts'
import type { PluginGroup } from './plugin-group.ts'
import { PluginSteps } from './plugin-steps.ts'
import type { Deed, Turn } from './plugin-turns.ts'

/** Groups in one call at most: what is sent is held twice. */
const MOST_GROUPS = 1_024

type Of<Kind extends Deed['do']> = Extract<Deed, { readonly do: Kind }>

/** Has the groups of one call done by a plugin. */
export class PluginWorker {
  readonly #plugin: GroupFunction
  readonly #places: GroupPlaces
  readonly #steps: PluginSteps

  constructor(plugin: GroupFunction) {
    this.#plugin = plugin
    this.#places = new GroupPlaces(plugin)
    this.#steps = new PluginSteps(plugin, this.#places)
  }

  /** Rejects when the plugin does not go on from what it saved; everything else that fails is the error of a group. */
  async performAll(turns: readonly Turn[]): Promise<void> {
    for (let left = turns; left.length > 0;) {
      const done = await this.#steps.perform(left)
      if (done === 0) await this.#perform(left[0] ?? [])
      left = left.slice(Math.max(1, done))
    }
  }

  /** The newest error that no group has, since its rows could be added again; once. */
  takeMadeGood(): PlutinoError | undefined {
    return this.#steps.takeMadeGood()
  }

  /** A turn that is no step. */
  async #perform(turn: Turn): Promise<void> {
    const kind = turn[0]?.do
    if (kind === 'restore') await this.#restore(of(turn, kind).map((deed) => deed.of))
    else if (kind === 'save') await this.#saveForCopies(of(turn, kind).map((deed) => deed.of))
    else if (kind === 'copy') await this.#copy(of(turn, kind))
    else if (kind === 'merge') await this.#merge(of(turn, kind))
  }

  /** Has what the plugin knows of these groups saved, where it has changed. Rejects when the plugin does not tell. */
  async save(groups: Iterable<PluginGroup>): Promise<void> {
    const unsaved = [...groups].filter((group) => group.saved === undefined && group.number !== undefined && !this.#isLost(group))
    for (const some of chunks(unsaved, MOST_GROUPS)) {
      const states = await this.#plugin.save(this.#places.numbersOf(some))
      some.forEach((group, i) => (group.saved = states[i]))
    }
  }

  async checkpoint(): Promise<void> {
    await this.#plugin.checkpoint?.()
  }

  async #restore(groups: readonly PluginGroup[]): Promise<void> {
    const saved = groups.flatMap((group) => (group.saved === undefined ? [] : [{ group, state: group.saved }]))
    for (const some of chunks(saved, MOST_GROUPS))
      await this.#plugin.restore(
        this.#places.numbersOf(some.map(({ group }) => group)),
        some.map(({ state }) => state),
      )
  }

  async #saveForCopies(groups: readonly PluginGroup[]): Promise<void> {
    const healthy = [...new Set(groups)].filter((group) => group.error === undefined)
    try {
      await this.save(healthy)
    } catch (error) {
      for (const group of healthy) if (group.saved === undefined) group.error = failureOf(error)
    }
  }

  async #copy(deeds: readonly Of<'copy'>[]): Promise<void> {
    for (const { of: group, from } of deeds) {
      if (from.error === undefined) group.saved = from.saved
      else group.error ??= from.error
    }
    const copies = deeds.flatMap(({ of: group }) => (group.saved === undefined ? [] : [group]))
    try {
      await this.#restore(copies)
    } catch (error) {
      for (const group of copies) group.error ??= failureOf(error)
    }
  }

  async #merge(deeds: readonly Of<'merge'>[]): Promise<void> {
    for (const { of: group, from } of deeds) {
      group.saved = undefined
      if (from.error !== undefined) group.error ??= from.error
    }
    const there = deeds.filter(({ from }) => from.number !== undefined)
    if (there.length === 0) return
    const [targets, sources] = [there.map((deed) => deed.of), there.map(({ from }) => from)]
    try {
      await this.#plugin.merge?.(this.#places.numbersOf(targets), this.#places.numbersOf(sources))
      for (const source of sources) this.#places.giveBack(source)
    } catch (error) {
      for (const target of targets) target.error ??= failureOf(error)
      await this.#steps.drop(sources)
    }
  }

  #isLost(group: PluginGroup): boolean {
    const loss = this.#places.lossOf(group)
    if (loss !== undefined) group.error ??= loss
    return loss !== undefined
  }
}

function of<Kind extends Deed['do']>(turn: Turn, kind: Kind): readonly Of<Kind>[] {
  return turn.filter((deed): deed is Of<Kind> => deed.do === kind)
}

function failureOf(error: unknown): PlutinoError {
  return rowFailed(toPlutinoError(error).message)
}
