import { PlutinoError } from '../base/errors.ts'
import { nearest } from '../base/suggest.ts'
import type { Logger } from '../base/log.ts'
import type { Json } from '../config/field.ts'
import type { JsonObject } from '../config/json-object.ts'
import type { PlanStream } from '../plan/environment.ts'
import type { StreamSpec } from '../runtime/spec.ts'
import type { CreateStream, Statement } from '../sql/ast.ts'
import { readStatement } from './statement.ts'
import { positionAt } from '../sql/position.ts'
import type { KvStore } from '../store/kv.ts'
import { describeStream, streamDetail, streamSchema, streamText } from './stream-answers.ts'
import {
  checkStream,
  defineStream,
  flagOption,
  resolveStream,
  type StreamDefinition,
  type StreamWorld,
  textOption,
} from './stream-definition.ts'

const NAMESPACE = 'stream'

export interface StreamParts extends StreamWorld {
  readonly store: KvStore
  readonly log: Logger
  /** Ids of the rules that read a stream. */
  readonly rulesUsing: (stream: string) => readonly string[]
}

/** The streams that users created. */
export class Streams {
  readonly #parts: StreamParts
  readonly #streams = new Map<string, StreamDefinition>()

  constructor(parts: StreamParts) {
    this.#parts = parts
  }

  /** Reads what is stored. A statement that can no longer be read is left out with a line in the log. */
  load(): void {
    for (const { key: name, value: sql } of this.#parts.store.list(NAMESPACE)) {
      try {
        if (typeof sql !== 'string') throw new PlutinoError('internal', 'the record has no statement')
        this.#streams.set(name, defineStream(expectCreate(readStatement(sql), sql), sql))
      } catch (error) {
        this.#parts.log.error('a stored stream cannot be read', { stream: name, error })
      }
    }
  }

  /** Runs any statement about streams and gives the text that answers it. */
  execute(sql: string): string {
    const statement = readStatement(sql)
    switch (statement.kind) {
      case 'create':
        return this.#create(expectStream(statement, sql), sql)
      case 'show':
        if (statement.what === 'table' || this.#streams.size === 0) return `No ${statement.what} definitions are found.`
        return this.list().join('\n')
      case 'describe':
        return streamText(this.#find(statement.name, `Describe ${statement.what} fails`))
      case 'drop':
        return this.drop(statement.name)
      case 'explain':
        return 'TO BE SUPPORTED'
      case 'select':
        throw new PlutinoError('sql_invalid', 'expected a statement about streams, got SELECT', {
          hint: 'a SELECT belongs into a rule: POST /rules',
        })
    }
  }

  /** Names in alphabetical order. */
  list(): readonly string[] {
    return [...this.#streams.keys()].toSorted()
  }

  details(): readonly JsonObject[] {
    return this.#sorted().map(streamDetail)
  }

  describe(name: string): JsonObject {
    return describeStream(this.#find(name, 'Describe stream fails'))
  }

  schema(name: string): Json {
    return streamSchema(this.#find(name, 'Describe stream fails'))
  }

  /** Creates the stream or takes the place of the one there is; rules go on with the old definition until they are restarted. */
  replace(name: string, sql: string): string {
    const failed = `Replace ${name} fails`
    const stream = defineStream(expectStream(expectCreate(readStatement(sql), sql), sql), sql)
    if (stream.name !== name) throw invalid(`Replace stream fails: ${failed}: the sql statement must update the ${name} source.`)
    const old = this.#streams.get(name)
    if (old !== undefined) checkReplacement(old, stream)
    checkStream(stream, this.#parts)
    this.#save(stream)
    return `Stream ${name} is replaced.`
  }

  /** Throws `not_found`; without `force` also when rules read the stream. */
  drop(name: string, force = false): string {
    if (!this.#streams.has(name)) throw new PlutinoError('not_found', `stream ${name} is not found`, suggestion(name, this.#streams.keys()))
    const rules = force ? [] : this.#parts.rulesUsing(name)
    if (rules.length > 0) {
      throw new PlutinoError('stream_invalid', `stream ${name} has been referenced by other rules`, {
        hint: `delete ${rules.join(', ')} first, or drop the stream with force`,
      })
    }
    this.#parts.store.delete(NAMESPACE, name)
    this.#streams.delete(name)
    this.#parts.log.info('stream dropped', { stream: name })
    return `Stream ${name} is dropped.`
  }

  /** The stream with its configuration as it is now. Throws what makes it impossible to run. */
  resolve(name: string): StreamSpec {
    return resolveStream(this.#find(name, 'Get stream fails'), this.#parts)
  }

  /** As the planner sees it. */
  plan(name: string): PlanStream | undefined {
    const stream = this.#streams.get(name)
    return stream === undefined ? undefined : { name, ...(stream.columns === undefined ? {} : { columns: stream.columns }) }
  }

  /** Names of the streams whose source is of this type. */
  ofType(type: string): readonly string[] {
    return this.#sorted()
      .filter((stream) => streamDetail(stream)['type'] === type.toLowerCase())
      .map(({ name }) => name)
  }

  #create(statement: CreateStream, sql: string): string {
    const stream = defineStream(statement, sql)
    if (this.#streams.has(stream.name)) throw invalid(`Create stream fails: Item ${stream.name} already exists.`)
    checkStream(stream, this.#parts)
    this.#save(stream)
    this.#parts.log.info('stream created', { stream: stream.name })
    return `Stream ${stream.name} is created.`
  }

  #save(stream: StreamDefinition): void {
    if (!flagOption(stream, 'TEMP')) this.#parts.store.set(NAMESPACE, stream.name, stream.sql)
    this.#streams.set(stream.name, stream)
  }

  #find(name: string, prefix: string): StreamDefinition {
    const stream = this.#streams.get(name)
    if (stream === undefined)
      throw new PlutinoError('stream_invalid', `${prefix}, ${name} is not found.`, suggestion(name, this.#streams.keys()))
    return stream
  }

  #sorted(): readonly StreamDefinition[] {
    return [...this.#streams.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }
}

/** `hint` with the name that was meant, for the detail of an error. */
function suggestion(name: string, known: Iterable<string>): { hint?: string } {
  const near = nearest(name, known)
  return near === undefined ? {} : { hint: `did you mean "${near}"?` }
}

function expectCreate(statement: Statement, sql: string): CreateStream {
  if (statement.kind === 'create') return statement
  throw new PlutinoError('stream_invalid', 'Replace stream fails: expected CREATE STREAM', {
    position: positionAt(sql, statement.at, statement.end),
  })
}

function expectStream(statement: CreateStream, sql: string): CreateStream {
  if (statement.what === 'stream') return statement
  throw new PlutinoError('sql_unsupported', 'tables are not supported yet', { position: positionAt(sql, statement.at, statement.end) })
}

function checkReplacement(old: StreamDefinition, stream: StreamDefinition): void {
  const failed = `Replace stream fails: Replace ${stream.name} fails`
  if (flagOption(old, 'SHARED') !== flagOption(stream, 'SHARED')) throw invalid(`${failed}: do not support to change stream SHARED option.`)
  if (flagOption(stream, 'TEMP')) throw invalid(`${failed}: cannot replace with temp option.`)
  const [before, after] = [textOption(old, 'VERSION'), textOption(stream, 'VERSION')]
  if (before !== undefined && after !== undefined && after <= before) {
    throw invalid(`Replace stream fails: source ${stream.name} already exists with version (${before}), new version (${after}) is lower`)
  }
}

const invalid = (message: string): PlutinoError => new PlutinoError('stream_invalid', message)
