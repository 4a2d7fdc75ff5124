import type { CheckedComponent } from './component-check.ts'
import type { SelfDescription } from './describe.ts'

export type Examined = CheckedComponent & SelfDescription

const KEPT = 64

/** What checks have found, by what the component's bytes hash to: the same bytes are not looked at twice. */
export class KnownComponents {
  readonly #found = new Map<string, Examined>()

  /** `memoryBytes`: that it may have, which is part of the check. */
  async examined(sha256: string, memoryBytes: number, examine: () => Promise<Examined>): Promise<Examined> {
    const key = `${sha256} ${memoryBytes}`
    const found = this.#found.get(key) ?? (await examine())
    this.#found.delete(key)
    this.#found.set(key, found)
    const [oldest] = this.#found.keys()
    if (this.#found.size > KEPT && oldest !== undefined) this.#found.delete(oldest)
    return found
  }
}
