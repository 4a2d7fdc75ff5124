import type { StreamContext } from '../../api/context.ts'
import type { CallPlace, SqlFunction } from '../../api/function.ts'
import type { PlutinoError } from '../../base/errors.ts'
import { valueKey } from '../../data/compare.ts'
import { rowFailed } from '../../data/row-failed.ts'
import { type Cell, isStruct, type Value } from '../../data/value.ts'
import type { AggregateCall } from '../../expression/calls.ts'
import { PluginAgain } from './plugin-again.ts'
import { type AddedRow, type Answer, PluginGroup } from './plugin-group.ts'
import { PluginTurns } from './plugin-turns.ts'
import { PluginWorker } from './plugin-worker.ts'

export type PluginAggregate = Extract<SqlFunction, { readonly kind: 'groups' }>

/**
 * One call of an aggregate whose groups are in a plugin. Windows do not wait: what is to be done is noted here while they take a batch, and
 * done before the next one comes. In the rows of a result stand numbers meanwhile, in place of the values.
 */
export class PluginCall {
  readonly slot: number
  readonly #call: AggregateCall
  readonly #function: PluginAggregate
  readonly keepsState: boolean
  readonly #turns = new PluginTurns()
  /** What the plugin is asked in this batch. */
  #answers: Answer[] = []
  /** Groups whose rows are not kept here. */
  readonly #open = new Set<PluginGroup>()
  #worker: PluginWorker | undefined

  constructor(call: AggregateCall, found: PluginAggregate) {
    this.slot = call.slot
    this.#call = call
    this.#function = found
    this.keepsState = found.keepsState === true
  }

  /** Something is to be done. */
  get pending(): boolean {
    return !this.#turns.empty
  }

  /** The row as it is to be added; undefined when null leaves it out. */
  rowOf(args: readonly Cell[]): AddedRow | undefined {
    if (this.#function.nulls !== 'call' && args.some((arg) => arg === null || arg === undefined)) return undefined
    return { args: args.map((arg) => arg ?? null) }
  }

  add(group: PluginGroup, row: AddedRow): void {
    if (this.#call.distinct && wasSeen(group, row)) return
    this.#begin(group)
    group.members?.enter(row)
    this.#turns.put({ do: 'add', of: group, row })
  }

  remove(group: PluginGroup, row: AddedRow): void {
    group.asked = undefined
    group.members?.leave()
    this.#turns.put({ do: 'remove', of: group, row })
  }

  /** Adds what is in `from`, which stays as it is: the plugin gets a copy. */
  merge(into: PluginGroup, from: PluginGroup): void {
    if (!from.begun) return
    const fresh = !into.begun
    this.#begin(into)
    this.#turns.put({ do: 'save', of: from })
    const copy = fresh ? into : new PluginGroup()
    this.#turns.put({ do: 'copy', of: copy, from }, from)
    if (!fresh) this.#turns.put({ do: 'merge', of: into, from: copy }, copy)
  }

  /** The value as it is now, to be read with `answerOf`. Without any row the plugin is asked only when it wants to see nulls. */
  finish(group: PluginGroup): number {
    const known = this.#function.pure && group.asked?.error === undefined ? group.asked : undefined
    const answer = known ?? { value: null }
    const { left: from = 0, entered: to = 0 } = group.members ?? {}
    if (known === undefined) this.#turns.put({ do: 'finish', of: group, answer, from, to })
    group.asked = answer
    return this.#answers.push(answer) - 1
  }

  /** The value where a window holds no row at all. */
  finishNothing(): Cell {
    if (this.#function.nulls !== 'call') return null
    const nothing = new PluginGroup()
    const place = this.finish(nothing)
    this.drop(nothing)
    return place
  }

  drop(group: PluginGroup): void {
    this.#open.delete(group)
    if (group.begun || group.asked !== undefined) this.#turns.put({ do: 'drop', of: group })
  }

  /** After `gather`. */
  stateOf(group: PluginGroup): Value {
    const { saved = null, error, seen } = group
    if (group.begun && saved === null && error === undefined) throw new Error(`the groups of ${this.#call.function} were not gathered`)
    return {
      saved,
      error: error === undefined ? null : [error.message, error.hint ?? null],
      seen: seen === undefined ? null : [...seen],
    }
  }

  restored(state: Value): PluginGroup {
    const group = new PluginGroup()
    if (!isStruct(state)) return group
    const { saved, error, seen } = state
    if (Array.isArray(seen)) group.seen = new Set(seen.map(String))
    if (Array.isArray(error)) group.error = rowFailed(String(error[0]), typeof error[1] === 'string' ? error[1] : undefined)
    if (saved instanceof Uint8Array) {
      group.saved = saved
      this.#turns.put({ do: 'restore', of: group })
    }
    if (group.error !== undefined || group.saved !== undefined) this.#begin(group)
    return group
  }

  /** Does what was noted. Rejects when the rule cannot go on: the arguments or what was saved do not please the plugin. */
  async run(ctx: StreamContext): Promise<void> {
    const turns = this.#turns.take()
    if (turns.length === 0) return
    this.#worker ??= new PluginWorker(await this.#function.openGroups(placeOf(this.#call), ctx))
    const again = PluginAgain.of(turns)
    if (again === undefined) await this.#worker.performAll(turns)
    else {
      await this.#worker.performAll(again.update())
      await this.#worker.performAll(again.ask())
    }
    for (const turn of turns) for (const { of } of turn) of.members?.settle()
  }

  /** Gets what is in the groups for a snapshot. Rejects when the plugin does not tell. */
  async gather(ctx: StreamContext): Promise<void> {
    await this.run(ctx)
    await this.#worker?.save([...this.#open].filter(({ error }) => error === undefined))
    if (this.keepsState) await this.#worker?.checkpoint()
  }

  answerOf(cell: Cell): Answer | undefined {
    return typeof cell === 'number' ? this.#answers[cell] : undefined
  }

  /** What went wrong in the plugin although all answers are right: to be told once. */
  takeMadeGood(): PlutinoError | undefined {
    return this.#worker?.takeMadeGood()
  }

  /** The answers have been put into their rows. */
  forgetAnswers(): void {
    this.#answers = []
  }

  #begin(group: PluginGroup): void {
    group.begun = true
    group.asked = undefined
    if (group.members === undefined) this.#open.add(group)
  }
}

/** DISTINCT: equal arguments count once. */
function wasSeen(group: PluginGroup, { args }: AddedRow): boolean {
  group.seen ??= new Set()
  const key = JSON.stringify(args.map((arg) => valueKey(arg)))
  if (group.seen.has(key)) return true
  group.seen.add(key)
  return false
}

function placeOf({ plugin, args }: AggregateCall): CallPlace {
  const { place = 0, texts = [] } = plugin ?? {}
  return { place, args: args.map((arg, i) => (arg.kind === 'literal' ? { constant: arg.value } : { expression: texts[i] ?? '' })) }
}
