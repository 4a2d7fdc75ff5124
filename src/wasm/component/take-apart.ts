import { PlutinoError } from '../../base/errors.ts'
import { sectionsOf } from './sections.ts'

const MAGIC = 0x6d736100
const CORE_VERSION = 1
const COMPONENT_VERSION = 0x0001000d

/** Section ids of components and of core modules. */
const CORE_MODULE = 1
const NESTED_COMPONENT = 4
const MEMORY = 5
const COMPONENT_IMPORTS = 10
const COMPONENT_EXPORTS = 11

/** First bytes of what people put into plugins by mistake. */
const NATIVE: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['a Linux library or program (ELF)', [0x7f, 0x45, 0x4c, 0x46]],
  ['a Windows library or program', [0x4d, 0x5a]],
  ['a macOS library or program', [0xcf, 0xfa, 0xed, 0xfe]],
  ['a zip', [0x50, 0x4b, 0x03, 0x04]],
  ['a script', [0x23, 0x21]],
]

/** What a file must be called in messages: `mysql@v1.0.0.wasm`. */
type FileName = string

/**
 * The one core module of a component that holds the plugin's code. What else a component of one module contains are the small tables that
 * tie imports to the memory, which this host does itself. Undefined: there are several, or it needs what our WIT has not. Throws
 * `plugin_invalid`.
 */
export function mainModule(component: Uint8Array, file: FileName): Uint8Array | undefined {
  checkHeader(component, file)
  const modules = readable(file, () => coreModules(component))
  const withMemory = readable(file, () => modules.filter(ownsMemory))
  const [main] = withMemory
  if (main === undefined)
    throw invalid(`${file} has no core module with a memory of its own`, 'build the plugin with `plutino plugin build`')
  const others = readable(file, () => modules.filter((one) => one !== main && !isTie(one)))
  const foreign = namesInterface(component, COMPONENT_IMPORTS, WASI)
  return withMemory.length > 1 || others.length > 0 || foreign ? undefined : main
}

const WASI = 'wasi:'

/** `name`: as in components, without the last numbers of the version: `plutino:plugin/sink@1.`. */
export function exportsInterface(component: Uint8Array, name: string): boolean {
  return namesInterface(component, COMPONENT_EXPORTS, name)
}

function namesInterface(component: Uint8Array, kind: number, name: string): boolean {
  return sectionsOf(component).some(({ id, body }) => id === kind && Buffer.from(body.buffer, body.byteOffset, body.length).includes(name))
}

export function ownsMemory(module: Uint8Array): boolean {
  return sectionsOf(module).some((section) => section.id === MEMORY)
}

/** Is it a component at all, and if not, what is it? */
function checkHeader(bytes: Uint8Array, file: FileName): void {
  const native = NATIVE.find(([, magic]) => magic.every((byte, i) => bytes[i] === byte))
  if (native !== undefined) {
    throw invalid(
      `${file} is ${native[0]}, not a WebAssembly component`,
      'plugins are portable: build a component with `plutino plugin build`',
    )
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 8 || view.getUint32(0, true) !== MAGIC)
    throw invalid(`${file} is not WebAssembly`, 'build it with `plutino plugin build`')
  const version = view.getUint32(4, true)
  if (version === CORE_VERSION) {
    throw invalid(
      `${file} is a core WebAssembly module, not a component`,
      'build it with `plutino plugin build`, or run `jco new` on a module with embedded WIT',
    )
  }
  if (version !== COMPONENT_VERSION)
    throw invalid(`${file} has the unknown WebAssembly version 0x${version.toString(16)}`, 'build it with current tools')
}

/** Components made by current tools contain small ones without code, which only name their exports. */
export function coreModules(component: Uint8Array): readonly Uint8Array[] {
  return sectionsOf(component).flatMap((section) => {
    if (section.id === CORE_MODULE) return [section.body]
    return section.id === NESTED_COMPONENT ? coreModules(section.body) : []
  })
}

/** Where modules that only tie imports to tables import from, as the component tools (wit-component) make them. */
const TIES: ReadonlySet<string> = new Set(['', 'actual', 'shim'])

/** They also call the main module's start code, as this host does. */
function isTie(module: Uint8Array): boolean {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(module))
  return imports.every((one) => TIES.has(one.module) || (one.module === 'main' && one.name.endsWith('_initialize')))
}

/** Bytes that end too early, or that the engine cannot compile, are the file's fault. */
function readable<T>(file: FileName, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError || error instanceof WebAssembly.CompileError)
      throw invalid(`${file} is damaged: ${error.message}`, 'build or download it again')
    throw error
  }
}

function invalid(message: string, hint: string): PlutinoError {
  return new PlutinoError('plugin_invalid', message, { hint })
}
