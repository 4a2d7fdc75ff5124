import type { GroupAnswer, GroupCall, GroupFunction } from '../../api/function.ts'
import { PlutinoError } from '../../base/errors.ts'
import { chunks } from './chunks.ts'
import type { GroupPlaces } from './group-places.ts'
import type { AddedRow, PluginGroup } from './plugin-group.ts'
import type { Deed, Turn } from './plugin-turns.ts'

/** Rows in one call at most, and calls on one way: what is sent is held twice. */
const MOST_ROWS = 8_192
const MOST_CALLS = 1_024

type Of<Kind extends Deed['do']> = Extract<Deed, { readonly do: Kind }>
type Step = Of<'add' | 'remove' | 'finish' | 'drop'>
type Entry = Pick<Of<'add'>, 'of' | 'row'>

/** What is done with one call. */
interface Planned {
  readonly piece: Piece
  /** Undefined: the plugin is not needed. */
  readonly call: GroupCall | undefined
}

/** Steps of one kind. */
type Piece = readonly Step[]

/**
 * Adds rows, takes them out, asks for values and ends groups. As many calls as possible are on their way at once, planned as if no row
 * failed: after a row that does, those that were not made are planned anew.
 */
export class PluginSteps {
  readonly #plugin: GroupFunction
  readonly #places: GroupPlaces
  /** How many calls are sent together: fewer after some could not be made. */
  #most = MOST_CALLS
  #madeGood: PlutinoError | undefined

  constructor(plugin: GroupFunction, places: GroupPlaces) {
    this.#plugin = plugin
    this.#places = places
  }

  /** The turns that stand first in `turns` and are of such steps are done. Gives how many there were. */
  async perform(turns: readonly Turn[]): Promise<number> {
    const pieces: Piece[] = []
    let count = 0
    for (const turn of turns) {
      const steps = turn.filter(isStep)
      if (steps.length < turn.length) break
      for (const piece of chunks(steps, MOST_ROWS)) pieces.push(piece)
      count++
    }
    for (let at = 0; at < pieces.length;) at += await this.#together(pieces, at)
    return count
  }

  /** The newest error that no group has, since its rows could be added again; once. */
  takeMadeGood(): PlutinoError | undefined {
    const error = this.#madeGood
    this.#madeGood = undefined
    return error
  }

