import type { StreamContext } from '../api/context.ts'
import type { LookupAnswer, LookupCaching, LookupQuery, LookupSource } from '../api/lookup.ts'
import { Backoff } from '../base/backoff.ts'
import { PlutinoError, toPlutinoError } from '../base/errors.ts'
import type { Row } from '../data/batch.ts'
import type { Struct } from '../data/value.ts'
import type { LookupTable } from '../operators/lookup/lookup-join.ts'
import type { LookupNode } from '../plan/nodes.ts'
import { describe } from './error-path.ts'
import { recordReader } from './record-reader.ts'
import type { EngineParts } from './running-source.ts'
import type { StreamSpec } from './spec.ts'

/** The lookup table of one node of a rule: connected when it is asked first, and again whenever the connection is lost. */
export class RunningLookup implements LookupTable {
  readonly caching?: LookupCaching
  readonly #source: LookupSource
  readonly #read: ReturnType<typeof recordReader>
  readonly #backoff = new Backoff()
  #connected = false

  /** Throws `stream_invalid` when nothing of that type is installed, `config_invalid` for its configuration. */
  constructor({ registry }: Pick<EngineParts, 'registry'>, stream: StreamSpec, { columns, record }: LookupNode) {
    const definition = registry.find('lookup', stream.type)
    if (definition === undefined)
      throw new PlutinoError('stream_invalid', `table ${stream.name}: there are no lookup tables of type "${stream.type}"`)
    this.#source = definition.create(stream.config)
    this.#read = recordReader({ columns, record, width: columns.length + Number(record), strict: false })
    const caching = definition.caching(stream.config)
    if (caching !== undefined) this.caching = caching
  }

  rowOf(record: Struct): Row {
    return this.#read({ from: 0, length: 1, records: [record], time: 0 }).rows[0] ?? []
  }

  async ask(query: LookupQuery, ctx: StreamContext): Promise<LookupAnswer> {
    for (;;) {
      try {
        if (!this.#connected) await this.#source.connect(ctx)
        this.#connected = true
        const answer = await this.#source.lookup(query, ctx)
        if (this.#backoff.failures > 0) ctx.log.info('lookup table available again', { node: ctx.node })
        this.#backoff.reset()
        return answer
      } catch (error) {
        if (ctx.signal.aborted) throw error
        await this.#recover(toPlutinoError(error, 'unavailable'), ctx)
      }
    }
  }

  async close(): Promise<void> {
    await this.#source.close()
  }

  async #recover(problem: PlutinoError, ctx: StreamContext): Promise<void> {
    if (problem.retry === 'never') throw problem
    this.#connected = false
    const pause = this.#backoff.next()
    if (this.#backoff.failures === 1) ctx.log.warn(`lookup table not available, trying again: ${describe(problem)}`, { node: ctx.node })
    await ctx.clock.sleep(pause, ctx.signal)
  }
}
