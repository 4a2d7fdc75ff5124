import type { AddedRow, Answer, PluginGroup } from './plugin-group.ts'

/** Something that a plugin is to do with a group. */
export type Deed =
  | DoneWith<'restore'>
  | DoneWith<'save'>
  | DoneWith<'drop'>
  | DoneWith<'add', { readonly row: AddedRow }>
  | DoneWith<'remove', { readonly row: AddedRow }>
  /** The group begins as what was saved of the other. */
  | DoneWith<'copy', { readonly from: PluginGroup }>
  /** The other one ends in the group. */
  | DoneWith<'merge', { readonly from: PluginGroup }>
  /** `from` and `to`: the rows that are in it then, where rows leave. */
  | DoneWith<'finish', { readonly answer: Answer; readonly from: number; readonly to: number }>

type DoneWith<What extends string, More = unknown> = { readonly do: What; readonly of: PluginGroup } & More

type Kind = Deed['do']

/** In one turn the same is done with many groups. This is the order of turns in each round. */
const ROUND: readonly Kind[] = ['restore', 'add', 'remove', 'save', 'copy', 'merge', 'finish', 'drop']

/** A turn of one kind. */
export type Turn = readonly Deed[]

/**
 * Puts deeds in as few turns as possible, so that each turn is one call: what concerns one group keeps its order, and groups do not wait
 * for each other.
 */
export class PluginTurns {
  #turns: (Deed[] | undefined)[] = []
  /** Of the turns since the last `take`. */
  #schedule = 1

  get empty(): boolean {
    return this.#turns.length === 0
  }

  /** `after`: it waits for what is done with this group, too. */
  put(deed: Deed, after?: PluginGroup): void {
    const { of } = deed
    const earliest = Math.max(this.#turnOf(of), after === undefined ? 0 : this.#turnOf(after))
    const place = ROUND.indexOf(deed.do)
    const inRound = earliest - (earliest % ROUND.length) + place
    const turn = inRound < earliest ? inRound + ROUND.length : inRound
    while (this.#turns.length <= turn) this.#turns.push(undefined)
    const deeds = (this.#turns[turn] ??= [])
    deeds.push(deed)
    of.turn = turn
    of.schedule = this.#schedule
    if (after === undefined) return
    after.turn = turn
    after.schedule = this.#schedule
  }

  take(): readonly Turn[] {
    const turns = this.#turns.filter((deeds) => deeds !== undefined)
    this.#turns = []
    this.#schedule++
    return turns
  }

  #turnOf({ schedule, turn }: PluginGroup): number {
    return schedule === this.#schedule ? turn : 0
  }
}
