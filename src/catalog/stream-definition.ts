import type { DecodeColumn } from '../api/codec.ts'
import type { CodecDefinition, LookupDefinition, SourceDefinition } from '../api/definition.ts'
import type { Registry } from '../api/registry.ts'
import { PlutinoError, toPlutinoError } from '../base/errors.ts'
import { nearest } from '../base/suggest.ts'
import type { Json } from '../config/field.ts'
import { isJsonObject, type JsonObject } from '../config/json-object.ts'
import type { SourceConfigs } from '../config/source-config.ts'
import { castValue, isCastType } from '../data/cast.ts'
import type { Value } from '../data/value.ts'
import type { PlanStream } from '../plan/environment.ts'
import type { StreamSpec } from '../runtime/spec.ts'
import type { ColumnDefinition, CreateStream, StreamOption } from '../sql/ast.ts'
import { positionAt } from '../sql/position.ts'
import { validateStream } from '../sql/validate-stream.ts'
import { checkId } from './names.ts'

/** A stream as it was created: its statement, and what the statement says. */
export interface StreamDefinition {
  readonly name: string
  readonly sql: string
  readonly statement: CreateStream
  /** Declared columns with their defaults; absent: schemaless. */
  readonly columns?: readonly DecodeColumn[]
}

/** What the checks of a stream and its configuration look into. */
export interface StreamWorld {
  readonly registry: Registry
  readonly sources: SourceConfigs
}

export function defineStream(statement: CreateStream, sql: string): StreamDefinition {
  const { name, columns } = statement
  return { name, sql, statement, ...(columns.length === 0 ? {} : { columns: columns.map(decodeColumn) }) }
}

function decodeColumn({ name, type, default: value }: ColumnDefinition): DecodeColumn {
  if (value === undefined) return { name, type }
  const written: Value =
    value.kind === 'integer' || value.kind === 'number' || value.kind === 'string' || value.kind === 'boolean' ? value.value : null
  return { name, type, default: isCastType(type.kind) ? castValue(written, type.kind) : written }
}

/** Everything that can be checked without connecting. Throws `stream_invalid`, `sql_unsupported` or `config_invalid`. */
export function checkStream(stream: StreamDefinition, world: StreamWorld): void {
  checkId(stream.name)
  const formats = world.registry.list('codec').map(({ name }) => name.toLowerCase())
  validateStream(stream.statement, { text: stream.sql, formats })
  resolveStream(stream, world)
}

/** The stream with the configuration of its source, as it is now. Throws as `checkStream` does. */
export function resolveStream(stream: StreamDefinition, world: StreamWorld): StreamSpec {
  const source = findSource(stream, world.registry)
  const format = textOption(stream, 'FORMAT')?.toLowerCase() ?? ownFormat(stream, source, world.sources)
  const codec = world.registry.find('codec', format)
  return {
    name: stream.name,
    type: source.name,
    format,
    ...(stream.columns === undefined ? {} : { columns: stream.columns }),
    strict: flagOption(stream, 'STRICT_VALIDATION'),
    shared: flagOption(stream, 'SHARED'),
    ...textOptions(stream, { timestamp: 'TIMESTAMP', timestampFormat: 'TIMESTAMP_FORMAT', key: 'KEY' }),
    ...configs(stream, { source, codec, sources: world.sources }),
  }
}

/** The stream or table as statements see it. */
export function planStream(stream: StreamDefinition): PlanStream {
  const table = tableKind(stream)
  const timestamp = textOption(stream, 'TIMESTAMP')
  const key = textOption(stream, 'KEY')
  return {
    name: stream.name,
    ...(stream.columns === undefined ? {} : { columns: stream.columns }),
    ...(table === undefined ? {} : { table }),
    ...(table === 'scan' ? { retain: retainedRows(stream) } : {}),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(key === undefined ? {} : { key }),
  }
}

/** `scan`: its rows are kept, for joins; `lookup`: it is asked for each row. */
export type TableKind = 'scan' | 'lookup'

/** Undefined: it is a stream. */
export function tableKind(stream: StreamDefinition): TableKind | undefined {
  if (stream.statement.what === 'stream') return undefined
  return textOption(stream, 'KIND')?.toLowerCase() === 'lookup' ? 'lookup' : 'scan'
}

/** Rows that a scan table keeps when nothing is said: all of a file, the last one of everything else. */
const KEPT_OF_FILES = 9999

function retainedRows(stream: StreamDefinition): number {
  const given = Number(textOption(stream, 'RETAIN_SIZE') ?? 0)
  return given > 0 ? given : sourceType(stream) === 'file' ? KEPT_OF_FILES : 1
}

