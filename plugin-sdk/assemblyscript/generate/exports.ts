import type { Function, Interface } from '../../wit/model.ts'
import type { Slot } from './flat-slots.ts'
import type { Marshal } from './marshal.ts'
import { camel, variable } from './names.ts'

const MAX_FLAT_PARAMS = 16

export interface Exports {
  /** Functions of the module that the build gives their names in the component. */
  readonly code: string
  /** Name in the module -> name in the component. */
  readonly names: Readonly<Record<string, string>>
  /** What the author's file has to export, for error messages. */
  readonly signatures: readonly string[]
}

/** The functions that the host calls for an exported interface; each calls the author's function of the same name. */
export function exportGlue(interface_: Interface, marshal: Marshal): Exports {
  const names: Record<string, string> = {}
  let code = ''
  for (const f of interface_.functions) {
    const local = `${interface_.name}_${f.name}`.replaceAll('-', '_')
    code += glue(local, f, marshal)
    names[local] = `${interface_.id}#${f.name}`
    names[`${local}_post`] = `cabi_post_${interface_.id}#${f.name}`
  }
  return { code: returnArea(interface_, marshal) + code, names, signatures: interface_.functions.map((f) => signature(f, marshal)) }
}

function signature(f: Function, marshal: Marshal): string {
  return `${camel(f.name)}(${f.params.map((p) => `${variable(p.name)}: ${marshal.types.write(p.type)}`).join(', ')}): ${marshal.types.write(f.result)}`
}

/** Results that do not fit one slot are left here until the host has read them. */
function returnArea(interface_: Interface, marshal: Marshal): string {
  const sizes = interface_.functions.map((f) => (f.result === undefined ? 0 : marshal.layouts.of(f.result).size))
  return `const area: usize = memory.data(${Math.max(8, ...sizes)}, 8);\n`
}

function glue(local: string, f: Function, marshal: Marshal): string {
  const slots = f.params.map((p, i) => marshal.layouts.flat(p.type).map((type, j): Slot => ({ name: `p${i}_${j}`, type })))
  const all = slots.flat()
  if (all.length > MAX_FLAT_PARAMS) throw new Error(`${local} has too many parameters`)
  const call = `plugin.${camel(f.name)}(${f.params.map((p, i) => marshal.liftFlat(p.type, slots[i] ?? [])).join(', ')})`
  const head = `export function ${local}(${all.map((s) => `${s.name}: ${s.type}`).join(', ')})`
  const post = (param: string): string => `export function ${local}_post(${param}): void { reset(); }\n`
  const flat = f.result === undefined ? [] : marshal.layouts.flat(f.result)
  const [only] = flat
  if (f.result === undefined || only === undefined) return `${head}: void { ${call}; }\n${post('')}`
  if (flat.length > 1)
    return `${head}: usize {\n  const r = ${call};\n  ${marshal.lower(f.result, 'r', 'area')}\n  return area;\n}\n${post('r: usize')}`
  const lowered = marshal.lowerFlat(f.result, 'r', 'f')
  return `${head}: ${only} {\n  const r = ${call};\n${lowered.code}  return f0;\n}\n${post(`r: ${only}`)}`
}
