import { limitModule } from '../component/limit-module.ts'
import { exportsInterface, mainModule } from '../component/take-apart.ts'
import type { GuestCode } from '../guest/code.ts'
import type { Translator } from '../translated/translator.ts'
import type { Contract } from '../wit/contract.ts'

/** What executes components of one core module. All others run as jco translates them. */
export type Executor = 'own' | 'jco'

/** The code of one component, for any number of instances. */
export interface Program {
  readonly executor: Executor
  /** Whether the component exports that interface of the WIT. */
  exports(interfaceName: string): boolean
  /** For a new instance. The promise is there when it takes long; it rejects with `plugin_invalid`. */
  code(): GuestCode | Promise<GuestCode>
}

export interface ProgramTools {
  readonly contract: Contract
  readonly translator: Translator
  readonly executor: Executor
  /** That the plugin may have. */
  readonly memoryBytes: number
}

/** Larger modules are compiled in the background: they would keep the server busy. */
const COMPILED_AT_ONCE = 256 * 1024

/** Throws `plugin_invalid` for what is no component. `file`: for messages. */
export function programOf(component: Uint8Array, file: string, tools: ProgramTools): Program {
  const core = mainModule(component, file)
  const exports = (name: string): boolean => exportsInterface(component, tools.contract.id(name).replace(/\.\d+\.\d+$/, '.'))
  const code = core === undefined || tools.executor === 'jco' ? translatedCode(component, file, tools) : ownCode(core, tools.memoryBytes)
  return { executor: core === undefined ? 'jco' : tools.executor, exports, code }
}

function ownCode(core: Uint8Array, memoryBytes: number): Program['code'] {
  let made: GuestCode | Promise<GuestCode> | undefined
  return () => {
    made ??= compileOwn(limitModule(core, memoryBytes))
    return made
  }
}

function compileOwn(limited: Uint8Array): GuestCode | Promise<GuestCode> {
  if (limited.length <= COMPILED_AT_ONCE) return { kind: 'own', module: new WebAssembly.Module(limited) }
  return WebAssembly.compile(limited).then((module) => ({ kind: 'own', module }))
}

function translatedCode(component: Uint8Array, file: string, { translator, memoryBytes }: ProgramTools): Program['code'] {
  let made: Promise<GuestCode> | undefined
  return () => {
    made ??= translator.translate(component, file, memoryBytes).catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}
