import type { Flat } from '../../wit/layout.ts'
import { resolve, type Function, type Interface, type Package, type Type } from '../../wit/model.ts'
import { FLAT, type Marshal, type Slot } from './marshal.ts'
import { comment, exported, local } from './names.ts'

const MAX_FLAT_PARAMS = 16

/** A function of the WIT as Go has it. */
interface GoResult {
  readonly ok: Type | undefined
  /** The error of a result: a record `error`, or a text. */
  readonly err: Type | undefined
  readonly isResult: boolean
  /** `(Messages, error)`, `error`, `uint32` or nothing. */
  readonly text: string
}

/** Writes the functions that Go calls of the host, and those that the host calls. */
export class Functions {
  readonly #pkg: Package
  readonly #marshal: Marshal

  constructor(pkg: Package, marshal: Marshal) {
    this.#pkg = pkg
    this.#marshal = marshal
  }

  /** Package-level functions and resources of an imported interface. */
  imports(each: Interface): string {
    const resources = [...each.types.values()].flatMap((type) => (type.kind === 'resource' ? [type] : []))
    const plain = each.functions.map((f) => this.#import(each, f, undefined)).join('\n')
    const made = resources.map(({ name, doc, functions }) => {
      const go = exported(name)
      const drop = `//go:wasmimport ${each.id} [resource-drop]${name}\nfunc drop${go}(handle uint32)\n\n// Close gives the ${name} back; it is of no use afterwards.\nfunc (r *${go}) Close() { drop${go}(r.handle) }\n`
      return `${comment(doc)}type ${go} struct{ handle uint32 }\n\n${functions.map((f) => this.#import(each, f, name)).join('\n')}\n${drop}`
    })
    return `${plain}\n${made.join('\n')}`
  }

  /** An interface of methods that a plugin registers, and the functions that the host calls. */
  exports(each: Interface): string {
    const methods = each.functions.map((f) => `${comment(f.doc, '\t')}\t${exported(f.name)}(${this.#params(f)}) ${this.#result(f).text}\n`)
    const head = `${comment(each.doc)}type Plugin interface {\n${methods.join('')}}\n\nvar plugin Plugin\n\n// Register says which plugin the host calls. Call it in the main package's init.\nfunc Register(p Plugin) { plugin = p }\n\n`
    return head + each.functions.map((f) => this.#export(each, f)).join('\n')
  }

  #params(f: Function): string {
    return f.params.map(({ name, type }) => `${local(name)} ${this.#marshal.types.write(type, 'abi.')}`).join(', ')
  }

  #result(f: Function): GoResult {
    if (f.result === undefined) return { ok: undefined, err: undefined, isResult: false, text: '' }
    const t = resolve(this.#pkg, f.result)
    if (t.kind !== 'result') return { ok: f.result, err: undefined, isResult: false, text: this.#marshal.types.write(f.result, 'abi.') }
    const text = t.ok === undefined ? 'error' : `(${this.#marshal.types.write(t.ok, 'abi.')}, error)`
    return { ok: t.ok, err: t.err, isResult: true, text }
  }

  #slots(type: Type, prefix: string): readonly Slot[] {
    return this.#marshal.layouts.flat(type).map((flat, i) => ({ name: `${prefix}${i}`, type: flat }))
  }

  #import(each: Interface, f: Function, resource: string | undefined): string {
    const symbol = `host${exported(each.name)}${resource === undefined ? '' : exported(resource)}${exported(f.name)}`
    const self = resource !== undefined && f.kind === 'method' ? resource : undefined
    const inner = { ...f, params: self === undefined || f.params[0]?.name !== 'self' ? f.params : f.params.slice(1) }
    const slots = inner.params.map((param, i) => this.#slots(param.type, `p${i}_`))
    const results = f.result === undefined ? [] : this.#marshal.layouts.flat(f.result)
    const declared = `//go:wasmimport ${each.id} ${witName(f, resource)}\nfunc ${symbol}${wired(slots.flat(), results, self !== undefined)}\n\n`
    const receiver = self === undefined ? '' : `(r *${exported(self)}) `
    const go = `${comment(f.doc)}func ${receiver}${exported(f.name)}(${this.#params(inner)}) ${this.#result(f).text} {\n`
    return `${declared}${go}${this.#callHost(inner, { symbol, slots, isMethod: self !== undefined, results })}}\n`
  }

  #callHost(
    f: Function,
    {
      symbol,
      slots,
      isMethod,
      results,
    }: { symbol: string; slots: readonly (readonly Slot[])[]; isMethod: boolean; results: readonly Flat[] },
  ): string {
    const lowered = f.params.map((param, i) => this.#lowerFlat(param.type, local(param.name), slots[i] ?? [])).join('')
    const args = [...(isMethod ? ['r.handle'] : []), ...slots.flat().map(({ name }) => name)]
    const mark = 'm := abi.Mark()\ndefer abi.Release(m)\n'
    if (f.result === undefined) return `${mark}${lowered}${symbol}(${args.join(', ')})\n`
    if (results.length === 1)
      return `${mark}${lowered}return ${this.#marshal.types.write(f.result, 'abi.')}(${symbol}(${args.join(', ')}))\n`
    const { size, align } = this.#marshal.layouts.of(f.result)
    const call = `${mark}${lowered}result := abi.Alloc(${size}, ${align})\n${symbol}(${[...args, 'result'].join(', ')})\n`
    return call + this.#liftResult(f.result)
  }

  #liftResult(type: Type): string {
    const t = resolve(this.#pkg, type)
    if (t.kind !== 'result') return `return ${this.#marshal.lift(type, 'result', 'abi.')}\n`
    const payload = `result+${this.#marshal.layouts.payload(type)}`
    const fault = t.err === undefined ? 'abi.Failed("failed")' : this.#liftError(t.err, payload)
    if (t.ok === undefined) return `if abi.Load[uint8](result) != 0 {\nreturn ${fault}\n}\nreturn nil\n`
    return `if abi.Load[uint8](result) != 0 {\nvar none ${this.#marshal.types.write(t.ok, 'abi.')}\nreturn none, ${fault}\n}\nreturn ${this.#marshal.lift(t.ok, payload, 'abi.')}, nil\n`
  }

  #liftError(type: Type, address: string): string {
    const value = this.#marshal.lift(type, address, 'abi.')
    return resolve(this.#pkg, type).kind === 'string' ? `abi.Failed(${value})` : `abi.Fault(${value})`
  }

  #lowerFlat(type: Type, value: string, slots: readonly Slot[]): string {
    const t = resolve(this.#pkg, type)
    const [first, second] = slots
    if (first === undefined) return ''
    if (t.kind === 'primitive' && t.name !== 'bool') return `${first.name} := ${FLAT[first.type]}(${value})\n`
    if (t.kind === 'enum') return `${first.name} := uint32(${value})\n`
    const kept = this.#keep(type, value)
    if (t.kind === 'string' && second !== undefined) return `${kept}${first.name}, ${second.name} := abi.FlatString(${value})\n`
    const { size, align } = this.#marshal.layouts.of(type)
    const declared = slots.map(({ name, type: flat }) => `var ${name} ${FLAT[flat]}\n`).join('')
    const p = `${first.name}p`
    return `${kept}${p} := abi.Alloc(${size}, ${align})\n${this.#marshal.lower(type, value, p, 'abi.')}\n${declared}${this.#marshal.loadFlat(type, p, slots, 'abi.')}`
  }

  #lower(type: Type, value: string, address: string): string {
    return `${this.#keep(type, value)}${this.#marshal.lower(type, value, address, 'abi.')}\n`
  }

