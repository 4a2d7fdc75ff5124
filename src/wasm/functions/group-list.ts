import type { CallPlace, GroupAnswer, GroupCall } from '../../api/function.ts'
import type { PluginFunction } from '../../api/plugin.ts'
import { PlutinoError, toPlutinoError } from '../../base/errors.ts'
import { rowFailed } from '../../data/row-failed.ts'
import { type WireReader, WireWriter } from '../abi/wire.ts'
import type { CallList } from '../guest/messages.ts'
import type { Arguments, ColumnCodec } from './columns.ts'
import type { CallAnswers } from './call-answers.ts'
import type { FunctionUse } from './function-use.ts'
import type { KnownGroups } from './known-groups.ts'

/** Bytes after which a list takes no more calls: what is sent is held twice. */
const ENOUGH = 1_048_576
/** By their places in the list. */
const FUNCTIONS: readonly GroupCall['do'][] = ['add', 'remove', 'finish', 'drop']
/** After an error of a row the caller decides anew. */
const STRICT = ['add', 'remove']

const NOTHING: GroupAnswer = {}

export interface GroupListParts {
  readonly use: Pick<FunctionUse, 'reading'>
  readonly of: PluginFunction
  readonly place: CallPlace
  readonly columns: ColumnCodec
  readonly payloadBytes: number
}

/** Throws what the guest gave as error, or why it ended. */
type Answer = () => WireReader

/** A call as it was written, or what it gives without the guest. */
interface Written {
  readonly read: (answer: Answer) => GroupAnswer
  /** Groups that begin with it. */
  readonly begun: readonly number[]
  /** Rows of it have failed already: nothing may follow. */
  readonly last?: boolean
}

type RowCall = Extract<GroupCall, { readonly rows: unknown }>

/** Calls of one aggregate as they go to the guest together. */
export class GroupList {
  readonly #parts: GroupListParts
  readonly #known: KnownGroups
  readonly #wire: WireWriter
  readonly #calls: number[] = []
  readonly #ends: number[] = []
  readonly #written: Written[] = []
  /** What the first call gives, where the guest is not needed for it. */
  #settled: GroupAnswer | undefined

  constructor(parts: GroupListParts, known: KnownGroups) {
    this.#parts = parts
    this.#known = known
    this.#wire = new WireWriter(parts.payloadBytes)
  }

  /** Takes what can go together, from the first call on. */
  take(calls: readonly GroupCall[]): void {
    for (const call of calls) if (!this.#take(call)) return
  }

  /** Undefined: the guest is not needed. */
  list(): CallList | undefined {
    if (this.#calls.length === 0) return undefined
    const [calls, ends] = [Uint8Array.from(this.#calls), Uint32Array.from(this.#ends)]
    return { interface: 'aggregate', functions: FUNCTIONS, calls, args: this.#wire.take(), ends, strict: STRICT }
  }

  /** What the calls gave that were made. The others leave no trace. */
  read(answers: CallAnswers): readonly GroupAnswer[] {
    if (this.#settled !== undefined) return [this.#settled]
    for (const { begun } of this.#written.slice(answers.count)) this.#known.forget(begun)
    return this.#written.slice(0, answers.count).map(({ read }, i) => read(() => answers.read(i)))
  }

  /** False: the calls after it have to wait, or it waits itself. */
  #take(call: GroupCall): boolean {
    const from = this.#wire.at
    try {
      const written = this.#write(call)
      if (written === undefined) return false
      this.#calls.push(FUNCTIONS.indexOf(call.do))
      this.#ends.push(this.#wire.at)
      this.#written.push(written)
      return written.last !== true && this.#wire.at < ENOUGH
    } catch (error) {
      this.#wire.at = from
      if (from === 0) this.#settled = this.#failed(call, toPlutinoError(error))
      return false
    }
  }

  #write(call: GroupCall): Written | undefined {
    if (call.do === 'add' || call.do === 'remove') return this.#writeRows(call)
    const { groups } = call
    if (call.do === 'drop') {
      writeNumbers(this.#wire, this.#known.numbersOf(groups))
      return { begun: [], read: () => this.#dropped(groups) }
    }
    const begun = this.#begin(groups)
    return { begun, read: (answer) => this.#finished(groups, answer) }
  }

  #writeRows(call: RowCall): Written | undefined {
    const { of, place, columns } = this.#parts
    const sorted = columns.collect(of, place.args.length, call.rows)
    const failed = sorted.kept.length < call.rows.length
    if (sorted.kept.length === 0) {
      if (this.#calls.length === 0) this.#settled = { failures: failuresIn(sorted) }
      return undefined
    }
    const groups = failed ? sorted.kept.map((row) => call.groups[row] ?? 0) : call.groups
    const begun = this.#begin(groups)
    columns.write(this.#wire, of, sorted)
    return { begun, last: failed, read: (answer) => this.#added(call.do, sorted, answer) }
  }

  /** Writes what comes first in each call. Gives the groups that are new. */
  #begin(groups: readonly number[]): readonly number[] {
    const begun = groups.filter((group) => !this.#known.has(group))
    const { of, place } = this.#parts
    this.#wire.u32(of.index)
    this.#wire.u32(place.place)
    writeNumbers(
      this.#wire,
      groups.map((group) => this.#known.numberOf(group)),
    )
    return begun
  }

  #added(verb: RowCall['do'], sorted: Arguments, answer: Answer): GroupAnswer {
    const { use, of, columns } = this.#parts
    const { kept } = sorted
    const failures = failuresIn(sorted)
    try {
      const wire = answer()
      const failed = use.reading(`aggregate.${verb}`, () => columns.readFailures(wire, of, kept.length))
      for (const [row, error] of failed) failures.set(kept[row] ?? 0, error)
    } catch (error) {
      for (const row of kept) failures.set(row, this.#failure(error))
    }
    return failures.size === 0 ? NOTHING : { failures }
  }

  #finished(groups: readonly number[], answer: Answer): GroupAnswer {
    const { use, of, columns } = this.#parts
    try {
      const wire = answer()
      return { values: use.reading('aggregate.finish', () => columns.readResults(wire, of, groups.length)) }
    } catch (error) {
      return { values: groups.map(() => this.#failure(error)) }
    }
  }

  #dropped(groups: readonly number[]): GroupAnswer {
    this.#known.forget(groups)
    return NOTHING
  }

  #failed(call: GroupCall, error: PlutinoError): GroupAnswer {
    if ('rows' in call) return { failures: new Map(call.rows.map((_, row) => [row, this.#failure(error)])) }
    return call.do === 'finish' ? { values: call.groups.map(() => this.#failure(error)) } : this.#dropped(call.groups)
  }

  #failure(error: unknown): PlutinoError {
    return rowFailed(`${this.#parts.of.name}: ${toPlutinoError(error).message}`)
  }
}

export function writeNumbers(wire: WireWriter, numbers: readonly number[]): void {
  wire.u32(numbers.length)
  for (const number of numbers) wire.u32(number)
}

function failuresIn({ known, kept }: Arguments): Map<number, PlutinoError> {
  const failures = new Map<number, PlutinoError>()
  if (kept.length === known.length) return failures
  known.forEach((one, row) => {
    if (one instanceof PlutinoError) failures.set(row, one)
  })
  return failures
}
