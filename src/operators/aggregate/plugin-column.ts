import type { Cell, Value } from '../../data/value.ts'
import type { FoldColumn } from './columns.ts'
import type { Key } from './key-index.ts'
import type { PluginCall } from './plugin-call.ts'
import { type AddedRow, PluginGroup } from './plugin-group.ts'

/** Groups that a plugin keeps, one in each slot. What they give is a number, in whose place the value is put later. */
export class PluginColumn implements FoldColumn {
  readonly #call: PluginCall
  #groups: PluginGroup[] = []

  constructor(call: PluginCall) {
    this.#call = call
  }

  get empty(): Cell {
    return this.#call.finishNothing()
  }

  add(slot: number, ...args: readonly Cell[]): void {
    const row = this.#call.rowOf(args)
    if (row !== undefined) this.#call.add(this.#at(slot), row)
  }

  grow(): void {
    // Slots are filled one after another, by `reset`.
  }

  reset(slot: number): void {
    while (this.#groups.length < slot) this.#groups.push(new PluginGroup())
    const before = this.#groups[slot]
    if (before !== undefined) this.#call.drop(before)
    this.#groups[slot] = new PluginGroup()
  }

  merge(slot: number, from: FoldColumn, other: number): void {
    if (from instanceof PluginColumn) this.#call.merge(this.#at(slot), from.#at(other))
  }

  take(slot: number, from: FoldColumn, other: number): void {
    if (!(from instanceof PluginColumn)) return
    this.#groups[slot] = from.#at(other)
    from.#groups[other] = new PluginGroup()
  }

  result(slot: number): Cell {
    return this.#call.finish(this.#at(slot))
  }

  release(): void {
    for (const group of this.#groups) this.#call.drop(group)
    this.#groups = []
  }

  move(from: number, count: number): void {
    this.#groups = this.#groups.slice(from, from + count)
  }

  snapshot(count: number): Value {
    return this.#groups.slice(0, count).map((group) => this.#call.stateOf(group))
  }

  restore(state: Value | undefined): void {
    this.#groups = Array.isArray(state) ? state.map((one: Value) => this.#call.restored(one)) : []
  }

  #at(slot: number): PluginGroup {
    const group = this.#groups[slot]
    if (group === undefined) throw new Error(`there is no group in slot ${slot}`)
    return group
  }
}

/** A group and how many rows of the window are in it. */
interface Counted {
  readonly group: PluginGroup
  rows: number
}

/** Rows, one in each slot, whose groups a plugin keeps: it takes them in and out. */
export class PluginEntryColumn implements FoldColumn {
  readonly #call: PluginCall
  readonly #groups = new Map<Key, Counted>()
  #rows: (AddedRow | undefined)[] = []

  constructor(call: PluginCall) {
    this.#call = call
  }

  get empty(): Cell {
    return this.#call.finishNothing()
  }

  add(slot: number, ...args: readonly Cell[]): void {
    this.#rows[slot] = this.#call.rowOf(args)
  }

  /** The row in a slot enters its group. */
  enter(slot: number, key: Key): void {
    let counted = this.#groups.get(key)
    if (counted === undefined) this.#groups.set(key, (counted = { group: new PluginGroup(true), rows: 0 }))
    counted.rows++
    const row = this.#rows[slot]
    if (row !== undefined) this.#call.add(counted.group, row)
  }

  /** The row in a slot, the oldest, leaves its group, which ends with its last one. */
  leave(slot: number, key: Key): void {
    const counted = this.#groups.get(key)
    if (counted === undefined) return
    const row = this.#rows[slot]
    if (--counted.rows === 0) {
      this.#groups.delete(key)
      this.#call.drop(counted.group)
    } else if (row !== undefined) this.#call.remove(counted.group, row)
  }

  resultOf(key: Key): Cell {
    const counted = this.#groups.get(key)
    return counted === undefined ? null : this.#call.finish(counted.group)
  }

  release(): void {
    for (const { group } of this.#groups.values()) this.#call.drop(group)
    this.#groups.clear()
  }

  grow(): void {
    // Slots are filled one after another, by `reset`.
  }

  reset(slot: number): void {
    while (this.#rows.length < slot) this.#rows.push(undefined)
    this.#rows[slot] = undefined
  }

  move(from: number, count: number): void {
    this.#rows = this.#rows.slice(from, from + count)
  }

  merge(): void {
    // Groups are in the plugin, whole.
  }

  result(): Cell {
    return null
  }

  snapshot(): Value {
    return null
  }

  restore(): void {
    // The rows are added again.
  }
}