/** Text of an option, undefined when it is not given or empty. */
export function textOption(stream: StreamDefinition, name: string): string | undefined {
  const value = option(stream, name)?.value
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Those of the options that are given, under the names of the keys. */
function textOptions<K extends string>(stream: StreamDefinition, names: Readonly<Record<K, string>>): { readonly [key in K]?: string } {
  const found: { [key in K]?: string } = {}
  for (const key in names) {
    const value = textOption(stream, names[key])
    if (value !== undefined) found[key] = value
  }
  return found
}

export function flagOption(stream: StreamDefinition, name: string): boolean {
  return option(stream, name)?.value === true
}

/** Type of the source, lower case. */
export function sourceType(stream: StreamDefinition): string {
  return (textOption(stream, 'TYPE') ?? (stream.statement.what === 'stream' ? 'mqtt' : 'file')).toLowerCase()
}

function option(stream: StreamDefinition, name: string): StreamOption | undefined {
  return stream.statement.options.find((known) => known.name === name)
}

function findSource(stream: StreamDefinition, registry: Registry): SourceDefinition | LookupDefinition {
  const type = textOption(stream, 'TYPE') ?? sourceType(stream)
  const kind = tableKind(stream) === 'lookup' ? 'lookup' : 'source'
  const source = registry.find(kind, type)
  if (source !== undefined) return source
  const known = registry.list(kind).map(({ name }) => name)
  const near = nearest(type, known)
  throw invalid(
    stream,
    'TYPE',
    kind === 'lookup' ? `there are no lookup tables of type "${type}"` : `unknown source type "${type}"`,
    near === undefined ? `types are ${known.join(', ')}` : `did you mean "${near}"?`,
  )
}

/** What a source says about its messages where the stream says nothing. */
function ownFormat(stream: StreamDefinition, source: SourceDefinition | LookupDefinition, sources: SourceConfigs): string {
  if (source.kind === 'lookup' || source.format === undefined) return 'json'
  const confKey = textOption(stream, 'CONF_KEY')
  const extra = extraOf(stream)
  return source.format(
    sources.resolve({
      type: source.name,
      fields: source.fields,
      open: true,
      ...(confKey === undefined ? {} : { confKey }),
      ...(extra === undefined ? {} : { extra }),
    }),
  )
}

interface Connectors {
  readonly source: SourceDefinition | LookupDefinition
  readonly codec: CodecDefinition | undefined
  readonly sources: SourceConfigs
}

/** What CONF_KEY and EXTRA say is for the source, and what the format knows (hasHeader) for the format: for both where both know it. */
function configs(stream: StreamDefinition, { source, codec, sources }: Connectors): Pick<StreamSpec, 'config' | 'codecConfig'> {
  const confKey = textOption(stream, 'CONF_KEY')
  const extra = extraOf(stream)
  try {
    const resolved = sources.resolve({
      type: source.name,
      fields: { ...codec?.fields, ...source.fields },
      open: source.open,
      ...(source.kind === 'lookup' || source.sections === undefined ? {} : { sections: source.sections }),
      ...(confKey === undefined ? {} : { confKey }),
      ...(extra === undefined ? {} : { extra }),
    })
    const isFormats = ([name]: [string, Json]): boolean => !Object.hasOwn(source.fields, name) && Object.hasOwn(codec?.fields ?? {}, name)
    const own = Object.fromEntries(Object.entries(resolved).filter((entry) => !isFormats(entry)))
    const config = { ...own, ...wanted(source, { datasource: textOption(stream, 'DATASOURCE'), key: textOption(stream, 'KEY') }) }
    source.check(config)
    const others = Object.fromEntries(Object.entries(resolved).filter(([name]) => Object.hasOwn(codec?.fields ?? {}, name)))
    return { config, codecConfig: codec === undefined ? {} : codecConfig(stream, codec, others) }
  } catch (error) {
    throw atOption(toPlutinoError(error), stream, confKey === undefined ? 'TYPE' : 'CONF_KEY')
  }
}

/** Those of the options that are given and that the source has a field for. */
function wanted({ fields }: SourceDefinition | LookupDefinition, options: { readonly [name: string]: string | undefined }): JsonObject {
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === undefined || !Object.hasOwn(fields, name) ? [] : [[name, value] as const],
  )
  return Object.fromEntries(given)
}

function extraOf(stream: StreamDefinition): JsonObject | undefined {
  const text = textOption(stream, 'EXTRA')
  if (text === undefined) return undefined
  const extra: unknown = JSON.parse(text)
  return isJsonObject(extra) ? extra : undefined
}

function codecConfig(stream: StreamDefinition, codec: CodecDefinition, others: JsonObject): JsonObject {
  const delimiter = textOption(stream, 'DELIMITER')
  const schemaId = textOption(stream, 'SCHEMAID')
  if (schemaId !== undefined && !Object.hasOwn(codec.fields, 'schemaId')) {
    throw invalid(stream, 'SCHEMAID', `format ${codec.name} takes no SCHEMAID`, 'leave the option out')
  }
  const config: JsonObject = {
    ...others,
    ...(delimiter === undefined || !Object.hasOwn(codec.fields, 'delimiter') ? {} : { delimiter }),
    ...(schemaId === undefined ? {} : { schemaId }),
  }
  codec.check(config)
  return config
}

function invalid(stream: StreamDefinition, name: string, message: string, hint: string): PlutinoError {
  return atOption(new PlutinoError('stream_invalid', message, { hint }), stream, name)
}

/** The error with the place of the option, when the statement has it. */
function atOption(error: PlutinoError, stream: StreamDefinition, name: string): PlutinoError {
  const place = option(stream, name)
  if (error.position !== undefined || place === undefined) return error
  return new PlutinoError(error.code, error.message, {
    cause: error.cause,
    path: error.path,
    others: error.others,
    position: positionAt(stream.sql, place.at, place.end),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  })
}
