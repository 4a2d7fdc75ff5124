import type { FunctionUse } from './function-use.ts'

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

/** The groups of one place, by the numbers of the caller. */
export class KnownGroups {
  readonly #use: Pick<FunctionUse, 'generation'>
  readonly #numbers: GroupNumbers
  readonly #known = new Map<number, Known>()

  constructor(use: Pick<FunctionUse, 'generation'>, numbers: GroupNumbers) {
    this.#use = use
    this.#numbers = numbers
  }

  has(group: number): boolean {
    return this.#known.has(group)
  }

  /** The number in the instance; a new one for a group that begins. */
  numberOf(group: number): number {
    const known = this.#known.get(group)
    if (known !== undefined) return known.number
    const number = this.#numbers.take()
    this.#known.set(group, { number, generation: this.#use.generation })
    return number
  }

  /** Another instance than that of `generation` had it. */
  isLost(group: number, generation: number): boolean {
    const known = this.#known.get(group)
    return known !== undefined && known.generation !== generation
  }

  /** Those that the instance of now has. */
  whole(): readonly number[] {
    const { generation } = this.#use
    return [...this.#known.keys()].filter((group) => !this.isLost(group, generation))
  }

  /** Their numbers in the instance, of those that it knows. */
  numbersOf(groups: readonly number[]): readonly number[] {
    return groups.flatMap((group) => this.#known.get(group)?.number ?? [])
  }

  /** They are over; their numbers may be used again. */
  forget(groups: readonly number[]): void {
    for (const group of groups) {
      const known = this.#known.get(group)
      if (known !== undefined) this.#numbers.giveBack(known.number)
      this.#known.delete(group)
    }
  }
}
