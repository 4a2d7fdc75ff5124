import { type AddedRow, PluginGroup } from './plugin-group.ts'
import { type Deed, PluginTurns, type Turn } from './plugin-turns.ts'

/** What a turn costs, in rows that are added with others. */
const ROWS_A_TURN = 7
/** Turns that are needed however they are done. */
const LEAST_TURNS = 5

type Finish = Extract<Deed, { readonly do: 'finish' }>

/**
 * A window that fires with each row asks for a value between any two rows: a call for each. Where there are few rows in it, it costs less to
 * give the plugin those of each question as a group of their own, all in one call, and to bring the groups up to date once.
 */
export class PluginAgain {
  readonly #groups = new Set<PluginGroup>()
  readonly #ended = new Set<PluginGroup>()
  readonly #questions: readonly Finish[]

  private constructor(turns: readonly Turn[]) {
    const deeds = turns.flat()
    for (const deed of deeds) (deed.do === 'drop' ? this.#ended : this.#groups).add(deed.of)
    this.#questions = deeds.filter((deed) => deed.do === 'finish')
  }

  /** Undefined when it would not cost less. */
  static of(turns: readonly Turn[]): PluginAgain | undefined {
    if (turns.length <= LEAST_TURNS) return undefined
    let left = (turns.length - LEAST_TURNS) * ROWS_A_TURN
    for (const turn of turns) {
      for (const { of, ...deed } of turn) {
        if (of.members === undefined) return undefined
        if (deed.do === 'finish') left -= deed.to - deed.from
      }
      if (left < 0) return undefined
    }
    return new PluginAgain(turns)
  }

  /** Brings the groups to where they are after the last row. */
  update(): readonly Turn[] {
    const turns = new PluginTurns()
    for (const of of this.#groups) {
      const { members } = of
      if (members === undefined || this.#ended.has(of)) continue
      const { before, entered, left } = members
      for (const row of members.rows(Math.max(before.entered, left), entered)) turns.put({ do: 'add', of, row })
      for (const row of members.rows(before.left, Math.min(left, before.entered))) turns.put({ do: 'remove', of, row })
    }
    for (const of of this.#ended) turns.put({ do: 'drop', of })
    return turns.take()
  }

  /** Asks, after the update: a row that is known not to be taken is not tried again. */
  ask(): readonly Turn[] {
    const turns = new PluginTurns()
    for (const { of, from, to, answer } of this.#questions) {
      const group = new PluginGroup()
      const rows = of.members?.rows(from, to) ?? []
      group.error = rows.find(({ failed }) => failed !== undefined)?.failed
      if (group.error === undefined) for (const row of rows) turns.put({ do: 'add', of: group, row: copyOf(row) })
      turns.put({ do: 'finish', of: group, answer, from, to })
      turns.put({ do: 'drop', of: group })
    }
    return turns.take()
  }
}

/** What fails together with others fails here alone. */
function copyOf({ args }: AddedRow): AddedRow {
  return { args }
}
