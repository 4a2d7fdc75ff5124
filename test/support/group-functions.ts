import { defineFunction, type FunctionDefinition } from '../../src/api/definition.ts'
import type { GroupAnswer, GroupCall, GroupFunction } from '../../src/api/function.ts'
import type { PlutinoError } from '../../src/base/errors.ts'
import { rowFailed } from '../../src/data/row-failed.ts'
import type { Cell } from '../../src/data/value.ts'

type Rows = readonly (readonly Cell[])[]
type Failures = ReadonlyMap<number, PlutinoError>

/** Makes calls one after another as single ones, `most` at a time, and no more after one that gave an error. */
export async function eachCall(groups: Omit<GroupFunction, 'callAll'>, calls: readonly GroupCall[], most: number): Promise<GroupAnswer[]> {
  const answers: GroupAnswer[] = []
  for (const call of calls.slice(0, most)) {
    const answer = await singly(groups, call)
    answers.push(answer)
    if ((answer.failures?.size ?? 0) > 0) break
  }
  return answers
}

async function singly(groups: Omit<GroupFunction, 'callAll'>, call: GroupCall): Promise<GroupAnswer> {
  if ('rows' in call) return { failures: (await groups[call.do]?.(call.groups, call.rows)) ?? new Map() }
  if (call.do === 'finish') return { values: await groups.finish(call.groups) }
  await groups.drop(call.groups)
  return {}
}

/** How calls are made that come together. */
export interface Together {
  /** As many at once; absent: all. */
  readonly most?: number
  /** When one of them traps nobody knows which, and nothing of what the others did. */
  readonly forgets?: boolean
}

/**
 * The groups of an aggregate as a plugin keeps them: each is the list of its values, in their order. It refuses 13, loses all groups with
 * `trap`, and is strict: what nobody should ask of it is an error of the test.
 */
export class ListGroups implements GroupFunction {
  readonly groups = new Map<number, Cell[]>()
  /** Names of the calls so far. */
  readonly calls: string[] = []
  /** How many ways to the plugin they took. */
  ways = 0
  #together = false
  readonly #lost = new Set<number>()
  declare readonly merge?: NonNullable<GroupFunction['merge']>
  declare readonly remove?: NonNullable<GroupFunction['remove']>

  readonly #most: number
  readonly #forgets: boolean

  constructor({ merges, removes, most = Infinity, forgets = false }: Together & { readonly merges: boolean; readonly removes: boolean }) {
    this.#most = most
    this.#forgets = forgets
    if (merges) this.merge = (targets, sources) => this.#merge(targets, sources)
    if (removes) this.remove = (groups, rows) => this.#remove(groups, rows)
  }

  async callAll(calls: readonly GroupCall[]): Promise<readonly GroupAnswer[]> {
    this.ways++
    const bad = calls.slice(0, this.#most).find((call) => 'rows' in call && call.do === 'add' && call.rows.some(isBad))
    if (this.#forgets && Math.min(calls.length, this.#most) > 1 && bad !== undefined && 'rows' in bad && bad.rows.some(isTrap)) {
      this.#trap([])
      return []
    }
    this.#together = true
    try {
      return await eachCall(this, calls, this.#most)
    } finally {
      this.#together = false
    }
  }

  async add(groups: readonly number[], rows: Rows): Promise<Failures> {
    this.#called('add', groups)
    if (rows.some(isTrap)) return this.#trap(rows)
    const failures = new Map<number, PlutinoError>()
    rows.forEach(([value = null], i) => {
      if (value === 13) failures.set(i, rowFailed('thirteen'))
      else this.#at(groups[i]).push(value)
    })
    return failures
  }

  async finish(groups: readonly number[]): Promise<readonly (Cell | PlutinoError)[]> {
    this.#called('finish', groups)
    return groups.map((group) => this.lost(group) ?? this.#at(group).map(String).join(' '))
  }

  async drop(groups: readonly number[]): Promise<void> {
    this.#called('drop', groups)
    for (const group of groups) {
      this.groups.delete(group)
      this.#lost.delete(group)
    }
  }

  async save(groups: readonly number[]): Promise<readonly Uint8Array[]> {
    this.#called('save', groups)
    return groups.map((group) => {
      if (this.#lost.has(group)) throw new Error(`group ${group} is lost`)
      return Buffer.from(JSON.stringify(this.#at(group)))
    })
  }

  async restore(groups: readonly number[], states: readonly Uint8Array[]): Promise<void> {
    this.#called('restore', groups)
    groups.forEach((group, i) => {
      this.groups.set(group, JSON.parse(String(Buffer.from(states[i] ?? []))) as Cell[])
    })
  }

  lost(group: number): PlutinoError | undefined {
    return this.#lost.has(group) ? rowFailed('lost') : undefined
  }

  async #remove(groups: readonly number[], rows: Rows): Promise<Failures> {
    this.#called('remove', groups)
    rows.forEach(([value], i) => {
      const found = this.#at(groups[i]).indexOf(value)
      if (found !== 0 && !this.#lost.has(groups[i] ?? 0)) throw new Error(`${JSON.stringify(value)} is not the oldest of its group`)
      this.#at(groups[i]).shift()
    })
    return new Map()
  }

  async #merge(targets: readonly number[], sources: readonly number[]): Promise<void> {
    this.#called('merge', [...targets, ...sources])
    sources.forEach((source, i) => {
      this.#at(targets[i]).push(...this.#at(source))
      this.groups.delete(source)
    })
  }

  #trap(rows: Rows): Failures {
    for (const group of this.groups.keys()) this.#lost.add(group)
    this.groups.clear()
    return new Map(rows.map((_, i) => [i, rowFailed('trapped')]))
  }

  #called(name: string, groups: readonly number[]): void {
    this.calls.push(name)
    if (!this.#together) this.ways++
    if (groups.length === 0) throw new Error(`${name} of nothing`)
    if (groups.some((group) => group > 10_000)) throw new Error('numbers with gaps')
  }

  #at(group = -1): Cell[] {
    const known = this.groups.get(group) ?? []
    this.groups.set(group, known)
    return known
  }
}

function isTrap([value]: readonly Cell[]): boolean {
  return value === 'trap'
}

function isBad(row: readonly Cell[]): boolean {
  return row[0] === 13 || isTrap(row)
}

const KINDS = { listed: {}, listed_m: { merges: true }, listed_r: { removes: true }, listed_mr: { merges: true, removes: true } }

/** `listed` of nothing, `listed_m` that merges, `listed_r` that removes, `listed_mr` that does both. `opened` is told of each place. */
export function listFunctions(opened: (groups: ListGroups) => void = () => {}, together: Together = {}): readonly FunctionDefinition[] {
  return Object.entries(KINDS).map(([name, kind]) =>
    defineFunction({
      name,
      category: 'plugin test',
      doc: 'The values.',
      examples: [],
      params: [{ name: 'value', type: 'any' }],
      returns: 'string',
      nulls: 'null',
      pure: true,
      kind: 'groups',
      ...kind,
      openGroups: async () => {
        const groups = new ListGroups({ merges: false, removes: false, ...kind, ...together })
        opened(groups)
        return groups
      },
    }),
  )
}
