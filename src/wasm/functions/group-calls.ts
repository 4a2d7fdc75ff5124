import type { CallPlace, GroupFunction } from '../../api/function.ts'
import type { PluginFunction } from '../../api/plugin.ts'
import { PlutinoError, toPlutinoError } from '../../base/errors.ts'
import { rowFailed } from '../../data/row-failed.ts'
import type { Cell } from '../../data/value.ts'
import { WireWriter } from '../abi/wire.ts'
import type { Arguments, ColumnCodec } from './columns.ts'
import type { CallInstance, FunctionUse, Kept } from './function-use.ts'

type Rows = readonly (readonly Cell[])[]
type Failures = ReadonlyMap<number, PlutinoError>

/** Numbers of groups that the instance knows, one for each number of the caller: several places share an instance. */
export class GroupNumbers {
  readonly #free: number[] = []
  #next = 0

  take(): number {
    return this.#free.pop() ?? this.#next++
  }

  giveBack(number: number): void {
    this.#free.push(number)
  }
}

interface Known {
  readonly number: number
  /** Of the instance that has it. */
  readonly generation: number
}

export interface GroupCallsParts {
  readonly use: FunctionUse
  readonly of: PluginFunction
  readonly place: CallPlace
  readonly columns: ColumnCodec
  readonly numbers: GroupNumbers
  readonly payloadBytes: number
}

/** An aggregate function of a plugin at one place. A group whose instance ended is lost: its value is an error until it is dropped. */
export class GroupCalls implements GroupFunction, Kept {
  readonly #parts: GroupCallsParts
  readonly #known = new Map<number, Known>()
  declare readonly remove?: NonNullable<GroupFunction['remove']>
  declare readonly merge?: NonNullable<GroupFunction['merge']>

  constructor(parts: GroupCallsParts) {
    this.#parts = parts
    parts.use.keep(this)
    if (parts.of.removes === true) this.remove = (groups, rows) => this.#rows('remove', groups, rows)
    if (parts.of.merges === true) this.merge = (targets, sources) => this.#merge(targets, sources)
  }

  add(groups: readonly number[], rows: Rows): Promise<Failures> {
    return this.#rows('add', groups, rows)
  }

  async finish(groups: readonly number[]): Promise<readonly (Cell | PlutinoError)[]> {
    const { use, of, columns } = this.#parts
    try {
      const numbers = groups.map((group) => this.#numberOf(group))
      const wire = await use.call(
        'aggregate',
        'finish',
        this.#arguments((out) => writeNumbers(out, numbers)),
      )
      const values = use.reading('aggregate.finish', () => columns.readResults(wire, of, groups.length))
      return values.map((value, i) => this.lost(groups[i] ?? 0) ?? value)
    } catch (error) {
      return groups.map(() => this.#failure(error))
    }
  }

  async drop(groups: readonly number[]): Promise<void> {
    const { use, numbers } = this.#parts
    const known = groups.flatMap((group) => this.#known.get(group) ?? [])
    for (const group of groups) this.#known.delete(group)
    const out = new WireWriter()
    writeNumbers(
      out,
      known.map((one) => one.number),
    )
    try {
      await use.send('aggregate', 'drop', out.take())
    } catch {
      // the instance is gone, and the groups with it
    }
    for (const { number } of known) numbers.giveBack(number)
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
    const { use, of } = this.#parts
    if ((this.#known.get(group)?.generation ?? use.generation) === use.generation) return undefined
    return rowFailed(`${of.name}: the plugin failed while the group was filled: ${use.because}`)
  }

  /** Groups of an instance that ended are lost for the next one, too. */
  async handOver(call: CallInstance): Promise<(next: CallInstance) => Promise<void>> {
    const groups = [...this.#known.keys()].filter((group) => this.lost(group) === undefined)
    if (groups.length === 0) return () => Promise.resolve()
    const states = await this.#save(groups, call)
    return (next) => this.#restore(groups, states, next)
  }

  async #save(groups: readonly number[], call: CallInstance): Promise<readonly Uint8Array[]> {
    const numbers = groups.map((group) => this.#numberOf(group))
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
    const numbers = groups.map((group) => this.#numberOf(group))
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
    const { use, of, place, columns } = this.#parts
    const sorted = columns.collect(of, place.args.length, rows)
    const failures = new Map<number, PlutinoError>()
    sorted.known.forEach((known, row) => {
      if (known instanceof PlutinoError) failures.set(row, known)
    })
    try {
      const numbers = sorted.kept.map((row) => this.#numberOf(groups[row] ?? 0))
      if (numbers.length === 0) return failures
      const wire = await use.call('aggregate', verb, this.#rowArguments(numbers, sorted))
      const failed = use.reading(`aggregate.${verb}`, () => columns.readFailures(wire, of, numbers.length))
      for (const [row, error] of failed) failures.set(sorted.kept[row] ?? 0, error)
    } catch (error) {
      for (const row of sorted.kept) failures.set(row, this.#failure(error))
    }
    return failures
  }

  async #merge(targets: readonly number[], sources: readonly number[]): Promise<void> {
    const into = targets.map((group) => this.#numberOf(group))
    const from = sources.map((group) => this.#numberOf(group))
    await this.#parts.use.call(
      'aggregate',
      'merge',
      this.#arguments((out) => {
        writeNumbers(out, into)
        writeNumbers(out, from)
      }),
    )
    for (const group of sources) this.#known.delete(group)
    for (const number of from) this.#parts.numbers.giveBack(number)
  }

  #numberOf(group: number): number {
    const { numbers, use } = this.#parts
    const known = this.#known.get(group) ?? { number: numbers.take(), generation: use.generation }
    this.#known.set(group, known)
    return known.number
  }

  #failure(error: unknown): PlutinoError {
    return rowFailed(`${this.#parts.of.name}: ${toPlutinoError(error).message}`)
  }

  #rowArguments(numbers: readonly number[], sorted: Arguments): Uint8Array<ArrayBuffer> {
    return this.#arguments((out) => {
      writeNumbers(out, numbers)
      this.#parts.columns.write(out, this.#parts.of, sorted)
    })
  }

  #arguments(write: (wire: WireWriter) => void): Uint8Array<ArrayBuffer> {
    const wire = new WireWriter(this.#parts.payloadBytes)
    wire.u32(this.#parts.of.index)
    wire.u32(this.#parts.place.place)
    write(wire)
    return wire.take()
  }
}

function writeNumbers(wire: WireWriter, numbers: readonly number[]): void {
  wire.u32(numbers.length)
  for (const number of numbers) wire.u32(number)
}
