import { defineLookup, type LookupDefinition } from '../../api/definition.ts'
import type { LookupAnswer, LookupQuery, LookupSource } from '../../api/lookup.ts'
import { PlutinoError } from '../../base/errors.ts'
import { string } from '../../config/field.ts'
import type { MemoryBus } from './bus.ts'
import type { KeyedRows } from './keyed-rows.ts'
import { isTopicFilter } from './topic-filter.ts'

/** The latest record of each key that was published to a topic since the table was first read. */
class MemoryLookup implements LookupSource {
  readonly #open: () => KeyedRows
  #rows: KeyedRows | undefined

  constructor(open: () => KeyedRows) {
    this.#open = open
  }

  async connect(): Promise<void> {
    this.#rows = this.#open()
  }

  async lookup({ keys, tuples }: LookupQuery): Promise<LookupAnswer> {
    const rows = this.#rows
    if (rows === undefined) throw new PlutinoError('unavailable', 'the table is not connected')
    return tuples.map((tuple) => rows.find(keys, tuple))
  }

  async close(): Promise<void> {
    this.#rows = undefined
  }
}

export function memoryLookup(bus: MemoryBus): LookupDefinition {
  return defineLookup({
    name: 'memory',
    doc: 'The latest record of each key that rules publish to a topic inside this server',
    fields: {
      datasource: string('Topic, or a filter: + stands for one level, # for all that follow', { minLength: 1 }),
      key: string('Column by which rows replace each other: the option KEY of the table', { minLength: 1 }),
    },
    check: ({ datasource }) => {
      if (!isTopicFilter(datasource)) throw new PlutinoError('config_invalid', `datasource: expected a topic filter, got "${datasource}"`)
    },
    create: ({ datasource, key }) => new MemoryLookup(() => bus.table(datasource, key)),
  })
}
