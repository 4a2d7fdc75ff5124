import type { CallPlace, GroupAnswer, GroupCall, GroupFunction } from '../../api/function.ts'
import type { PluginFunction } from '../../api/plugin.ts'
import { PlutinoError } from '../../base/errors.ts'
import { rowFailed } from '../../data/row-failed.ts'
import type { Cell } from '../../data/value.ts'
import { WireWriter } from '../abi/wire.ts'
import { CallAnswers } from './call-answers.ts'
import type { ColumnCodec } from './columns.ts'
import type { CallInstance } from './current-instance.ts'
import type { FunctionUse, Kept } from './function-use.ts'
import { GroupList, writeNumbers } from './group-list.ts'
import { type GroupNumbers, KnownGroups } from './known-groups.ts'

type Rows = readonly (readonly Cell[])[]
type Failures = ReadonlyMap<number, PlutinoError>

export interface GroupCallsParts {
  readonly use: FunctionUse
  readonly of: PluginFunction
  readonly place: CallPlace
  readonly columns: ColumnCodec
  readonly numbers: GroupNumbers
  readonly payloadBytes: number
}

const NONE: Failures = new Map()

/** An aggregate function of a plugin at one place. A group whose instance ended is lost: its value is an error until it is dropped. */
export class GroupCalls implements GroupFunction, Kept {
  readonly #parts: GroupCallsParts
  readonly #known: KnownGroups
  declare readonly remove?: NonNullable<GroupFunction['remove']>
  declare readonly merge?: NonNullable<GroupFunction['merge']>

  constructor(parts: GroupCallsParts) {
    this.#parts = parts
    this.#known = new KnownGroups(parts.use, parts.numbers)
    parts.use.keep(this)
    if (parts.of.removes === true) this.remove = (groups, rows) => this.#rows('remove', groups, rows)
    if (parts.of.merges === true) this.merge = (targets, sources) => this.#merge(targets, sources)
  }

  add(groups: readonly number[], rows: Rows): Promise<Failures> {
    return this.#rows('add', groups, rows)
  }

  async finish(groups: readonly number[]): Promise<readonly (Cell | PlutinoError)[]> {
    const [answer] = await this.callAll([{ do: 'finish', groups }])
    return answer?.values ?? []
  }

  async drop(groups: readonly number[]): Promise<void> {
    const out = new WireWriter()
    writeNumbers(out, this.#known.numbersOf(groups))
    try {
      await this.#parts.use.send('aggregate', 'drop', out.take())
    } catch {
      // the instance is gone, and the groups with it
    }
    this.#known.forget(groups)
  }

  async callAll(calls: readonly GroupCall[]): Promise<readonly GroupAnswer[]> {
    const [first] = calls
    if (calls.length === 1 && first?.do === 'drop') {
      await this.drop(first.groups)
      return [{}]
    }
    const { use } = this.#parts
    const { generation } = use
    const together = new GroupList(this.#parts, this.#known)
    together.take(calls)
    const list = together.list()
    const answers = together.read(list === undefined ? CallAnswers.none() : await use.callAll(list, generation))
    const ranIn = (list?.calls.length ?? 0) > 1 ? generation : use.generation
    return answers.map((answer, i) => this.#checked(answer, calls[i]?.groups ?? [], ranIn))
  }

  save(groups: readonly number[]): Promise<readonly Uint8Array[]> {
    return this.#save(groups, (...given) => this.#parts.use.call(...given))
  }

  restore(groups: readonly number[], states: readonly Uint8Array[]): Promise<void> {
    return this.#restore(groups, states, (...given) => this.#parts.use.call(...given))
  }

  checkpoint = (): Promise<void> => this.#parts.use.checkpoint()

  /** Why the group has no value, when an earlier instance had it. */
  lost(group: number): PlutinoError | undefined {
    return this.#lostIn(group, this.#parts.use.generation)
  }

  #lostIn(group: number, generation: number): PlutinoError | undefined {
    const { use, of } = this.#parts
    if (!this.#known.isLost(group, generation)) return undefined
    return rowFailed(`${of.name}: the plugin failed while the group was filled: ${use.because}`)
  }

  /** Groups of an instance that ended are lost for the next one, too. */
  async handOver(call: CallInstance): Promise<(next: CallInstance) => Promise<void>> {
    const groups = this.#known.whole()
    if (groups.length === 0) return () => Promise.resolve()
    const states = await this.#save(groups, call)
    return (next) => this.#restore(groups, states, next)
  }

  async #save(groups: readonly number[], call: CallInstance): Promise<readonly Uint8Array[]> {
    const numbers = groups.map((group) => this.#known.numberOf(group))
    const wire = await call(
      'aggregate',
      'save',
      this.#arguments((out) => writeNumbers(out, numbers)),
    )
    return this.#parts.use.reading('aggregate.save', () => {
      const count = wire.u32()
      if (count !== groups.length) throw new PlutinoError('plugin_failed', `saved ${count} of ${groups.length} groups`)
      return Array.from({ length: count }, () => new Uint8Array(wire.blob()))
    })
  }

  async #restore(groups: readonly number[], states: readonly Uint8Array[], call: CallInstance): Promise<void> {
    const numbers = groups.map((group) => this.#known.numberOf(group))
    await call(
      'aggregate',
      'restore',
      this.#arguments((out) => {
        writeNumbers(out, numbers)
        out.u32(states.length)
        for (const state of states) out.blob(state)
      }),
    )
  }

  async #rows(verb: 'add' | 'remove', groups: readonly number[], rows: Rows): Promise<Failures> {
    const [answer] = await this.callAll([{ do: verb, groups, rows }])
    return answer?.failures ?? NONE
  }

  async #merge(targets: readonly number[], sources: readonly number[]): Promise<void> {
    const into = targets.map((group) => this.#known.numberOf(group))
    const from = sources.map((group) => this.#known.numberOf(group))
    await this.#parts.use.call(
      'aggregate',
      'merge',
      this.#arguments((out) => {
        writeNumbers(out, into)
        writeNumbers(out, from)
      }),
    )
    this.#known.forget(sources)
  }

  /** What an instance gives for a group that an earlier one had is not its value. */
  #checked(answer: GroupAnswer, groups: readonly number[], generation: number): GroupAnswer {
    const { values } = answer
    if (values === undefined || !groups.some((group) => this.#known.isLost(group, generation))) return answer
    const isValue = (i: number): boolean => !(values[i] instanceof PlutinoError)
    return { values: values.map((value, i) => (isValue(i) && this.#lostIn(groups[i] ?? 0, generation)) || value) }
  }

  #arguments(write: (wire: WireWriter) => void): Uint8Array<ArrayBuffer> {
    const wire = new WireWriter(this.#parts.payloadBytes)
    wire.u32(this.#parts.of.index)
    wire.u32(this.#parts.place.place)
    write(wire)
    return wire.take()
  }
}
