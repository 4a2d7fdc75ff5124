import { Compiler } from '../expression/compile.ts'
import type { KvStore } from '../store/kv.ts'
import { CheckpointStore } from './checkpoint-store.ts'
import type { RowFate } from './explain-why/fates.ts'
import type { Rule } from './rule.ts'
import type { EngineParts } from './running-source.ts'
import { SharedCodecs } from './shared-codecs.ts'
import { SharedSources } from './shared-source.ts'
import { SupervisedRule } from './supervised-rule.ts'

/** Runs rules. Knows no connector, codec, function or plugin by name: all of them come through the registry. */
export class Engine {
  readonly #parts: EngineParts
  readonly #shared: SharedSources

  /** `store`: where the state of rules with qos > 0 is kept. */
  constructor({ store, ...parts }: Omit<EngineParts, 'compiler' | 'codecs' | 'checkpoints'> & { readonly store?: KvStore }) {
    const checkpoints = store === undefined ? {} : { checkpoints: new CheckpointStore(store) }
    this.#parts = { ...parts, ...checkpoints, compiler: new Compiler(), codecs: new SharedCodecs(parts.registry) }
    this.#shared = new SharedSources(this.#parts)
  }

  /** A stream was created or dropped: a shared one of this name begins anew. */
  forgetStream(name: string): void {
    this.#shared.forget(name)
  }

  /** A rule that is stopped. `tell`: is told what becomes of each row, of a rule whose plan has marks. */
  rule(id: string, tell?: (fate: RowFate) => void): Rule {
    return new SupervisedRule(id, this.#parts, this.#shared, tell)
  }
}
