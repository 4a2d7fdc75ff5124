import type { Codec, Encoder } from '../api/codec.ts'
import type { Registry } from '../api/registry.ts'
import type { Schema } from '../data/batch.ts'
import { PlutinoError } from '../base/errors.ts'
import type { StreamSpec } from './spec.ts'

/** How many encoders are remembered. */
const MOST_KEPT = 2_000

/** The codecs of an engine. Rules whose results have the same columns in the same format share an encoder, and so its compiled code. */
export class SharedCodecs {
  readonly #registry: Registry
  readonly #encoders = new Map<string, Encoder>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** Throws `config_invalid` for a format that nobody knows. */
  of(format: string, config: StreamSpec['codecConfig']): Codec {
    const codec = codecOf(this.#registry, format, config)
    const key = JSON.stringify([format, config])
    return { decoder: (request) => codec.decoder(request), encoder: (schema) => this.#encoder(key, codec, schema) }
  }

  #encoder(format: string, codec: Codec, schema: Schema): Encoder {
    const key = format + JSON.stringify(schema.columns)
    const known = this.#encoders.get(key)
    if (known !== undefined) return known
    const oldest = this.#encoders.keys().next()
    if (this.#encoders.size >= MOST_KEPT && oldest.done !== true) this.#encoders.delete(oldest.value)
    const encoder = codec.encoder(schema)
    this.#encoders.set(key, encoder)
    return encoder
  }
}

/** Throws `config_invalid` for a format that nobody knows. */
export function codecOf(registry: Registry, format: string, config: StreamSpec['codecConfig']): Codec {
  const definition = registry.find('codec', format)
  if (definition === undefined) {
    const known = registry.list('codec').map((d) => d.name)
    throw new PlutinoError('config_invalid', `there is no format "${format}"`, { hint: `use one of ${known.join(', ')}` })
  }
  return definition.create(config)
}
