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
  const method = (own: Own): string =>
    `${comment(own.doc, '  ')}  ${f.kind === 'method' ? '' : 'static '}${own.name}(${own.params.join(', ')}): ${marshal.types.write(f.result)} {\n` +
    `  const m = mark();\n${own.code}${result(`${local}(${given})`, f.result, flat, marshal)}  }\n`
  const written = f.params.map((p) => `${variable(p.name)}: ${marshal.types.write(p.type)}`)
  return {
    declared: external(interface_.id, name, local, { params, result: flat.length === 1 ? flat[0] : undefined }),
    method: method({ name: camel(f.name), doc: f.doc, params: written, code: args.code }) + lateMethods(f, marshal).map(method).join(''),
  }
}

/** A method of the generated class. */
interface Own {
  readonly name: string
  readonly doc: string
  readonly params: readonly string[]
  readonly code: string
}

/** For a parameter that a record brings as its late list: a method that takes the record, so that what nobody has read is not copied. */
function lateMethods(f: Function, marshal: Marshal): Own[] {
  return f.params.flatMap((late, i) => {
    const record = marshal.types.recordOfLate(late.type)
    if (record === undefined) return []
    const params = f.params.map((p, k) =>
      k === i ? `${variable(record.name)}: ${className(record.name)}` : `${variable(p.name)}: ${marshal.types.write(p.type)}`,
    )
    const code = lowerParams(f, marshal, { at: i, lower: (p) => marshal.lowerLate(record.field, variable(record.name), p) }).code
    const doc = `As ${camel(f.name)}, with the ${late.name} of a batch as it came: what nobody has read of it is neither read nor copied.`
    return [{ name: `${camel(f.name)}Of`, doc, params, code }]
  })
}

interface Special {
  readonly at: number
  readonly lower: (address: string) => string
}

function lowerParams(f: Function, marshal: Marshal, special?: Special): { code: string; flat: Flat[]; names: string[] } {
  const out = { code: '', flat: new Array<Flat>(), names: new Array<string>() }
  for (const [i, p] of f.params.entries()) {
    const lowered = marshal.lowerFlat(p.type, variable(p.name), `p${i}_`, special?.at === i ? special.lower : undefined)
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
