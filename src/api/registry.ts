import { PlutinoError } from '../base/errors.ts'
import type { CodecDefinition, Contribution, FunctionDefinition, LookupDefinition, SinkDefinition, SourceDefinition } from './definition.ts'

interface Kinds {
  source: SourceDefinition
  sink: SinkDefinition
  lookup: LookupDefinition
  codec: CodecDefinition
  function: FunctionDefinition
}

/** Name -> definition, for built-ins and plugins alike. Names are matched without regard to case. */
export class Registry {
  readonly #maps: { readonly [K in keyof Kinds]: Map<string, Kinds[K]> } = {
    source: new Map(),
    sink: new Map(),
    lookup: new Map(),
    codec: new Map(),
    function: new Map(),
  }

  constructor(contributions: Iterable<Contribution> = []) {
    for (const contribution of contributions) this.add(contribution)
  }

  /** Throws `already_exists` when the name is taken. */
  add(contribution: Contribution): void {
    if (this.find(contribution.kind, contribution.name) !== undefined) {
      throw new PlutinoError('already_exists', `a ${contribution.kind} named "${contribution.name}" exists already`)
    }
    this.#names(contribution).forEach((name) => {
      this.#map(contribution.kind).set(name.toLowerCase(), contribution)
    })
  }

  /** Replaces the definition of that name, or adds it. */
  replace(contribution: Contribution): void {
    this.remove(contribution.kind, contribution.name)
    this.add(contribution)
  }

  remove(kind: keyof Kinds, name: string): void {
    const found = this.find(kind, name)
    if (found === undefined) return
    for (const known of this.#names(found)) this.#map(kind).delete(known.toLowerCase())
  }

  find<K extends keyof Kinds>(kind: K, name: string): Kinds[K] | undefined {
    return this.#maps[kind].get(name.toLowerCase())
  }

  /** Every definition of a kind, each once. */
  list<K extends keyof Kinds>(kind: K): readonly Kinds[K][] {
    return [...new Set(this.#maps[kind].values())]
  }

  #map(kind: keyof Kinds): Map<string, Contribution> {
    return this.#maps[kind]
  }

  #names(contribution: Contribution): readonly string[] {
    return contribution.kind === 'function' ? [contribution.name, ...(contribution.function.aliases ?? [])] : [contribution.name]
  }
}
