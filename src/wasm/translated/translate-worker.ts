import { componentWit, transpile } from '@bytecodealliance/jco'
import { parentPort, workerData } from 'node:worker_threads'
import { coreModules } from '../component/take-apart.ts'
import { waits } from '../imports/host-import.ts'
import { worldOf } from '../install/declarations.ts'
import { Contract } from '../wit/contract.ts'

/** What the thread is started with. */
export interface TranslateRequest {
  readonly component: Uint8Array
  /** Text of the WIT package. */
  readonly wit: string
}

/** What it answers, once. */
export type TranslateAnswer =
  | { readonly ok: true; readonly script: string; readonly modules: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] }
  | { readonly ok: false; readonly message: string }

interface Suspension {
  readonly asyncMode?: 'jspi'
  readonly asyncImports?: string[]
  readonly asyncExports?: string[]
}

async function translate({ component, wit }: TranslateRequest): Promise<TranslateAnswer> {
  try {
    const contract = new Contract(wit)
    const { files } = await transpile(component, {
      name: 'plugin',
      instantiation: 'sync',
      base64Cutoff: 0,
      noComponentErrorWrapping: true,
      ...suspension(component, await componentWit(component), contract),
    })
    const modules = Object.entries(files)
      .filter(([name]) => name.endsWith('.wasm'))
      .map(([name, bytes]) => [name, Uint8Array.from(bytes)] as const)
    return { ok: true, script: Buffer.from(files['plugin.js'] ?? '').toString('utf8'), modules }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) }
  }
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

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only starter of this file gives a TranslateRequest
const answer = await translate(workerData as TranslateRequest)
parentPort?.postMessage(answer, [])
