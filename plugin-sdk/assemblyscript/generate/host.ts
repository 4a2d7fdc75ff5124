import type { Function, Interface, Type } from '../../wit/model.ts'
import type { Flat } from '../../wit/layout.ts'
import type { Marshal } from './marshal.ts'
import { camel, className, comment, variable } from './names.ts'

/** More parameters than this travel in memory (Canonical ABI). */
const MAX_FLAT_PARAMS = 16

interface Call {
  /** The declaration of the import. */
  readonly declared: string
  /** The method that authors call. */
  readonly method: string
}

/** The class through which authors call an imported interface: static methods, and one class for each resource. */
export function hostClasses(interface_: Interface, marshal: Marshal): string {
  const plain = interface_.functions.map((f) => call(interface_, f, marshal))
  const own =
    plain.length === 0
      ? ''
      : `${comment(interface_.doc)}export class ${camel(interface_.name)} {\n${plain.map((c) => c.method).join('')}}\n`
  const resources = [...interface_.types.values()].flatMap((d) => {
    if (d.kind !== 'resource') return []
    const calls = d.functions.map((f) => call(interface_, f, marshal, d.name))
    const drop = `drop_${d.name.replaceAll('-', '_')}`
    const declared = external(interface_.id, `[resource-drop]${d.name}`, drop, { params: ['i32'] })
    return [declared, ...calls.map((c) => c.declared), resourceClass(className(d.name), d.doc, drop, calls)]
  })
  return plain.map((c) => c.declared).join('') + own + resources.join('')
}

function resourceClass(name: string, doc: string, drop: string, calls: readonly Call[]): string {
  return `${comment(doc)}@final export class ${name} {
  constructor(public handle: i32) {}
${calls.map((c) => c.method).join('')}  /** Gives the handle away. */
  take(): i32 {
    const handle = this.handle;
    this.handle = 0;
    return handle;
  }
  /** Releases it. AssemblyScript has no destructors: call this when done; calling it again does nothing. */
  drop(): void {
    if (this.handle) ${drop}(this.take());
  }
}
`
}

function external(
  id: string,
  name: string,
  local: string,
  types: { readonly params: readonly string[]; readonly result?: string | undefined },
): string {
  const params = types.params.map((p, i) => `a${i}: ${p}`).join(', ')
  return `// @ts-ignore: AssemblyScript takes decorators here, which TypeScript does not know\n@external("${id}", "${name}") declare function ${local}(${params}): ${types.result ?? 'void'};\n`
}

function call(interface_: Interface, f: Function, marshal: Marshal, resource?: string): Call {
  const local = `host_${[interface_.name, resource, f.name]
    .filter((part) => part !== undefined)
    .join('_')
    .replaceAll('-', '_')}`
  const name = resource === undefined ? f.name : `[${f.kind}]${resource}.${f.name}`
  const self = f.kind === 'method' ? ['i32'] : []
  const args = lowerParams(f, marshal)
  const flat = f.result === undefined ? [] : marshal.layouts.flat(f.result)
  const returned = f.result !== undefined && flat.length > 1 ? f.result : undefined
  const params = [...self, ...args.flat, ...(returned === undefined ? [] : ['i32'])]
  if (self.length + args.flat.length > MAX_FLAT_PARAMS) throw new Error(`${interface_.name}.${f.name} has too many parameters`)
  const given = [...(self.length === 0 ? [] : ['this.handle']), ...args.names, ...(returned === undefined ? [] : ['<i32>r'])].join(', ')
  return {
    declared: external(interface_.id, name, local, { params, result: flat.length === 1 ? flat[0] : undefined }),
    method:
      `${comment(f.doc, '  ')}  ${f.kind === 'method' ? '' : 'static '}${camel(f.name)}(${f.params.map((p) => `${variable(p.name)}: ${marshal.types.write(p.type)}`).join(', ')}): ${marshal.types.write(f.result)} {\n` +
      `  const m = mark();\n${args.code}${result(`${local}(${given})`, f.result, flat, marshal)}  }\n`,
  }
}

function lowerParams(f: Function, marshal: Marshal): { code: string; flat: Flat[]; names: string[] } {
  const out = { code: '', flat: new Array<Flat>(), names: new Array<string>() }
  for (const [i, p] of f.params.entries()) {
    const lowered = marshal.lowerFlat(p.type, variable(p.name), `p${i}_`)
    out.code += lowered.code
    out.flat.push(...lowered.slots.map((s) => s.type))
    out.names.push(...lowered.slots.map((s) => s.name))
  }
  return out
}

function result(expression: string, type: Type | undefined, flat: readonly Flat[], marshal: Marshal): string {
  const [only] = flat
  if (type === undefined || only === undefined) return `  ${expression}; release(m);\n`
  if (flat.length === 1) return `  const r = ${expression}; release(m);\n  return ${marshal.liftFlat(type, [{ name: 'r', type: only }])};\n`
  const { size, align } = marshal.layouts.of(type)
  return `  const r = alloc(${size}, ${align});\n  ${expression};\n  const v = ${marshal.lift(type, 'r')}; release(m);\n  return v;\n`
}
