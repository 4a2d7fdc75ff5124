import { PlutinoError } from '../../base/errors.ts'
import type { Json } from '../../config/field.ts'
import { SIGNATURE_FILE } from './signature.ts'

/** `mysql@v1.0.0.wasm`, `Mysql@1.0.0.wasm`, `mysql.wasm`. */
const COMPONENT = /^([A-Za-z][A-Za-z0-9_-]*)(?:@v?(\d+\.\d+\.\d+(?:[-+][A-Za-z0-9.+-]+)?))?\.wasm$/i
const NATIVE = /\.(so|dll|dylib|node|exe|a|o)(\.\d+)*$/i
const SCRIPT = /\.(sh|bat|cmd|ps1|py|js|mjs|cjs)$/i
const READ_ONLY = /^(readme|license|licence|notice|changelog)(\.[a-z]+)?$/i

/** The parts of a package whose names and places are right. */
export interface PluginFiles {
  readonly name: string
  readonly version: string
  /** As it is called in the package. */
  readonly componentFile: string
  readonly component: Uint8Array
  readonly manifestFile: string
  readonly manifest?: Json
}

/**
 * Finds the component and the manifest among the files of a package. `name`: what the request calls the plugin. Throws `plugin_invalid`
 * for everything that does not belong into a package.
 */
export function readFiles(files: ReadonlyMap<string, Uint8Array>, name?: string): PluginFiles {
  checkTopFolder([...files.keys()])
  for (const file of files.keys()) checkPlace(file)
  const [componentFile, fileName, version = '1.0.0'] = findComponent([...files.keys()])
  if (name !== undefined && name.toLowerCase() !== fileName.toLowerCase()) {
    throw invalid(
      `the request names the plugin "${name}", but the package contains ${componentFile}`,
      `ask for "${lowerFirst(fileName)}", or rename the file to ${name}@v${version}.wasm`,
    )
  }
  const pluginName = name ?? lowerFirst(fileName)
  for (const file of files.keys()) checkCompanion(file, fileName)
  const manifestFile = [...files.keys()].find((file) => file.toLowerCase() === `${fileName.toLowerCase()}.json`)
  const found = {
    name: pluginName,
    version,
    componentFile,
    component: files.get(componentFile) ?? new Uint8Array(),
    manifestFile: manifestFile ?? '',
  }
  return manifestFile === undefined ? found : { ...found, manifest: readJson(files.get(manifestFile) ?? new Uint8Array(), manifestFile) }
}

function checkTopFolder(names: readonly string[]): void {
  if (names.length === 0) throw invalid('the package is empty', 'it needs at least <name>@v<version>.wasm')
  const folder = names[0]?.split('/')[0] ?? ''
  if (folder !== 'etc' && names.every((name) => name.startsWith(`${folder}/`)) && names.some((name) => /\.(wasm|so|json)$/i.test(name))) {
    throw invalid(`the zip has a top folder \`${folder}/\``, 'put the files at the top level')
  }
}

function checkPlace(file: string): void {
  if (NATIVE.test(file)) {
    throw invalid(
      `${file} is native code`,
      'plugins are WebAssembly components, which run on every system without compiling: build one with `plutino plugin build`',
    )
  }
  if (/(^|\/)install\.sh$/i.test(file)) {
    throw invalid('the package contains install.sh', 'leave it out: a component brings all that it needs, nothing is installed on the host')
  }
  if (file.startsWith('etc/')) return
  if (SCRIPT.test(file)) throw invalid(`${file} is a script`, 'leave it out: nothing of a package is run but its component')
  if (file.includes('/')) throw invalid(`${file} is in a folder`, 'only etc/ may have files in it; put the others at the top level')
}

/** File name, plugin name, version. */
function findComponent(names: readonly string[]): readonly [string, string, string | undefined] {
  const components = names.filter((name) => !name.startsWith('etc/') && /\.wasm$/i.test(name))
  const [first, second] = components
  if (first === undefined) throw invalid('the package contains no component', 'it needs <name>@v<version>.wasm at the top level')
  if (second !== undefined) throw invalid(`the package contains two components, ${first} and ${second}`, 'make a package for each plugin')
  const match = COMPONENT.exec(first)
  if (match === null) {
    throw invalid(
      `${first} is not a name of a component`,
      'call it <name>@v<version>.wasm, such as mysql@v1.0.0.wasm; names consist of letters, digits, - and _',
    )
  }
  return [first, match[1] ?? '', match[2]]
}

function checkCompanion(file: string, name: string): void {
  if (file === SIGNATURE_FILE || file.startsWith('etc/') || READ_ONLY.test(file) || COMPONENT.test(file)) return
  const expected = [`${name}.json`, `${name}.yaml`, `${name}.yml`]
  if (!expected.some((one) => one.toLowerCase() === file.toLowerCase())) {
    throw invalid(
      `the package contains ${file}, which has no meaning`,
      `besides the component there may be ${expected[0]}, ${expected[1]}, etc/, a signature and a README`,
    )
  }
}

function readJson(content: Uint8Array, file: string): Json {
  try {
    return JSON.parse(
      Buffer.from(content)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
    )
  } catch (error) {
    throw invalid(
      `${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      'correct it, or leave it out: a manifest is optional',
    )
  }
}

function lowerFirst(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1)
}

function invalid(message: string, hint: string): PlutinoError {
  return new PlutinoError('plugin_invalid', message, { hint })
}
