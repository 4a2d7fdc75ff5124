import type { GroupFunction } from '../../api/function.ts'
import { PlutinoError, toPlutinoError } from '../../base/errors.ts'
import { rowFailed } from '../../data/row-failed.ts'
import type { AddedRow, PluginGroup } from './plugin-group.ts'
import type { Deed, Turn } from './plugin-turns.ts'

/** Rows, and groups, in one call at most: what is sent is held twice. */
const MOST_ROWS = 8_192
const MOST_GROUPS = 1_024

interface Member {
  readonly of: PluginGroup
  readonly row: AddedRow
}

type Of<Kind extends Deed['do']> = Extract<Deed, { readonly do: Kind }>

/** Has the groups of one call done by a plugin. Groups have a number there from their first deed until they end. */
export class PluginWorker {
  readonly #plugin: GroupFunction
  readonly #free: number[] = []
  #numbers = 0
  #madeGood: PlutinoError | undefined

  constructor(plugin: GroupFunction) {
    this.#plugin = plugin
  }

  /** Rejects when the plugin does not go on from what it saved; everything else that fails is the error of a group. */
  async performAll(turns: readonly Turn[]): Promise<void> {
    for (const turn of turns) await this.#perform(turn)
  }

  /** The newest error that no group has, since its rows could be added again; once. */
  takeMadeGood(): PlutinoError | undefined {
    const error = this.#madeGood
    this.#madeGood = undefined
    return error
  }

  async #perform(turn: Turn): Promise<void> {
    switch (turn[0]?.do) {
      case undefined:
        return
      case 'restore':
        return this.#restore(of(turn, 'restore').map((deed) => deed.of))
      case 'add':
        return this.#addAll(of(turn, 'add'))
      case 'remove':
        return this.#remove(of(turn, 'remove'))
      case 'save':
        return this.#saveForCopies(of(turn, 'save').map((deed) => deed.of))
      case 'copy':
        return this.#copy(of(turn, 'copy'))
      case 'merge':
        return this.#merge(of(turn, 'merge'))
      case 'finish':
        return this.#finish(of(turn, 'finish'))
      case 'drop':
        return this.#drop(of(turn, 'drop').map((deed) => deed.of))
    }
  }

  /** Has what the plugin knows of these groups saved, where it has changed. Rejects when the plugin does not tell. */
  async save(groups: Iterable<PluginGroup>): Promise<void> {
    const unsaved = [...groups].filter((group) => group.saved === undefined && group.number !== undefined && !this.#isLost(group))
    for (const some of chunks(unsaved, MOST_GROUPS)) {
      const states = await this.#plugin.save(this.#numbersOf(some))
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
        this.#numbersOf(some.map(({ group }) => group)),
        some.map(({ state }) => state),
      )
  }

  async #addAll(deeds: readonly Member[]): Promise<void> {
    await this.#addAgain(deeds.map((deed) => deed.of))
    await this.#add(deeds)
  }

  async #add(members: readonly Member[]): Promise<void> {
    for (const some of chunks(members, MOST_ROWS)) {
      const failures = await this.#plugin.add(
        this.#numbersOf(some.map((one) => one.of)),
        some.map(({ row }) => row.args),
      )
      some.forEach((member, i) => this.#added(member, failures.get(i)))
    }
  }

  #added({ of: group, row }: Member, error: PlutinoError | undefined): void {
    group.saved = undefined
    if (error === undefined) group.members?.added.push(row)
    else if (group.members === undefined) group.error ??= error
    else {
      row.failed = error
      group.members.failed.add(row)
    }
  }

  async #remove(deeds: readonly Member[]): Promise<void> {
    await this.#addAgain(deeds.map((deed) => deed.of))
    const there: Member[] = []
    for (const deed of deeds) {
      if (deed.of.members?.failed.delete(deed.row) === true) continue
      deed.of.members?.added.drop(1)
      there.push(deed)
    }
    const wrong = new Set<PluginGroup>()
    for (const some of chunks(there, MOST_ROWS)) {
      const failures = await this.#plugin.remove?.(
        this.#numbersOf(some.map((one) => one.of)),
        some.map(({ row }) => row.args),
      )
      for (const [i, error] of failures ?? []) {
        this.#madeGood = error
        if (some[i] !== undefined) wrong.add(some[i].of)
      }
    }
    await this.#fill([...wrong])
  }

  /** Groups whose instance ended, where their rows are here. */
  async #addAgain(groups: readonly PluginGroup[]): Promise<void> {
    const lost = groups.filter((group) => group.members !== undefined && this.#lossOf(group) !== undefined)
    if (lost.length > 0) await this.#fill([...new Set(lost)])
  }

  /** Begins groups anew with the rows that are in them. */
  async #fill(groups: readonly PluginGroup[]): Promise<void> {
    if (groups.length === 0) return
    await this.#drop(groups)
    const members = groups.flatMap((group) => (group.members?.added.toArray() ?? []).map((row): Member => ({ of: group, row })))
    for (const group of groups) group.members?.added.clear()
    await this.#add(members)
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
      await this.#plugin.merge?.(this.#numbersOf(targets), this.#numbersOf(sources))
      for (const source of sources) this.#giveBack(source)
    } catch (error) {
      for (const target of targets) target.error ??= failureOf(error)
      await this.#drop(sources)
    }
  }

  async #finish(deeds: readonly Of<'finish'>[]): Promise<void> {
    await this.#addAgain(deeds.map((deed) => deed.of))
    const asked: Of<'finish'>[] = []
    for (const deed of deeds) {
      const { failure } = deed.of
      if (failure === undefined) asked.push(deed)
      else deed.answer.error = failure
    }
    if (asked.length === 0) return
    const values = await this.#plugin.finish(this.#numbersOf(asked.map((deed) => deed.of)))
    for (const [i, { answer }] of asked.entries()) {
      const value = values[i]
      if (value instanceof PlutinoError) answer.error = value
      else answer.value = value
    }
  }

  async #drop(groups: readonly PluginGroup[]): Promise<void> {
    const known = groups.filter((group) => group.number !== undefined)
    if (known.length === 0) return
    await this.#plugin.drop(this.#numbersOf(known))
    for (const group of known) this.#giveBack(group)
  }

  #lossOf({ number }: PluginGroup): PlutinoError | undefined {
    return number === undefined ? undefined : this.#plugin.lost?.(number)
  }

  #isLost(group: PluginGroup): boolean {
    const loss = this.#lossOf(group)
    if (loss !== undefined) group.error ??= loss
    return loss !== undefined
  }

  #numbersOf(groups: readonly PluginGroup[]): readonly number[] {
    return groups.map((group) => (group.number ??= this.#free.pop() ?? this.#numbers++))
  }

  #giveBack(group: PluginGroup): void {
    if (group.number !== undefined) this.#free.push(group.number)
    group.number = undefined
  }
}

function of<Kind extends Deed['do']>(turn: Turn, kind: Kind): readonly Of<Kind>[] {
  return turn.filter((deed): deed is Of<Kind> => deed.do === kind)
}

function failureOf(error: unknown): PlutinoError {
  return rowFailed(toPlutinoError(error).message)
}

function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  if (items.length <= size) {
    if (items.length > 0) yield items
    return
  }
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size)
}
