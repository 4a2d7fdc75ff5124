import type { PluginKind } from '../../api/plugin.ts'
import type { Clock } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import { limitModule } from '../component/limit-module.ts'
import { mainModule } from '../component/take-apart.ts'
import type { CodeRequest, Executor } from '../program/code-request.ts'
import type { CodeMaker } from '../program/code-maker.ts'
import { isHeavy } from '../program/program.ts'
import { isWasi, wasiCapability } from '../translated/wasi-interfaces.ts'
import type { GuestCode } from '../guest/code.ts'
import type { Contract } from '../wit/contract.ts'
import { askWorker } from './ask-worker.ts'
import { isInterface } from './declarations.ts'
import type { CheckAnswer, CheckRequest } from './check-worker.ts'

const WORKER = new URL('check-worker', import.meta.url)

/** Interfaces that a plugin may export. */
const KINDS: readonly PluginKind[] = ['source', 'sink', 'function']
/** What makes a plugin one of a kind. */
const MAKES: { readonly [K in PluginKind]: readonly string[] } = { source: ['source'], sink: ['sink'], function: ['scalar', 'aggregate'] }
const WORLDS = 'build it for one of the worlds source-plugin, sink-plugin, function-plugin, aggregate-plugin'

export interface CheckedComponent {
  readonly kinds: readonly PluginKind[]
  readonly capabilities: readonly string[]
  /** Names of the exported interfaces. */
  readonly exports: readonly string[]
  /** Version of the WIT package that it was built against. */
  readonly wit: string
}

export interface CheckTools {
  readonly contract: Contract
  readonly clock: Clock
  /** Milliseconds that the check may take. */
  readonly limit: number
  /** Memory that the plugin may have, in bytes. */
  readonly memoryBytes: number
  readonly codeMaker: CodeMaker
  readonly executor: Executor
}

/** Checks a component against the WIT, in a thread of its own that is ended afterwards. Throws `plugin_invalid`. `file`: for messages. */
export async function checkComponent(component: Uint8Array, file: string, tools: CheckTools): Promise<CheckedComponent> {
  const core = mainModule(component, file)
  const { contract, codeMaker, memoryBytes } = tools
  const executor = core === undefined ? 'jco' : tools.executor
  const wanted = isHeavy(core, executor) ? codeMaker.request({ component, file, executor, memoryBytes }) : undefined
  const request: CheckRequest = { component, wit: contract.text, ...(wanted === undefined ? {} : { wanted }) }
  const answer = await askWorker<CheckAnswer>(WORKER, request, { ...tools, what: `the check of ${file}` })
  if (!answer.ok) throw invalid(`${file} is not a valid component: ${answer.message}`, 'build it again with `plutino plugin build`')
  checkImports(answer.imports, file, tools.contract)
  const kinds = kindsOf(answer.exports, file, tools.contract)
  if (!answer.utf8) throw invalid(`${file} passes text as UTF-16`, 'build it with --string-encoding utf8')
  const [problem] = answer.problems
  if (problem !== undefined)
    throw invalid(`${file} was built against another WIT: ${problem}`, `build it against ${versionedName(tools.contract)}`)
  if (core !== undefined) await checkCore(core, answer.code, file, tools)
  if (wanted !== undefined) await keepCode(answer.code, wanted, codeMaker)
  const named = answer.imports.flatMap((id) => tools.contract.byId(id)?.name ?? wasiCapability(id) ?? [])
  const capabilities = [...new Set(named)].filter((name) => name !== 'types')
  const exports = answer.exports.flatMap((id) => tools.contract.byId(id)?.name ?? [])
  return { kinds, capabilities, exports, wit: tools.contract.versionIn([...answer.imports, ...answer.exports]) }
}

/** Where it could not be made it is tried again, for the error. */
async function keepCode(made: GuestCode | undefined, wanted: CodeRequest, codeMaker: CodeMaker): Promise<void> {
  if (made === undefined) await codeMaker.code(wanted)
  else codeMaker.keep(wanted, Promise.resolve(made))
}

function checkImports(imports: readonly string[], file: string, contract: Contract): void {
  for (const id of imports) {
    const known = contract.byId(id)
    if (known === undefined && !isWasi(id)) throw strangeInterface('needs', id, file, contract)
  }
}

function kindsOf(exports: readonly string[], file: string, contract: Contract): readonly PluginKind[] {
  const strange = exports.filter((id) => contract.byId(id) === undefined)
  const kinds = KINDS.filter((kind) => MAKES[kind].some((name) => contract.idIn(exports, name) !== undefined))
  const bad = kinds.length > 0 ? strange.find(isInterface) : strange[0]
  if (bad !== undefined) throw strangeInterface('exports', bad, file, contract)
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
      `use the imports of ${versionedName(contract)} instead (http, tcp, db, state), or build without WASI; of it there are only clocks, randomness, output and an empty environment`,
    )
  }
  return invalid(`${file} ${verb} ${id}, which is not part of ${versionedName(contract)}`, WORLDS)
}

/** The names that the host calls: current tools give them so. */
async function checkCore(
  core: Uint8Array,
  made: GuestCode | undefined,
  file: string,
  { contract, memoryBytes }: CheckTools,
): Promise<void> {
  const module = made?.kind === 'own' ? made.module : await WebAssembly.compile(limitModule(core, memoryBytes))
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
