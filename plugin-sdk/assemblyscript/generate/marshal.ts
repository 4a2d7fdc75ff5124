import { resolve, type Field, type Package, type Resolved, type Type } from '../../wit/model.ts'
import { Layouts } from '../../wit/layout.ts'
import { convert, type FlatVisitor, type Slot } from './flat-slots.ts'
import { camel, pascal, variable } from './names.ts'
import { Types } from './types.ts'

const at = (base: string, offset: number): string => (offset === 0 ? base : `${base} + ${offset}`)

/**
 * Writes the code that carries values between objects and the memory's Canonical ABI form: `lift` reads, `lower` writes.
 * One function for each compound type, made when first asked for. Flat parameters of compound types go through memory.
 */
export class Marshal {
  readonly layouts: Layouts
  readonly types: Types
  readonly #pkg: Package
  readonly #functions = new Map<string, string>()

  constructor(pkg: Package) {
    this.#pkg = pkg
    this.layouts = new Layouts(pkg)
    this.types = new Types(pkg)
  }

  /** Names of the functions that were needed so far. */
  get names(): readonly string[] {
    return [...this.#functions.keys()]
  }

  get code(): string {
    return [...this.#functions.values()].join('')
  }

  /** Expression for the value at an address. `late`: lists of lists are read when the author asks for them. */
  lift(type: Type, address: string, late = false): string {
    const t = resolve(this.#pkg, type)
    const verb = late && this.#hasLate(type) ? 'view' : 'lift'
    switch (t.kind) {
      case 'primitive':
        return t.name === 'bool' ? `load<u8>(${address}) != 0` : `load<${this.types.primitive(t.name)}>(${address})`
      case 'string':
        return `liftString(load<usize>(${address}), load<usize>(${address}, 4))`
      case 'enum':
        return `<${this.types.write(type)}>load<${this.#disc(type)}>(${address})`
      case 'handle':
        return `new ${this.types.write(type)}(load<i32>(${address}))`
      case 'list':
        return `${this.#liftList(type, t)}(load<usize>(${address}), load<usize>(${address}, 4))`
      case 'option':
      case 'record':
      case 'result':
      case 'tuple':
      case 'variant':
        return `${this.#function(verb, type, (name) => `export function ${name}(p: usize): ${this.types.write(type)} {\n${this.#liftBody(type, t, verb === 'view')}}\n`)}(${address})`
    }
  }

  /** Statement that puts a value at an address. */
  lower(type: Type, value: string, address: string): string {
    const t = resolve(this.#pkg, type)
    switch (t.kind) {
      case 'primitive':
        return t.name === 'bool'
          ? `store<u8>(${address}, ${value} ? 1 : 0);`
          : `store<${this.types.primitive(t.name)}>(${address}, ${value});`
      case 'string':
        return `lowerString(${value}, ${address});`
      case 'enum':
        return `store<${this.#disc(type)}>(${address}, <${this.#disc(type)}>${value});`
      case 'handle':
        return `store<i32>(${address}, ${value}.${t.borrowed ? 'handle' : 'take()'});`
      case 'list':
      case 'option':
      case 'record':
      case 'result':
      case 'tuple':
      case 'variant':
        return `${this.#function('lower', type, (name) => `export function ${name}(v: ${this.types.write(type)}, p: usize): void {\n${this.#lowerBody(type, t)}}\n`)}(${value}, ${address});`
    }
  }

  /** Expression for a parameter or result that arrives in flat slots. */
  liftFlat(type: Type, slots: readonly Slot[]): string {
    const t = resolve(this.#pkg, type)
    const names = slots.map((s) => s.name)
    if (t.kind === 'primitive') return t.name === 'bool' ? `${names[0]} != 0` : `<${this.types.primitive(t.name)}>${names[0]}`
    if (t.kind === 'enum') return `<${this.types.write(type)}>${names[0]}`
    if (t.kind === 'handle') return `new ${this.types.write(type)}(${names[0]})`
    if (t.kind === 'string') return `liftString(<usize>${names.join(', <usize>')})`
    if (t.kind === 'list') return `${this.#liftList(type, t)}(<usize>${names.join(', <usize>')})`
    const flat = this.layouts.flat(type)
    const slotsInside = flat.map((each, i) => ({ name: `a${i}`, type: each }))
    const { size, align } = this.layouts.of(type)
    const name = this.#function(
      'flat',
      type,
      (own) =>
        `export function ${own}(${slotsInside.map((s) => `${s.name}: ${s.type}`).join(', ')}): ${this.types.write(type)} {\n` +
        `  const p = alloc(${size}, ${align});\n${this.#storeFlat(type, 'p', slotsInside)}  return ${this.lift(type, 'p', true)};\n}\n`,
    )
    return `${name}(${names.join(', ')})`
  }

  /** Statements that put a value into slots, which they declare; `prefix` makes their names unique. */
  lowerFlat(
    type: Type,
    value: string,
    prefix: string,
    lower = (address: string): string => this.lower(type, value, address),
  ): { readonly code: string; readonly slots: readonly Slot[] } {
    const { size, align } = this.layouts.of(type)
    const slots = this.layouts.flat(type).map((flat, i) => ({ name: `${prefix}${i}`, type: flat }))
    const declared = slots.map((s) => `let ${s.name}: ${s.type} = 0;`).join(' ')
    const p = `${prefix}p`
    return {
      slots,
      code: `  const ${p} = alloc(${size}, ${align}); ${lower(p)} ${declared}\n${this.#loadFlat(type, p, slots)}`,
    }
  }

  /** Whether a record with a late list is in it, other than in another list. */
  #hasLate(type: Type): boolean {
    const t = resolve(this.#pkg, type)
    if (t.kind === 'option') return this.#hasLate(t.item)
    if (t.kind === 'variant') return t.cases.some((c) => c.type !== undefined && this.#hasLate(c.type))
    return t.kind === 'record' && (this.types.lateList(t) !== undefined || t.fields.some((f) => this.#hasLate(f.type)))
  }

  #disc(type: Type): string {
    return `u${this.layouts.discriminant(type) * 8}`
  }

  #function(verb: string, type: Type, write: (name: string) => string): string {
    const name = verb + this.types.suffix(type)
    if (!this.#functions.has(name)) {
      this.#functions.set(name, '')
      this.#functions.set(name, write(name))
    }
    return name
  }

  #liftList(type: Type, t: Resolved & { kind: 'list' }): string {
    const text = this.types.write(type)
    const { size } = this.layouts.of(t.item)
    return this.#function('lift', type, (name) => {
      const head = `export function ${name}(p: usize, n: usize): ${text} {\n  const a = new ${text}(<i32>n);\n`
      if (this.types.typedArray(t.item) !== undefined) return `${head}  memory.copy(a.dataStart, p, n * ${size});\n  return a;\n}\n`
      return `${head}  for (let i = 0; i < <i32>n; i++, p += ${size}) unchecked((a[i] = ${this.lift(t.item, 'p')}));\n  return a;\n}\n`
    })
  }

  #liftBody(type: Type, t: Resolved, late: boolean): string {
    const members = this.layouts.members(type)
    if (members !== undefined) {
      const { offsets } = this.layouts.sequence(members)
      const values = members.map((m, i) => this.lift(m, at('p', offsets[i] ?? 0), late))
      if (!late || this.types.lateList(t) === undefined) return `  return new ${this.types.write(type)}(${values.join(', ')});\n`
      const list = at('p', offsets.at(-1) ?? 0)
      const unread = `new Unread(load<usize>(${list}), load<usize>(${list}, 4))`
      return `  return ${this.types.write(type)}.unread(${[...values.slice(0, -1), unread].join(', ')});\n`
    }
    const payload = at('p', this.layouts.payload(type))
    const boxed = (item: Type): string =>
      this.types.isReference(item) ? this.lift(item, payload, late) : `new Box<${this.types.write(item)}>(${this.lift(item, payload)})`
    const first = `load<${this.#disc(type)}>(p) == 0`
    if (t.kind === 'option') return `  if (${first}) return null;\n  return ${boxed(t.item)};\n`
    if (t.kind === 'result' && t.ok === undefined)
      return `  if (${first}) return null;\n  return ${t.err === undefined ? 'new Unit()' : boxed(t.err)};\n`
    if (t.kind === 'result' && t.ok !== undefined) {
      const text = this.types.write(type)
      const generic = text.slice('Result'.length)
      return `  if (${first}) return ok${generic}(${this.lift(t.ok, payload)});\n  return err${generic}(${t.err === undefined ? 'new Unit()' : this.lift(t.err, payload)});\n`
    }
    if (t.kind !== 'variant') throw new Error(`${t.kind} cannot be lifted`)
    const cases = t.cases.map(
      (c, i) =>
        `    case ${i}: return ${this.types.write(type)}.${camel(c.name)}(${c.type === undefined ? '' : this.lift(c.type, payload, late)});\n`,
    )
    return `  switch (load<${this.#disc(type)}>(p)) {\n${cases.join('')}    default: throw new Error("the host sent an unknown ${t.name}");\n  }\n`
  }

  #lowerBody(type: Type, t: Resolved): string {
    if (t.kind === 'list') return this.#lowerList(t.item)
    if (t.kind === 'record') {
      const { offsets } = this.layouts.sequence(t.fields.map((f) => f.type))
      const late = this.types.lateList(t)
      return t.fields
        .map((f, i) => {
          const address = at('p', offsets[i] ?? 0)
          return f === late ? `  ${this.lowerLate(f, 'v', address)}\n` : `  ${this.lower(f.type, `v.${variable(f.name)}`, address)}\n`
        })
        .join('')
    }
    if (t.kind === 'tuple') {
      const { offsets } = this.layouts.sequence(t.items)
      return t.items.map((item, i) => `  ${this.lower(item, i === 0 ? 'v.first' : 'v.second', at('p', offsets[i] ?? 0))}\n`).join('')
    }
    const payload = at('p', this.layouts.payload(type))
    const tag = (n: string): string => `store<${this.#disc(type)}>(p, ${n});`
    const unboxed = (item: Type | undefined): string =>
      item === undefined ? '' : this.lower(item, this.types.isReference(item) ? 'v' : 'v.value', payload)
    if (t.kind === 'option') return `  if (v === null) { ${tag('0')} return; }\n  ${tag('1')} ${unboxed(t.item)}\n`
    if (t.kind === 'result' && t.ok === undefined) return `  if (v === null) { ${tag('0')} return; }\n  ${tag('1')} ${unboxed(t.err)}\n`
    if (t.kind === 'result' && t.ok !== undefined) {
      const failed = t.err === undefined ? '' : this.lower(t.err, 'v.error', payload)
      return `  if (v.isOk) { ${tag('0')} ${this.lower(t.ok, 'v.value', payload)} }\n  else { ${tag('1')} ${failed} }\n`
    }
    if (t.kind !== 'variant') throw new Error(`${t.kind} cannot be lowered`)
    const cases = t.cases.flatMap((c, i) =>
      c.type === undefined ? [] : [`    case ${i}: { ${this.lower(c.type, `v.as${pascal(c.name)}`, payload)} break; }\n`],
    )
    return `  ${tag(`<${this.#disc(type)}>v.tag`)}\n  switch (v.tag) {\n${cases.join('')}    default: {}\n  }\n`
  }

  /** Statement that puts the late list of a record at an address. */
  lowerLate(late: Field, record: string, address: string): string {
    this.lower(late.type, '', '')
    this.lift(late.type, '')
    return `${record}.lower${pascal(late.name)}(${address});`
  }

  #lowerList(item: Type): string {
    const { size, align } = this.layouts.of(item)
    const head = `  const n: usize = v.length, q = alloc(n * ${size}, ${align});\n  store<usize>(p, q); store<usize>(p, n, 4);\n`
    if (this.types.typedArray(item) !== undefined) return `${head}  memory.copy(q, v.dataStart, n * ${size});\n`
    return `${head}  for (let i = 0, a = q; i < <i32>n; i++, a += ${size}) { ${this.lower(item, 'unchecked(v[i])', 'a')} }\n`
  }

  /** Memory at `address` from slots. */
  #storeFlat(type: Type, address: string, slots: readonly Slot[]): string {
    return this.#walkFlat(type, address, slots, {
      leaf: (slot, memory, p) => `store<${memory.type}>(${p}, ${convert(slot.name, slot.type, memory.flat)});`,
      disc: (slot, memory, p) => `store<${memory}>(${p}, <${memory}>${slot.name});`,
    })
  }

  /** Slots from the memory at `address`. */
  #loadFlat(type: Type, address: string, slots: readonly Slot[]): string {
    return this.#walkFlat(type, address, slots, {
      leaf: (slot, memory, p) => `${slot.name} = ${convert(`<${memory.flat}>load<${memory.type}>(${p})`, memory.flat, slot.type)};`,
      disc: (slot, memory, p) => `${slot.name} = <i32>load<${memory}>(${p});`,
    })
  }

  #walkFlat(type: Type, address: string, slots: readonly Slot[], visit: FlatVisitor): string {
    const [slot, second] = slots
    if (slot === undefined) return ''
    const t = resolve(this.#pkg, type)
    if (t.kind === 'primitive') {
      const [flat = 'i32'] = this.layouts.flat(type)
      return `  ${visit.leaf(slot, { type: t.name === 'bool' ? 'u8' : this.types.primitive(t.name), flat }, address)}\n`
    }
    if (t.kind === 'handle') return `  ${visit.leaf(slot, { type: 'i32', flat: 'i32' }, address)}\n`
    if ((t.kind === 'string' || t.kind === 'list') && second !== undefined) {
      return `  ${visit.leaf(slot, { type: 'i32', flat: 'i32' }, address)} ${visit.leaf(second, { type: 'i32', flat: 'i32' }, `${address} + 4`)}\n`
    }
    const members = this.layouts.members(type)
    if (members !== undefined) {
      const { offsets } = this.layouts.sequence(members)
      let used = 0
      return members
        .map((member, i) => {
          const count = this.layouts.flat(member).length
          used += count
          return this.#walkFlat(member, at(address, offsets[i] ?? 0), slots.slice(used - count, used), visit)
        })
        .join('')
    }
    const cases = (this.layouts.cases(type) ?? []).flatMap((payload, i) =>
      payload === undefined
        ? []
        : [`    case ${i}: {\n${this.#walkFlat(payload, at(address, this.layouts.payload(type)), slots.slice(1), visit)}    break; }\n`],
    )
    const disc = `  ${visit.disc(slot, this.#disc(type), address)}\n`
    return cases.length === 0 ? disc : `${disc}  switch (${slot.name}) {\n${cases.join('')}    default: {}\n  }\n`
  }
}
