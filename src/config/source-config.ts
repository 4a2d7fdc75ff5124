import path from 'node:path'
import { PlutinoError } from '../base/errors.ts'
import { nearest } from '../base/suggest.ts'
import type { Fields, Json } from './field.ts'
import { isJsonObject, type JsonObject } from './json-object.ts'
import { environmentOf, parseYaml } from './setting-entries.ts'

/** What a stream says about the configuration of its source. */
export interface SourceRequest {
  /** Type of the source, such as `mqtt`. */
  readonly type: string
  readonly fields: Fields
  /** Properties that no field describes are allowed. */
  readonly open?: boolean
  /** What the source itself brings, by section. */
  readonly sections?: ReadonlyMap<string, JsonObject>
  /** CONF_KEY: the section of the source's file. */
  readonly confKey?: string
  /** EXTRA: what the stream sets itself. */
  readonly extra?: JsonObject
}

/** Properties of eKuiper's sources about its own buffers, which have no counterpart here. */
const IGNORED = new Set(['bufferLength', 'kubeedgeModelFile', 'kubeedgeVersion'])

interface Layer {
  readonly values: JsonObject
  readonly where: string
}

/** Configuration of sources as files and environment give it: `etc/mqtt_source.yaml`, `etc/sources/<type>.yaml`, `MQTT_SOURCE__DEFAULT__SERVER`. */
export class SourceConfigs {
  readonly #folder: string
  readonly #env: Readonly<Record<string, string | undefined>>
  readonly #readFile: (path: string) => string | undefined

  /** `folder`: where the files are (etc). `readFile` gives undefined when there is no such file. */
  constructor(folder: string, env: Readonly<Record<string, string | undefined>>, readFile: (path: string) => string | undefined) {
    this.#folder = folder
    // a copy: each look into the process's own is a call of the system
    this.#env = { ...env }
    this.#readFile = readFile
  }

  /**
   * Section `default`, then the section CONF_KEY, then EXTRA; a later value wins. Values of the environment win over those of the file.
   * Throws `config_invalid` for an unknown section or property, with the place where it stands.
   */
  resolve(request: SourceRequest): JsonObject {
    const { type, confKey = 'default', extra = {} } = request
    const file = this.#file(type)
    const sections = this.#sections(file, request.sections)
    const section = sections.get(confKey.toLowerCase())
    if (section === undefined && confKey !== 'default') throw unknownSection(confKey, file, [...sections.keys()])
    const layers: Layer[] = [
      ...(sections.get('default') ?? []),
      ...(confKey === 'default' ? [] : (section ?? [])),
      { values: extra, where: 'EXTRA' },
    ]
    const problems: string[] = []
    const merged = new Map<string, Json>()
    for (const layer of layers) this.#merge(layer, request, merged, problems)
    if (problems.length > 0) throw new PlutinoError('config_invalid', problems.join('; '), { path: [`source ${type}`] })
    return Object.fromEntries(merged)
  }

  #merge(layer: Layer, { fields, open }: SourceRequest, merged: Map<string, Json>, problems: string[]): void {
    const names = Object.keys(fields)
    for (const [key, value] of Object.entries(layer.values)) {
      const name = Object.hasOwn(fields, key) ? key : names.find((candidate) => candidate.toLowerCase() === key.toLowerCase())
      if (name !== undefined) merged.set(name, value)
      else if (open === true) merged.set(key, value)
      else if (!IGNORED.has(key)) {
        const near = nearest(key, names)
        problems.push(`${layer.where}: unknown property "${key}"${near === undefined ? '' : `; did you mean "${near}"?`}`)
      }
    }
  }

  /** Layers of each section by its name in lower case: the file's, then the environment's. */
  #sections(file: string, own: SourceRequest['sections'] = new Map()): Map<string, Layer[]> {
    const sections = new Map<string, Layer[]>()
    const add = (name: string, layer: Layer): void => {
      const key = name.toLowerCase()
      sections.set(key, [...(sections.get(key) ?? []), layer])
    }
    for (const [name, values] of own) add(name, { values, where: `the plugin's configuration: ${name}` })
    const text = this.#readFile(file)
    for (const [name, values] of Object.entries(text === undefined ? {} : parseYaml(text, file))) {
      if (isJsonObject(values) || values === null) add(name, { values: values ?? {}, where: `${file}: ${name}` })
      else throw new PlutinoError('config_invalid', `${file}: ${name}: expected properties, got ${JSON.stringify(values)}`)
    }
    for (const { path: keys, value, where } of environmentOf(this.#env, path.basename(file, '.yaml').toUpperCase())) {
      const [name, key, ...more] = keys
      if (name !== undefined && key !== undefined && more.length === 0) add(name, { values: { [key]: value }, where })
    }
    return sections
  }

  #file(type: string): string {
    const name = type.toLowerCase()
    if (!/^[a-z0-9_-]+$/.test(name)) throw new PlutinoError('config_invalid', `"${type}" is not the name of a source`)
    return name === 'mqtt' ? path.join(this.#folder, 'mqtt_source.yaml') : path.join(this.#folder, 'sources', `${name}.yaml`)
  }
}

function unknownSection(confKey: string, file: string, known: readonly string[]): PlutinoError {
  const near = nearest(confKey, known)
  const others = known.length === 0 ? '' : `; there are ${known.join(', ')}`
  return new PlutinoError('config_invalid', `CONF_KEY "${confKey}": ${file} has no such section`, {
    hint: near === undefined ? `add the section to the file${others}` : `did you mean "${near}"?`,
  })
}
