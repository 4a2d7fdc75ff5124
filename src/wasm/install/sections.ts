import { PlutinoError, toPlutinoError } from '../../base/errors.ts'
import { isJsonObject, type JsonObject } from '../../config/json-object.ts'
import { parseYaml } from '../../config/setting-entries.ts'

/**
 * What `<name>.yaml` of a package says about its source: properties by section; `default`, and one for each CONF_KEY, in lower case. Throws
 * `plugin_invalid`.
 */
export function readSections(files: ReadonlyMap<string, Uint8Array>, name: string): ReadonlyMap<string, JsonObject> {
  const wanted = [`${name}.yaml`, `${name}.yml`].map((one) => one.toLowerCase())
  const [file, content] = [...files].find(([one]) => wanted.includes(one.toLowerCase())) ?? []
  if (file === undefined || content === undefined) return new Map()
  const sections = new Map<string, JsonObject>()
  for (const [section, values] of Object.entries(parsed(content, file))) {
    if (!isJsonObject(values) && values !== null) throw invalid(`${file}: ${section}: expected properties, got ${JSON.stringify(values)}`)
    sections.set(section.toLowerCase(), values ?? {})
  }
  return sections
}

function parsed(content: Uint8Array, file: string): JsonObject {
  try {
    return parseYaml(Buffer.from(content).toString('utf8'), file)
  } catch (error) {
    throw invalid(toPlutinoError(error).message)
  }
}

function invalid(message: string): PlutinoError {
  return new PlutinoError('plugin_invalid', message, { hint: 'sections with properties: `default:` and one for each CONF_KEY' })
}
