import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { PluginKind } from '../../api/plugin.ts'
import type { Clock } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import { limitModule } from '../component/limit-module.ts'
import { mainModule } from '../component/take-apart.ts'
import type { Contract } from '../wit/contract.ts'
import type { CheckAnswer, CheckRequest } from './check-worker.ts'

const WORKER = new URL(`./check-worker${extname(import.meta.url)}`, import.meta.url)
const HEAP_MIB = 512

/** Interfaces that a plugin may export. */
const KINDS: readonly PluginKind[] = ['source', 'sink', 'function']
/** In the WIT, but this host does not offer it. */
const NOT_YET: ReadonlySet<string> = new Set(['http', 'tcp'])
/** What makes a plugin one of a kind. */
const MAKES: { readonly [K in PluginKind]: readonly string[] } = { source: ['source'], sink: ['sink'], function: ['scalar', 'aggregate'] }
const WORLDS = 'build it for one of the worlds source-plugin, sink-plugin, function-plugin, aggregate-plugin'

export interface CheckedComponent {
  readonly kinds: readonly PluginKind[]
  readonly capabilities: readonly string[]
  /** Names of the exported interfaces. */
  readonly exports: readonly string[]
  /** The plugin's code. */
  readonly core: Uint8Array
}

export interface CheckTools {
  readonly contract: Contract
  readonly clock: Clock
  /** Milliseconds that the check may take. */
  readonly limit: number
  /** Memory that the plugin may have, in bytes. */
  readonly memoryBytes: number
}

/** Checks a component against the WIT, in a thread of its own that is ended afterwards. Throws `plugin_invalid`. `file`: for messages. */
export async function checkComponent(component: Uint8Array, file: string, tools: CheckTools): Promise<CheckedComponent> {
  const core = mainModule(component, file)
  const answer = await ask({ component, wit: tools.contract.text }, file, tools)
  if (!answer.ok) throw invalid(`${file} is not a valid component: ${answer.message}`, 'build it again with `plutino plugin build`')
  checkImports(answer.imports, file, tools.contract)
  const kinds = kindsOf(answer.exports, file, tools.contract)
  if (!answer.utf8) throw invalid(`${file} passes text as UTF-16`, 'build it with --string-encoding utf8')
  const [problem] = answer.problems
  if (problem !== undefined)
    throw invalid(`${file} was built against another WIT: ${problem}`, `build it against ${versionedName(tools.contract)}`)
  checkCore(core, file, tools)
  const capabilities = answer.imports.flatMap((id) => tools.contract.byId(id)?.name ?? []).filter((name) => name !== 'types')
  const exports = answer.exports.flatMap((id) => tools.contract.byId(id)?.name ?? [])
  return { kinds, capabilities, exports, core }
}

function ask(request: CheckRequest, file: string, { clock, limit }: CheckTools): Promise<CheckAnswer> {
  return new Promise<CheckAnswer>((resolve, reject) => {
    const worker = new Worker(WORKER, { workerData: request, name: 'plugin check', resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB } })
    const end = (): void => {
      cancel()
      void worker.terminate()
    }
    const cancel = clock.after(limit, () => {
      end()
      reject(invalid(`the check of ${file} took longer than ${limit} ms`, 'make the component smaller'))
    })
    worker.once('message', (answer: CheckAnswer) => {
      end()
      resolve(answer)
    })
    worker.once('error', (error) => {
      end()
      reject(
        invalid(
          `${file} cannot be checked: ${error instanceof Error ? error.message : String(error)}`,
          'make the component smaller or build it again',
        ),
      )
    })
    worker.once('exit', () => reject(invalid(`${file} cannot be checked: the check ended without an answer`, 'build it again')))
  })
}

function checkImports(imports: readonly string[], file: string, contract: Contract): void {
  for (const id of imports) {
    const known = contract.byId(id)
    if (known === undefined) throw strangeInterface('needs', id, file, contract)
    if (NOT_YET.has(known.name)) throw invalid(`${file} needs ${id}, which is not supported yet`, 'leave out the calls of that interface')
  }
}

function kindsOf(exports: readonly string[], file: string, contract: Contract): readonly PluginKind[] {
  for (const id of exports) if (contract.byId(id) === undefined) throw strangeInterface('exports', id, file, contract)
  const kinds = KINDS.filter((kind) => MAKES[kind].some((name) => exports.includes(contract.id(name))))
  if (kinds.length > 0) return kinds
  throw invalid(
    `${file} exports ${exports.length === 0 ? 'nothing' : exports.join(', ')}, but a plugin exports ${KINDS.flatMap((kind) => MAKES[kind].map((name) => contract.id(name))).join(' or ')}`,
    WORLDS,
  )
}

function strangeInterface(verb: string, id: string, file: string, contract: Contract): PlutinoError {
  const ours = contract.package.name
  if (id.startsWith(`${ours}/`)) {
    return invalid(
      `${file} ${verb} ${id}, but this server has ${versionedName(contract)}`,
      `build it against ${versionedName(contract)}, or update the server`,
    )
  }
  if (verb === 'needs' && id.startsWith('wasi:')) {
    return invalid(
      `${file} needs ${id}, which plugins do not get`,
      `use the imports of ${versionedName(contract)} instead (log, clock, random, state, db); build without WASI (AssemblyScript, or Rust for wasm32-unknown-unknown)`,
    )
  }
  return invalid(`${file} ${verb} ${id}, which is not part of ${versionedName(contract)}`, WORLDS)
}

/** The names that the host calls: current tools give them so. */
function checkCore(core: Uint8Array, file: string, { contract, memoryBytes }: CheckTools): void {
  limitModule(core, memoryBytes)
  const module = new WebAssembly.Module(core)
  const names = new Set(WebAssembly.Module.exports(module).map((one) => one.name))
  for (const name of ['memory', 'cabi_realloc']) {
    if (!names.has(name)) throw invalid(`the core module of ${file} does not export ${name}`, 'build it with `plutino plugin build`')
  }
  const strange = WebAssembly.Module.imports(module).find((one) => contract.byId(one.module) === undefined)
  if (strange !== undefined)
    throw invalid(`the core module of ${file} needs ${strange.module} ${strange.name}`, 'build it with `plutino plugin build`')
}

function versionedName(contract: Contract): string {
  return `${contract.package.name}@${contract.package.version}`
}

function invalid(message: string, hint: string): PlutinoError {
  return new PlutinoError('plugin_invalid', message, { hint })
}