  #keep(type: Type, value: string): string {
    return this.#marshal.isKept(type) ? `abi.Keep(${value})\n` : ''
  }

  #export(each: Interface, f: Function): string {
    const slots = f.params.map((param, i) => this.#slots(param.type, `p${i}_`))
    const flat = slots.flat()
    if (flat.length > MAX_FLAT_PARAMS) throw new Error(`${each.name}.${f.name} has too many parameters`)
    const lifted = f.params.map((param, i) => this.#liftFlat(param.type, slots[i] ?? [], `a${i}`)).join('')
    const call = `plugin.${exported(f.name)}(${f.params.map((_, i) => `a${i}`).join(', ')})`
    const results = f.result === undefined ? [] : this.#marshal.layouts.flat(f.result)
    const head = `//go:wasmexport ${each.id}#${f.name}\nfunc export${exported(f.name)}(${flat.map(({ name, type }) => `${name} ${FLAT[type]}`).join(', ')})`
    if (f.result === undefined) return `${head} {\n${lifted}${call}\nabi.Reset()\n}\n`
    if (results.length < 2) throw new Error(`${each.name}.${f.name}: only results in memory are written`)
    const post = `//go:wasmexport cabi_post_${each.id}#${f.name}\nfunc post${exported(f.name)}(uint32) { abi.Reset() }\n`
    return `${head} uint32 {\n${lifted}${this.#lowerResult(f.result, call)}}\n\n${post}`
  }

  #liftFlat(type: Type, slots: readonly Slot[], name: string): string {
    const t = resolve(this.#pkg, type)
    const [first] = slots
    if (first === undefined) return ''
    if (t.kind === 'primitive' && t.name !== 'bool') return `${name} := ${this.#marshal.types.primitive(t.name)}(${first.name})\n`
    const { size, align } = this.#marshal.layouts.of(type)
    const p = `${name}p`
    return `${p} := abi.Alloc(${size}, ${align})\n${this.#marshal.storeFlat(type, p, slots, 'abi.')}${name} := ${this.#marshal.lift(type, p, 'abi.')}\n`
  }

  #lowerResult(type: Type, call: string): string {
    const { size, align } = this.#marshal.layouts.of(type)
    const t = resolve(this.#pkg, type)
    if (t.kind !== 'result')
      return `v := ${call}\nresult := abi.Alloc(${size}, ${align})\n${this.#lower(type, 'v', 'result')}return result\n`
    const payload = `result+${this.#marshal.layouts.payload(type)}`
    const isText = t.err !== undefined && resolve(this.#pkg, t.err).kind === 'string'
    const fault =
      t.err === undefined ? '' : `fault := ${isText ? 'err.Error()' : 'abi.ErrorOf(err)'}\n${this.#lower(t.err, 'fault', payload)}`
    const ok = t.ok === undefined ? '' : this.#lower(t.ok, 'v', payload)
    return `${t.ok === undefined ? 'err' : 'v, err'} := ${call}\nresult := abi.Alloc(${size}, ${align})\nif err != nil {\nabi.Store(result, uint8(1))\n${fault}return result\n}\nabi.Store(result, uint8(0))\n${ok}return result\n`
  }
}

/** The name of a function as components import it. */
function witName(f: Function, resource: string | undefined): string {
  return resource === undefined ? f.name : `[${f.kind === 'static' ? 'static' : 'method'}]${resource}.${f.name}`
}

/** Parameters and result of an import as WebAssembly has them: a result of several numbers goes to memory that the caller names. */
function wired(slots: readonly Slot[], results: readonly Flat[], isMethod: boolean): string {
  const params = [...(isMethod ? ['self uint32'] : []), ...slots.map(({ name, type }) => `${name} ${FLAT[type]}`)]
  if (params.length > MAX_FLAT_PARAMS) throw new Error('a function has too many parameters')
  const [only] = results
  return `(${[...params, ...(results.length > 1 ? ['result uint32'] : [])].join(', ')})${results.length === 1 && only !== undefined ? ` ${FLAT[only]}` : ''}`
}
