import { componentWit, transpile } from '@bytecodealliance/jco'
import { parentPort, workerData } from 'node:worker_threads'
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

async function translate({ component, wit }: TranslateRequest): Promise<TranslateAnswer> {
  try {
    const contract = new Contract(wit)
    const { files } = await transpile(component, {
      name: 'plugin',
      instantiation: 'sync',
      base64Cutoff: 0,
      noComponentErrorWrapping: true,
      ...suspension(await componentWit(component), contract),
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
function suspension(text: string, contract: Contract): { asyncMode?: 'jspi'; asyncImports?: string[]; asyncExports?: string[] } {
  const { imports, exports } = worldOf(text)
  const namesOf = (id: string, wanted: (interfaceName: string, name: string) => boolean): string[] => {
    const known = contract.byId(id)
    return (known?.functions ?? []).filter((one) => wanted(known?.name ?? '', one.name)).map((one) => `${id}#${one.name}`)
  }
  // of an imported interface the tools keep what is used
  const used = (name: string): boolean => new RegExp(`\\b${name.replace(/^.*\./, '')}: (static )?func`).test(text)
  const asyncImports = imports.flatMap((id) => namesOf(id, (interfaceName, name) => waits(interfaceName, name) && used(name)))
  if (asyncImports.length === 0) return {}
  return { asyncMode: 'jspi', asyncImports, asyncExports: exports.flatMap((id) => namesOf(id, () => true)) }
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only starter of this file gives a TranslateRequest
const answer = await translate(workerData as TranslateRequest)
parentPort?.postMessage(answer, [])