  /** Does some of the pieces from `at` on. Gives how many; none: it is tried again with fewer. */
  async #together(pieces: readonly Piece[], at: number): Promise<number> {
    await this.#addAgain(pieces[at] ?? [])
    const planned = this.#plan(pieces, at)
    const calls = planned.flatMap(({ call }) => call ?? [])
    const answers = calls.length === 0 ? [] : await this.#plugin.callAll(calls)
    this.#most = answers.length < calls.length ? Math.max(1, answers.length) : Math.min(MOST_CALLS, this.#most * 2)
    let done = 0
    let next = 0
    for (const { piece, call } of planned) {
      const answer = call === undefined ? {} : answers[next++]
      if (answer === undefined) break
      done++
      const wrong = this.#settle(piece, answer)
      await this.#fill(wrong)
      if ((answer.failures?.size ?? 0) > 0) break
    }
    return done
  }

  /**
   * Together go steps of groups whose rows are here: when the instance ends, and nobody knows what was done before, all can be done again.
   * Groups whose instance ended already wait until their rows have been added.
   */
  #plan(pieces: readonly Piece[], at: number): readonly Planned[] {
    const planned: Planned[] = []
    const leaving = new Set<AddedRow>()
    for (let i = at, calls = 0; i < pieces.length && calls < this.#most; i++) {
      const piece = pieces[i] ?? []
      if (i > at && piece.some((step) => step.of.members === undefined || this.#mustBeAddedAgain(step))) break
      const call = this.#callOf(piece, leaving)
      if (call !== undefined) calls++
      planned.push({ piece, call })
      if (piece.some(({ of }) => of.members === undefined)) break
    }
    return planned
  }

  /** `leaving`: rows that had failed, and leave before. */
  #callOf(piece: Piece, leaving: Set<AddedRow>): GroupCall | undefined {
    const groups: PluginGroup[] = []
    const rows: AddedRow['args'][] = []
    for (const step of piece) {
      const { of } = step
      if (step.do === 'remove' && of.members?.failed.has(step.row) === true) leaving.add(step.row)
      else if (step.do === 'drop' ? of.number !== undefined : step.do !== 'finish' || of.failureWithout(leaving) === undefined) {
        groups.push(of)
        if ('row' in step) rows.push(step.row.args)
      }
    }
    const [first] = piece
    if (groups.length === 0 || first === undefined) return undefined
    const numbers = this.#places.numbersOf(groups)
    return first.do === 'add' || first.do === 'remove' ? { do: first.do, groups: numbers, rows } : { do: first.do, groups: numbers }
  }

  /** Notes what was done. Gives groups that the plugin does not have right any more. */
  #settle(piece: Piece, { failures, values }: GroupAnswer): ReadonlySet<PluginGroup> {
    const wrong = new Set<PluginGroup>()
    let called = 0
    for (const step of piece) {
      const { of } = step
      switch (step.do) {
        case 'add':
          added(step, failures?.get(called++))
          break
        case 'remove':
          if (of.members?.failed.delete(step.row) === true) break
          of.members?.added.drop(1)
          if (this.#hasFailed(failures?.get(called++))) wrong.add(of)
          break
        case 'finish':
          if (of.failure === undefined) answered(step, values?.[called++])
          else step.answer.error = of.failure
          break
        case 'drop':
          this.#places.giveBack(of)
      }
    }
    return wrong
  }

  #hasFailed(error: PlutinoError | undefined): boolean {
    this.#madeGood = error ?? this.#madeGood
    return error !== undefined
  }

  #mustBeAddedAgain(step: Step): boolean {
    return step.do !== 'drop' && step.of.members !== undefined && this.#places.lossOf(step.of) !== undefined
  }

  /** Groups whose instance ended, where their rows are here. */
  async #addAgain(piece: Piece): Promise<void> {
    const lost = piece.filter((step) => this.#mustBeAddedAgain(step))
    if (lost.length > 0) await this.#fill(new Set(lost.map((step) => step.of)))
  }

  /** Begins groups anew with the rows that are in them. */
  async #fill(groups: ReadonlySet<PluginGroup>): Promise<void> {
    if (groups.size === 0) return
    await this.drop([...groups])
    const entries = [...groups].flatMap((of) => (of.members?.added.toArray() ?? []).map((row): Entry => ({ of, row })))
    for (const group of groups) group.members?.added.clear()
    for (const some of chunks(entries, MOST_ROWS)) {
      const failures = await this.#plugin.add(
        this.#places.numbersOf(some.map((one) => one.of)),
        some.map(({ row }) => row.args),
      )
      some.forEach((one, i) => added(one, failures.get(i)))
    }
  }

  async drop(groups: readonly PluginGroup[]): Promise<void> {
    const known = groups.filter((group) => group.number !== undefined)
    if (known.length === 0) return
    await this.#plugin.drop(this.#places.numbersOf(known))
    for (const group of known) this.#places.giveBack(group)
  }
}

function isStep(deed: Deed): deed is Step {
  return deed.do === 'add' || deed.do === 'remove' || deed.do === 'finish' || deed.do === 'drop'
}

function added({ of: group, row }: Entry, error: PlutinoError | undefined): void {
  group.saved = undefined
  if (error === undefined) group.members?.added.push(row)
  else if (group.members === undefined) group.error ??= error
  else {
    row.failed = error
    group.members.failed.add(row)
  }
}

function answered({ answer: given }: Of<'finish'>, value: NonNullable<GroupAnswer['values']>[number]): void {
  if (value instanceof PlutinoError) given.error = value
  else given.value = value
}
