import { componentEmbed, componentNew, componentWit, print, transpile } from '@bytecodealliance/jco'
import { parentPort, workerData } from 'node:worker_threads'
import { withoutCode } from '../component/without-code.ts'
import type { GuestCode } from '../guest/code.ts'
import { codeOf } from '../program/code.ts'
import type { CodeRequest } from '../program/code-request.ts'
import { isWasi } from '../translated/wasi-interfaces.ts'
import { Contract } from '../wit/contract.ts'
import { compareDeclarations, isInterface, worldOf } from './declarations.ts'

/** What the thread is started with. */
export interface CheckRequest {
  readonly component: Uint8Array
  /** Text of the WIT package. */
  readonly wit: string
  /** Its code is to be made, too, if nothing is wrong with it: this thread has the tools in its memory already. */
  readonly wanted?: CodeRequest
}

/** What it answers, once. */
export type CheckAnswer =
  | {
      readonly ok: true
      readonly imports: readonly string[]
      readonly exports: readonly string[]
      readonly utf8: boolean
      readonly problems: readonly string[]
      /** Undefined: none was asked for, or it did not succeed. */
      readonly code: GuestCode | undefined
    }
  | { readonly ok: false; readonly message: string }

const OPTIONS = { name: 'plugin', instantiation: 'sync', base64Cutoff: 0 } as const

async function check({ component, wit, wanted }: CheckRequest): Promise<CheckAnswer> {
  try {
    const { imports, exports } = worldOf(await componentWit(component))
    const utf8 = !/string-encoding=(utf16|latin1\+utf16)/.test(await print(withoutCode(component)))
    const contract = new Contract(wit)
    const known = [...imports, ...exports.filter(isInterface)].every((id) => contract.byId(id) !== undefined || isWasi(id))
    const problems = known ? await compare(component, contract, exports) : []
    const sound = known && utf8 && problems.length === 0
    const code = sound && wanted !== undefined ? await codeOf(wanted).catch(() => undefined) : undefined
    return { ok: true, imports, exports, utf8, problems, code }
  } catch (error) {
    return { ok: false, message: firstLine(error) }
  }
}

/** Against a component without code that has everything of the WIT. */
async function compare(component: Uint8Array, contract: Contract, exports: readonly string[]): Promise<readonly string[]> {
  const everything = [...contract.package.worlds.keys()].map((world) => `include ${world};`).join(' ')
  const witSource = `${contract.text}\nworld everything { ${everything} }\n`
  const empty = await componentEmbed({ dummy: true, witSource, world: 'everything' })
  const expected = await declarationsOf(await componentNew(empty, []))
  const problems: string[] = []
  for (const [file, text] of await declarationsOf(component)) {
    const id = [...contract.package.interfaces.keys()].map((name) => contract.id(name)).find((one) => fileOf(one) === file)
    // of WASI, or of what nobody calls
    if (id === undefined) continue
    const complete = contract.idIn(exports, contract.byId(id)?.name ?? '') !== undefined
    for (const problem of compareDeclarations(text, expected.get(file) ?? '', complete)) problems.push(`${id}: ${problem}`)
  }
  return problems
}

/** `plutino:plugin/sink@1.0.0` -> `plutino-plugin-sink`. */
function fileOf(id: string): string {
  return id.replace(/@.*$/, '').replace(/[:/]/g, '-')
}

async function declarationsOf(component: Uint8Array): Promise<ReadonlyMap<string, string>> {
  const { files } = await transpile(component, OPTIONS)
  const found = new Map<string, string>()
  for (const [name, content] of Object.entries(files)) {
    const match = /^interfaces\/(.+)\.d\.ts$/.exec(name)
    if (match?.[1] !== undefined) found.set(match[1], Buffer.from(content).toString('utf8'))
  }
  return found
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return (
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? 'unknown'
  )
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only starter of this file gives a CheckRequest
const answer = await check(workerData as CheckRequest)
parentPort?.postMessage(answer, [])
