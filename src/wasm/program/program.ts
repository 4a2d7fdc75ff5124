import { limitModule } from '../component/limit-module.ts'
import { exportsInterface, mainModule } from '../component/take-apart.ts'
import type { GuestCode } from '../guest/code.ts'
import type { Contract } from '../wit/contract.ts'
import type { Executor } from './code-request.ts'
import type { CodeMaker } from './code-maker.ts'

/** The code of one component, for any number of instances. */
export interface Program {
  readonly executor: Executor
  /** Whether the component exports that interface of the WIT. */
  exports(interfaceName: string): boolean
  /** For a new instance, with at most this memory. The promise is there when it takes long; it rejects with `plugin_invalid`. */
  code(memoryBytes?: number): GuestCode | Promise<GuestCode>
}

export interface ProgramTools {
  readonly contract: Contract
  readonly codeMaker: CodeMaker
  readonly executor: Executor
  /** That the plugin may have. */
  readonly memoryBytes: number
}

type Make = (memoryBytes: number) => GuestCode | Promise<GuestCode>

/** For how many sizes of memory the code of a component is kept. */
const KEPT_SIZES = 8

/** Larger modules are compiled in a thread of their own: they would keep the server busy. */
const COMPILED_AT_ONCE = 256 * 1024

/** Throws `plugin_invalid` for what is no component. `file`: for messages. */
export function programOf(component: Uint8Array, file: string, tools: ProgramTools): Program {
  const core = mainModule(component, file)
  const exports = (name: string): boolean => exportsInterface(component, tools.contract.id(name).replace(/\.\d+\.\d+$/, '.'))
  const executor = core === undefined ? 'jco' : tools.executor
  const { codeMaker } = tools
  const make: Make =
    core !== undefined && !isHeavy(core, executor)
      ? (memoryBytes) => ({ kind: 'own', module: new WebAssembly.Module(limitModule(core, memoryBytes)) })
      : (memoryBytes) => codeMaker.code(codeMaker.request({ component, file, executor, memoryBytes }))
  return { executor, exports, code: remembered(make, tools.memoryBytes) }
}

/** Whether code takes long to be made ready. `core`: the one core module of the component, if it has one. */
export function isHeavy(core: Uint8Array | undefined, executor: Executor): boolean {
  return core === undefined || executor === 'jco' || core.length > COMPILED_AT_ONCE
}

/** Makes the code for each size of memory once, and again after a failure. */
function remembered(make: Make, most: number): Program['code'] {
  const made = new Map<number, GuestCode | Promise<GuestCode>>()
  return (memoryBytes = most) => {
    const size = Math.min(memoryBytes, most)
    const known = made.get(size)
    if (known !== undefined) return known
    const code = make(size)
    // rules that narrow it have few sizes between them
    if (made.size >= KEPT_SIZES) made.clear()
    made.set(size, code)
    if (code instanceof Promise) code.catch(() => made.delete(size))
    return code
  }
}
