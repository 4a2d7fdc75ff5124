import { type Contribution, defineSink, defineSource } from '../api/definition.ts'
import type { SourceDescription } from '../api/plugin.ts'
import { type Fields, type Json, string } from '../config/field.ts'
import type { JsonObject } from '../config/json-object.ts'
import { guestConfig, networkPlaces } from './guest-config.ts'
import type { Manifest } from './install/manifest.ts'
import type { PluginCode } from './plugin-code.ts'
import { PluginSink } from './plugin-sink.ts'
import { PluginSource } from './source/plugin-source.ts'

/** The sink of a plugin. */
export function sinkDefinition(code: PluginCode, manifest: Manifest): Contribution {
  return defineSink({
    name: code.name,
    doc: docOf(code, manifest),
    fields: manifest.fields ?? {},
    open: manifest.fields === undefined,
    payload: 'bytes',
    keepsState: code.keepsState,
    create: (config, _, given) => new PluginSink(code, guestConfig(asJson(config), manifest.fields), given),
  })
}

/** The source of a plugin. `sections`: what the package's yaml says, by CONF_KEY. */
export function sourceDefinition(
  code: PluginCode,
  manifest: Manifest,
  described: SourceDescription,
  sections: ReadonlyMap<string, JsonObject>,
): Contribution {
  const fields: Fields = { datasource: string('DATASOURCE of the stream.', { default: '' }), ...manifest.fields }
  return defineSource({
    name: code.name,
    doc: docOf(code, manifest),
    fields,
    open: manifest.fields === undefined,
    sections,
    payload: described.payload,
    delivery: described.resumes ? 'at-least-once' : 'at-most-once',
    // nobody else keeps its offset
    keepsState: described.resumes || code.keepsState,
    create: (config, _, given) => {
      const { datasource = '', ...own } = asJson(config)
      const separated = guestConfig(own, manifest.fields)
      const network = [...separated.network, ...networkPlaces([datasource])]
      return new PluginSource(code, { ...separated, network, dataSource: typeof datasource === 'string' ? datasource : '' }, given)
    },
  })
}

function docOf({ name }: PluginCode, { doc }: Manifest): string {
  return doc === '' ? `The plugin ${name}.` : doc
}

/** A checked configuration whose fields TypeScript does not know. */
function asJson(config: unknown): { readonly [name: string]: Json } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed from Json by fields that are plain data
  return config as { readonly [name: string]: Json }
}
