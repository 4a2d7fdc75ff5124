import { createHash } from 'node:crypto'
import { PlutinoError } from '../../base/errors.ts'
import { limitModule, limitPart } from '../component/limit-module.ts'
import { coreModules, ownsMemory } from '../component/take-apart.ts'
import type { TranslatedCode } from '../guest/code.ts'
import { waits } from '../imports/host-import.ts'
import { worldOf } from '../install/declarations.ts'
import type { CodeRequest } from '../program/code-request.ts'
import { Contract } from '../wit/contract.ts'
import { readTranslation, type Translation, writeTranslation } from './stored.ts'

/** Takes seconds and hundreds of megabytes for a component with a runtime of its language in it: for a thread that ends afterwards. Rejects with `plugin_invalid`. */
export async function translate(request: CodeRequest): Promise<TranslatedCode> {
  const { file, memoryBytes } = request
  const { script, modules } = await translation(request)
  const owners = [...modules].filter(([, bytes]) => ownsMemory(bytes)).map(([name]) => name)
  const share = memoryBytes / Math.max(1, owners.length)
  const compiled = [...modules].map(
    async ([name, bytes]) =>
      [name, await WebAssembly.compile(owners.includes(name) ? limitModule(bytes, share) : limitPart(bytes))] as const,
  )
  const ready = new Map(await Promise.all(compiled))
  for (const module of ready.values()) checkNames(module, file)
  return { kind: 'translated', script, modules: ready, owners }
}

async function translation({ component, file, wit, folder }: CodeRequest): Promise<Translation> {
  const sha256 = createHash('sha256').update(component).digest('hex')
  const stored = folder === undefined ? undefined : await readTranslation(folder, sha256)
  if (stored !== undefined) return stored
  const made = await make(component, wit).catch((error: unknown) => {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    throw new PlutinoError('plugin_invalid', `${file} cannot be translated: ${message}`, { hint: 'build it with current tools' })
  })
  if (folder !== undefined) await writeTranslation(folder, sha256, made)
  return made
}

/** To jco a boolean that is neither 0 nor 1 is an error; in the canonical ABI, and for our own host, it is true. */
const STRANGE_BOOLEAN = `throw new TypeError('invalid variant discriminant for bool');`

async function make(component: Uint8Array, wit: string): Promise<Translation> {
  const { componentWit, transpile } = await import('@bytecodealliance/jco')
  const { files } = await transpile(component, {
    name: 'plugin',
    instantiation: 'sync',
    base64Cutoff: 0,
    noTypescript: true,
    noComponentErrorWrapping: true,
    ...suspension(component, await componentWit(component), new Contract(wit)),
  })
  const modules = Object.entries(files)
    .filter(([name]) => name.endsWith('.wasm'))
    .map(([name, bytes]) => [name, Uint8Array.from(bytes)] as const)
  const script = Buffer.from(files['plugin.js'] ?? '').toString('utf8')
  return { script: script.replace(STRANGE_BOOLEAN, 'return true;'), modules: new Map(modules) }
}

interface Suspension {
  readonly asyncMode?: 'jspi'
  readonly asyncImports?: string[]
  readonly asyncExports?: string[]
}

/** Only components that import something that waits pay for being suspended. */
function suspension(component: Uint8Array, text: string, contract: Contract): Suspension {
  const { imports, exports } = worldOf(text)
  const needed = coreModules(component).flatMap((core) => WebAssembly.Module.imports(new WebAssembly.Module(core)))
  const uses = (id: string, name: string): boolean => {
    const named = needed.filter((one) => one.module === id)
    // a component may call its imports otherwise inside: then nothing is known
    return named.length === 0 || named.some((one) => one.name === name)
  }
  const functionsOf = (id: string): readonly string[] => contract.byId(id)?.functions.map((one) => one.name) ?? []
  const waiting = (id: string, name: string): boolean => waits(contract.byId(id)?.name ?? '', name) && uses(id, name)
  const idsOf = (id: string, names: readonly string[]): readonly string[] => names.map((name) => `${id}#${name}`)
  const asyncImports = imports.flatMap((id) =>
    idsOf(
      id,
      functionsOf(id).filter((name) => waiting(id, name)),
    ),
  )
  if (asyncImports.length === 0) return {}
  return { asyncMode: 'jspi', asyncImports, asyncExports: exports.flatMap((id) => idsOf(id, functionsOf(id))) }
}

/** Names of imports and exports become part of JavaScript as they are. */
const UNSAFE = /['"`\\\p{Cc}\u2028\u2029]/u

function checkNames(module: WebAssembly.Module, file: string): void {
  const names = [
    ...WebAssembly.Module.imports(module).flatMap((one) => [one.module, one.name]),
    ...WebAssembly.Module.exports(module).map((one) => one.name),
  ]
  const strange = names.find((name) => UNSAFE.test(name))
  if (strange === undefined) return
  throw new PlutinoError('plugin_invalid', `${file} has the strange name ${JSON.stringify(strange.slice(0, 80))} in a core module`, {
    hint: 'build it with current tools',
  })
}
