import type { Clock } from '../base/clock.ts'
import { PlutinoError, toPlutinoError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { nearest } from '../base/suggest.ts'
import type { RuleSettings } from '../config/setting-fields.ts'
import type { RowFate } from '../runtime/explain-why/fates.ts'
import type { Rule } from '../runtime/rule.ts'
import type { RuleSpec } from '../runtime/spec.ts'
import { mockedWorld, parseRuleTest, type RuleTestDefinition } from './rule-test-definition.ts'
import { buildSpec, type RuleWorld } from './rule-spec.ts'
import { Turns } from './turns.ts'

/** How long a test may live, in milliseconds. */
const LIFE_MS = 5 * 60_000
/** Tests at a time. */
const MOST = 1000

/** A place where results can be read as server-sent events. */
export interface OpenResults {
  /** Port of `GET /test/{id}`. */
  readonly port: number
  /** Sends an event with a name, which tells it from results. */
  send(event: string, data: string): void
  close(): void
}

/** Where the results of tests can be read. */
export interface ResultPort {
  /** What is sent to `path` from now on is kept until somebody reads it there. Throws `system` when the port cannot be had. */
  open(path: string): Promise<OpenResults>
}

export interface RuleTestParts extends RuleWorld {
  readonly engine: { rule(id: string, tell?: (fate: RowFate) => void): Rule }
  readonly results: ResultPort
  readonly clock: Clock
  readonly log: Logger
  readonly defaults: RuleSettings
}

interface RuleTest {
  readonly rule: Rule
  readonly spec: RuleSpec
  readonly results: OpenResults
  readonly forget: () => void
}

/** Rules that run for a try, over rows that the request brings. Nothing of them is stored. */
export class RuleTests {
  readonly #parts: RuleTestParts
  readonly #tests = new Map<string, RuleTest>()
  readonly #turns = new Turns()

  constructor(parts: RuleTestParts) {
    this.#parts = parts
  }

  /** Checks the test and opens `/test/{id}` for its results; it takes the place of one with the same id. Nothing runs before `start`. */
  async create(text: string): Promise<{ readonly id: string; readonly port: number }> {
    const test = parseRuleTest(text, this.#parts.defaults)
    const { id } = test.definition
    return this.#turns.run(id, async () => {
      const spec = this.#build(test)
      await this.#end(id)
      if (this.#tests.size >= MOST)
        throw new PlutinoError('unavailable', `there are ${MOST} rule tests already`, { hint: 'delete those that are done' })
      const results = await this.#parts.results.open(test.path)
      const forget = this.#parts.clock.after(LIFE_MS, () => void this.delete(id))
      const tell = (fate: RowFate): void => results.send('explain', JSON.stringify(fate))
      const rule = test.explain ? this.#parts.engine.rule(id, tell) : this.#parts.engine.rule(id)
      this.#tests.set(id, { rule, spec, results, forget })
      return { id, port: results.port }
    })
  }

  /** Throws `not_found`. No-op while it runs. */
  async start(id: string): Promise<void> {
    await this.#turns.run(id, async () => {
      const test = this.#tests.get(id)
      if (test === undefined) throw new PlutinoError('not_found', `try to start test rule ${id} but it is not found`, this.#suggest(id))
      await test.rule.start(test.spec)
    })
  }

  /** No-op when there is no such test. */
  async delete(id: string): Promise<void> {
    await this.#turns.run(id, () => this.#end(id))
  }

  async close(): Promise<void> {
    await Promise.all([...this.#tests.keys()].map((id) => this.delete(id)))
  }

  #build(test: RuleTestDefinition): RuleSpec {
    const { definition } = test
    try {
      return buildSpec(definition, mockedWorld(test, this.#parts), test.explain)
    } catch (error) {
      throw toPlutinoError(error).within(`fail to run rule ${definition.id}`)
    }
  }

  async #end(id: string): Promise<void> {
    const test = this.#tests.get(id)
    if (test === undefined) return
    this.#tests.delete(id)
    test.forget()
    await test.rule.stop()
    test.results.close()
  }

  #suggest(id: string): { hint?: string } {
    const near = nearest(id, this.#tests.keys())
    return { hint: near === undefined ? 'POST /ruletest creates one; it is forgotten after 5 minutes' : `did you mean "${near}"?` }
  }
}
