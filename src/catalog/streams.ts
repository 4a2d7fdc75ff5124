import { PlutinoError } from '../base/errors.ts'
import { nearest } from '../base/suggest.ts'
import type { Logger } from '../base/log.ts'
import type { Json } from '../config/field.ts'
import type { JsonObject } from '../config/json-object.ts'
import type { PlanStream } from '../plan/environment.ts'
import type { StreamSpec } from '../runtime/spec.ts'
import type { CreateStream, Select, Statement } from '../sql/ast.ts'
import { explainStatement } from './plan-statement.ts'
import { readStatement } from './statement.ts'
import { positionAt } from '../sql/position.ts'
import type { KvStore } from '../store/kv.ts'
import { describeStream, streamDetail, streamSchema, streamText } from './stream-answers.ts'
import {
  checkStream,
  defineStream,
  flagOption,
  planStream,
  resolveStream,
  sourceType,
  type StreamDefinition,
  type StreamWorld,
  tableKind,
  type TableKind,
  textOption,
} from './stream-definition.ts'

const NAMESPACE = 'stream'

export interface StreamParts extends StreamWorld {
  readonly store: KvStore
  readonly log: Logger
  /** Ids of the rules that read a stream. */
  readonly rulesUsing: (stream: string) => readonly string[]
  /** What is kept of reading a stream of this name is dropped. */
  readonly forget: (stream: string) => void
}

/** What a name stands for. Streams and tables share their names. */
export type What = CreateStream['what']

