import { boolean, type ConfigOf, duration, type Fields, type Json, object } from '../config/field.ts'
import type { JsonObject } from '../config/json-object.ts'
import { parseConfig } from '../config/parse.ts'
import { PlutinoError } from '../base/errors.ts'
import type { Codec } from './codec.ts'
import type { SqlFunction } from './function.ts'
import type { LookupCaching, LookupSource } from './lookup.ts'
import type { Sink } from './sink.ts'
import type { ConnectionObserver, Source } from './source.ts'

/** What a connector says about itself: enough to validate, document and list it without running it. */
interface Definition<Kind extends string, Instance> {
  readonly kind: Kind
  /** As `TYPE="…"` and the key of an action name it; matched without regard to case. */
  readonly name: string
  readonly doc: string
  readonly fields: Fields
  /** Properties that no field describes are allowed. */
  readonly open: boolean
  /** Checks the configuration (throws `config_invalid` with every problem at once) and makes an instance that is not connected yet. */
  create(config: Json, observe?: ConnectionObserver): Instance
  /** Checks the configuration alone, as `create` does. */
  check(config: Json): void
}

/** `bytes`: a codec (FORMAT) stands between the connector and the operators. `values`: none does. */
export type PayloadKind = 'bytes' | 'values'

/** At-most-once: messages may get lost. At-least-once: offsets and `commit` make a restart repeat what was not confirmed. */
type Delivery = 'at-most-once' | 'at-least-once'

export type SourceDefinition = Definition<'source', Source> & SourceNature

interface SourceNature {
  readonly payload: PayloadKind
  readonly delivery: Delivery
  /**
   * It keeps something in `ctx.state`, or in memory until `checkpoint`: a rule with qos above 0 that uses it is saved, with the offsets of its sources, and
   * goes on from there.
   */
  readonly keepsState?: boolean
  /** The format of its messages when the stream has no FORMAT, by its configuration; absent: json. */
  readonly format?: (config: JsonObject) => string
  /** Configuration that the connector brings: properties by section in lower case, `default` and one for each CONF_KEY. Files win over it. */
  readonly sections?: ReadonlyMap<string, JsonObject>
}

export type SinkDefinition = Definition<'sink', Sink> & SinkNature

interface SinkNature {
  readonly payload: PayloadKind
  /** As of a source. */
  readonly keepsState?: boolean
}

export type CodecDefinition = Definition<'codec', Codec>
/** `caching` reads the properties about the cache of a configuration that was checked; undefined: answers are not kept. */
export type LookupDefinition = Definition<'lookup', LookupSource> & { caching(config: Json): LookupCaching | undefined }
export type FunctionDefinition = { readonly kind: 'function'; readonly name: string; readonly function: SqlFunction }

/** Everything that a built-in module or a plugin can add. */
export type Contribution = SourceDefinition | SinkDefinition | LookupDefinition | CodecDefinition | FunctionDefinition

interface Description<F extends Fields, Instance> {
  readonly name: string
  readonly doc: string
  readonly fields: F
  /** True: members of the configuration that no field describes are handed to `create` as they are, which checks them. */
  readonly open?: boolean
  /** What fields alone cannot say: throws `config_invalid`. Called before `create`, and where a configuration is only checked. */
  readonly check?: (config: ConfigOf<F>) => void
  /** `given`: the configuration before the check, for who has to check it again later. */
  readonly create: (config: ConfigOf<F>, observe: ConnectionObserver, given: Json) => Instance
}

export function defineSource<const F extends Fields>(d: Description<F, Source> & SourceNature): SourceDefinition {
  const { payload, delivery, sections, format, keepsState = false } = d
  return {
    ...define('source', d),
    payload,
    delivery,
    keepsState,
    ...(sections === undefined ? {} : { sections }),
    ...(format === undefined ? {} : { format }),
  }
}

export function defineSink<const F extends Fields>(d: Description<F, Sink> & SinkNature): SinkDefinition {
  return { ...define('sink', d), payload: d.payload, keepsState: d.keepsState === true }
}

/** The properties that every lookup table has. */
const CACHE_FIELDS = {
  lookup: object(
    'Whether answers are kept',
    {
      cache: boolean('Keep the rows that were found, so that the same key is not asked for again', { default: false }),
      cacheTtl: duration('How long they are kept; 0: as long as the rule runs', { default: 0 }),
      cacheMissingKey: boolean('Keep also that a key has no row', { default: false }),
    },
    { optional: true, advanced: true },
  ),
}

/** `fields` may have `datasource` and `key`, which get the options DATASOURCE and KEY of the table. */
export function defineLookup<const F extends Fields>(d: Description<F, LookupSource>): LookupDefinition {
  const defined = define('lookup', { ...d, fields: { ...d.fields, ...CACHE_FIELDS } })
  return {
    ...defined,
    caching: (config) => {
      const parsed = parseConfig(CACHE_FIELDS, isObject(config) && config['lookup'] !== undefined ? { lookup: config['lookup'] } : {})
      const kept = parsed.ok ? parsed.config.lookup : undefined
      return kept?.cache === true ? { ttl: kept.cacheTtl, missing: kept.cacheMissingKey } : undefined
    },
  }
}

export function defineCodec<const F extends Fields>(d: Description<F, Codec>): CodecDefinition {
  return define('codec', d)
}

export function defineFunction(f: SqlFunction): FunctionDefinition {
  return { kind: 'function', name: f.name, function: f }
}

function define<const Kind extends string, const F extends Fields, Instance>(
  kind: Kind,
  d: Description<F, Instance>,
): Definition<Kind, Instance> {
  const parse = (config: Json): ConfigOf<F> => {
    const parsed = parseConfig(d.fields, config, d.open)
    if (parsed.ok) {
      d.check?.(parsed.config)
      return parsed.config
    }
    const lines = parsed.problems.map((p) => (p.path === '' ? p.message : `${p.path}: ${p.message}`))
    throw new PlutinoError('config_invalid', lines.join('; '), { path: [`${kind} ${d.name}`] })
  }
  return {
    kind,
    name: d.name,
    doc: d.doc,
    fields: d.fields,
    open: d.open === true,
    create: (config, observe = () => {}) => d.create(parse(config), observe, config),
    check: (config) => {
      parse(config)
    },
  }
}

/** The same definition with other defaults of string fields, such as the address of the broker that runs in this server. */
export function withDefaults<D extends SourceDefinition | SinkDefinition>(definition: D, defaults: Readonly<Record<string, string>>): D {
  const fill = (config: Json): Json => (isObject(config) ? { ...defaults, ...config } : config)
  const fields: Record<string, Fields[string]> = { ...definition.fields }
  for (const [name, value] of Object.entries(defaults)) {
    const field = fields[name]
    if (field?.kind === 'string') fields[name] = { ...field, default: value }
  }
  return {
    ...definition,
    fields,
    create: (config, observe) => definition.create(fill(config), observe),
    check: (config) => definition.check(fill(config)),
  }
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
