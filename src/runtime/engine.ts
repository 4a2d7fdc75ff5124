import type { Rule } from './rule.ts'
import type { EngineParts } from './running-source.ts'
import { SharedSources } from './shared-source.ts'
import { SupervisedRule } from './supervised-rule.ts'

/** Runs rules. Knows no connector, codec, function or plugin by name: all of them come through the registry. */
export class Engine {
  readonly #parts: EngineParts
  readonly #shared: SharedSources

  constructor(parts: EngineParts) {
    this.#parts = parts
    this.#shared = new SharedSources(parts)
  }

  /** A rule that is stopped. */
  rule(id: string): Rule {
    return new SupervisedRule(id, this.#parts, this.#shared)
  }
}