/** The streams and tables that users created. */
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
        this.#streams.set(name, defineStream(readCreate(sql), sql))
      } catch (error) {
        this.#parts.log.error('a stored stream cannot be read', { stream: name, error })
      }
    }
  }

  /** Runs any statement about streams and tables, or explains a SELECT, and gives the text that answers it. */
  execute(sql: string): string {
    const statement = readStatement(sql)
    switch (statement.kind) {
      case 'create':
        return this.#create(statement, sql)
      case 'show': {
        const names = this.list(statement.what)
        return names.length === 0 ? `No ${statement.what} definitions are found.` : names.join('\n')
      }
      case 'describe':
        return streamText(this.#find(statement.what, statement.name, `Describe ${statement.what} fails`))
      case 'drop':
        return this.drop(statement.name, { what: statement.what })
      case 'explain':
        return statement.what === 'select' ? this.#explain(statement.select, sql) : 'TO BE SUPPORTED'
      case 'select':
        throw new PlutinoError('sql_invalid', 'expected a statement about streams, got SELECT', {
          hint: 'a SELECT belongs into a rule: POST /rules',
        })
    }
  }

  /** Names in alphabetical order. `kind`: only tables of this KIND. */
  list(what: What = 'stream', kind?: TableKind): readonly string[] {
    return this.#sorted(what, kind).map(({ name }) => name)
  }

  /** How many streams and tables there are. */
  get size(): number {
    return this.#streams.size
  }

  /** Names of all streams and tables. */
  names(): Iterable<string> {
    return this.#streams.keys()
  }

  details(what: What = 'stream', kind?: TableKind): readonly JsonObject[] {
    return this.#sorted(what, kind).map(streamDetail)
  }

  describe(name: string, what: What = 'stream'): JsonObject {
    return describeStream(this.#find(what, name, `Describe ${what} fails`))
  }

  schema(name: string, what: What = 'stream'): Json {
    return streamSchema(this.#find(what, name, `Describe ${what} fails`))
  }

  /** Creates the stream or takes the place of the one there is; rules go on with the old definition until they are restarted. */
  replace(name: string, sql: string, what: What = 'stream'): string {
    const failed = `Replace ${name} fails`
    const stream = defineStream(expectCreate(readStatement(sql), sql, what), sql)
    if (stream.name !== name) throw invalid(`Replace ${what} fails: ${failed}: the sql statement must update the ${name} source.`)
    const old = this.#streams.get(name)
    if (old !== undefined) checkReplacement(old, stream)
    checkStream(stream, this.#parts)
    this.#save(stream)
    return `${capital(what)} ${name} is replaced.`
  }

  /** Throws `not_found`; without `force` also when rules read the stream. */
  drop(name: string, { what = 'stream', force = false }: { readonly what?: What; readonly force?: boolean } = {}): string {
    if (whatOf(this.#streams.get(name)) !== what)
      throw new PlutinoError('not_found', `${what} ${name} is not found`, suggestion(name, this.list(what)))
    const rules = force ? [] : this.#parts.rulesUsing(name)
    if (rules.length > 0) {
      throw new PlutinoError('stream_invalid', `${what} ${name} has been referenced by other rules`, {
        hint: `delete ${rules.join(', ')} first, or drop the ${what} with force`,
      })
    }
    this.#parts.store.delete(NAMESPACE, name)
    this.#streams.delete(name)
    this.#parts.forget(name)
    this.#parts.log.info(`${what} dropped`, { [what]: name })
    return `${capital(what)} ${name} is dropped.`
  }

  /** The stream or table with its configuration as it is now. Throws what makes it impossible to run. */
  resolve(name: string): StreamSpec {
    const stream = this.#streams.get(name)
    if (stream !== undefined) return resolveStream(stream, this.#parts)
    throw new PlutinoError('stream_invalid', `Get stream fails, ${name} is not found.`, suggestion(name, this.#streams.keys()))
  }

  /** As the planner sees it. */
  plan(name: string): PlanStream | undefined {
    const stream = this.#streams.get(name)
    return stream === undefined ? undefined : planStream(stream)
  }

  /** Throws `rule_invalid` when a rule that is stored reads a stream that is not. */
  checkTemporary(name: string, temporaryRule: boolean): void {
    const stream = this.#streams.get(name)
    if (temporaryRule || stream === undefined || !flagOption(stream, 'TEMP')) return
    throw new PlutinoError('rule_invalid', `temp ${whatOf(stream)} ${name} can only be used by temp rules`, {
      hint: 'give the rule "temp":true',
    })
  }

  /** Names of the streams whose source is of this type. */
  ofType(type: string): readonly string[] {
    return [...this.#streams.values()].filter((stream) => sourceType(stream) === type.toLowerCase()).map(({ name }) => name)
  }

  #create(statement: CreateStream, sql: string): string {
    const { what } = statement
    const stream = defineStream(statement, sql)
    if (this.#streams.has(stream.name)) throw invalid(`Create ${what} fails: Item ${stream.name} already exists.`)
    checkStream(stream, this.#parts)
    // A deletion that was cut short may have left something of a namesake.
    this.#parts.forget(stream.name)
    this.#save(stream)
    this.#parts.log.info(`${what} created`, { [what]: stream.name })
    return `${capital(what)} ${stream.name} is created.`
  }

  /** As a rule with default options runs it. */
  #explain(select: Select, sql: string): string {
    return explainStatement(select, sql, {}, { registry: this.#parts.registry, streams: this })
  }

  #save(stream: StreamDefinition): void {
    if (!flagOption(stream, 'TEMP')) this.#parts.store.set(NAMESPACE, stream.name, stream.sql)
    this.#streams.set(stream.name, stream)
  }

  #find(what: What, name: string, prefix: string): StreamDefinition {
    const stream = this.#streams.get(name)
    if (stream !== undefined && whatOf(stream) === what) return stream
    throw new PlutinoError('stream_invalid', `${prefix}, ${name} is not found.`, suggestion(name, this.list(what)))
  }

  #sorted(what: What, kind?: TableKind): readonly StreamDefinition[] {
    return [...this.#streams.values()]
      .filter((stream) => whatOf(stream) === what && (kind === undefined || tableKind(stream) === kind))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }
}

/** `hint` with the name that was meant, for the detail of an error. */
function suggestion(name: string, known: Iterable<string>): { hint?: string } {
  const near = nearest(name, known)
  return near === undefined ? {} : { hint: `did you mean "${near}"?` }
}

function readCreate(sql: string): CreateStream {
  const statement = readStatement(sql)
  if (statement.kind === 'create') return statement
  throw new PlutinoError('internal', 'the record is no CREATE')
}

function expectCreate(statement: Statement, sql: string, what: What): CreateStream {
  if (statement.kind === 'create' && statement.what === what) return statement
  throw new PlutinoError('stream_invalid', `Replace ${what} fails: expected CREATE ${what.toUpperCase()}`, {
    position: positionAt(sql, statement.at, statement.end),
  })
}

function checkReplacement(old: StreamDefinition, stream: StreamDefinition): void {
  const { what } = stream.statement
  const failed = `Replace ${what} fails: Replace ${stream.name} fails`
  if (old.statement.what !== what) throw invalid(`${failed}: it is a ${old.statement.what}.`)
  if (flagOption(old, 'SHARED') !== flagOption(stream, 'SHARED')) throw invalid(`${failed}: do not support to change stream SHARED option.`)
  if (flagOption(stream, 'TEMP')) throw invalid(`${failed}: cannot replace with temp option.`)
  const [before, after] = [textOption(old, 'VERSION'), textOption(stream, 'VERSION')]
  if (before !== undefined && after !== undefined && after <= before) {
    throw invalid(`Replace ${what} fails: source ${stream.name} already exists with version (${before}), new version (${after}) is lower`)
  }
}

function whatOf(stream: StreamDefinition | undefined): What | undefined {
  return stream?.statement.what
}

function capital(what: What): string {
  return what === 'stream' ? 'Stream' : 'Table'
}

const invalid = (message: string): PlutinoError => new PlutinoError('stream_invalid', message)
