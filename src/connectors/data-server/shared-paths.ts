import { PlutinoError } from '../../base/errors.ts'

/** The use of something that others may use too. */
export interface Lease<E> {
  readonly shared: E
  /** The last who gives it back ends it. Safe to call twice. */
  release(): void
}

interface Held<E> {
  readonly shared: E
  users: number
}

/** What is at which path: made for the first user, closed with the last. */
export class SharedPaths<E extends { close(): void }> {
  readonly #held = new Map<string, Held<E>>()

  find(path: string): E | undefined {
    return this.#held.get(path)?.shared
  }

  join(path: string, make: () => E): Lease<E> {
    let held = this.#held.get(path)
    if (held === undefined) this.#held.set(path, (held = { shared: make(), users: 0 }))
    const { shared } = held
    held.users++
    let released = false
    return {
      shared,
      release: () => {
        if (released) return
        released = true
        this.#leave(path)
      },
    }
  }

  /** Closes everything, whoever uses it. */
  closeAll(): void {
    for (const { shared } of this.#held.values()) shared.close()
    this.#held.clear()
  }

  #leave(path: string): void {
    const held = this.#held.get(path)
    if (held === undefined || --held.users > 0) return
    this.#held.delete(path)
    held.shared.close()
  }
}

/** A path of the data server as people write it. Throws `config_invalid`. */
export function checkPath(name: string, path: string): string {
  if (/^\/[^\s?#]*$/.test(path)) return path
  throw new PlutinoError('config_invalid', `${name}: expected a path such as "/results/demo", got ${JSON.stringify(path)}`)
}
