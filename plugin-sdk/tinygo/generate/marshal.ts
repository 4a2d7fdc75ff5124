import { Layouts, type Flat } from '../../wit/layout.ts'
import { resolve, type Package, type Resolved, type Type } from '../../wit/model.ts'
import { comment, exported } from './names.ts'
import { GoTypes } from './types.ts'

/** A variable that holds one flat slot. */
export interface Slot {
  readonly name: string
  readonly type: Flat
}

/** Go types of flat slots. */
export const FLAT: Readonly<Record<Flat, string>> = { i32: 'uint32', i64: 'uint64', f32: 'float32', f64: 'float64' }

const at = (base: string, offset: number): string => (offset === 0 ? base : `${base}+${offset}`)

/**
 * Writes the Go code that carries values between variables and the memory's Canonical ABI form, by explicit 32-bit offsets: pointers of
 * Go's own compiler are 64 bits wide. One pair of functions for each compound type, made when first asked for.
 */
export class Marshal {
  readonly layouts: Layouts
  readonly types: GoTypes
  readonly #pkg: Package
  readonly #functions = new Map<string, string>()
  /** Variables by the Go type of the cases of variants that they are for. */
  readonly #slabs = new Map<string, string>()

  constructor(pkg: Package) {
    this.#pkg = pkg
    this.layouts = new Layouts(pkg)
    this.types = new GoTypes(pkg)
  }

  get code(): string {
    const slabs = [...this.#slabs].map(([go, name]) => `var ${name} = newSlab[${go}]()\n`).join('')
    return `${slabs}\n${[...this.#functions.values()].join('\n')}`
  }

  /** The host reads texts and lists of such a value where they are: it is kept before it is lowered. */
  isKept(type: Type): boolean {
    const t = resolve(this.#pkg, type)
    if (t.kind === 'string' || t.kind === 'list') return true
    if (t.kind === 'option') return this.isKept(t.item)
    const inside = this.layouts.members(type) ?? this.layouts.cases(type) ?? []
    return inside.some((each) => each !== undefined && this.isKept(each))
  }

  /** Expression for the value at an address. `prefix`: as of `GoTypes.write`. */
  lift(type: Type, address: string, prefix = ''): string {
    const t = resolve(this.#pkg, type)
    switch (t.kind) {
      case 'primitive':
        return t.name === 'bool' ? `${prefix}Load[uint8](${address}) != 0` : `${prefix}Load[${this.types.primitive(t.name)}](${address})`
      case 'string':
        return `${prefix}LiftString(${address})`
      case 'enum':
        return `${this.types.write(type, prefix)}(${prefix}Load[uint8](${address}))`
      case 'handle':
        return `&${exported(t.resource)}{${prefix}Load[uint32](${address})}`
      case 'list':
      case 'option':
      case 'record':
      case 'tuple':
      case 'variant':
        return `${prefix}${this.#function('Lift', type, (name) => this.#lifter(name, type, t))}(${address})`
      case 'result':
        throw new Error('results are lifted by the function that gives them')
    }
  }

  /** Statement that puts a value at an address. */
  lower(type: Type, value: string, address: string, prefix = ''): string {
    const t = resolve(this.#pkg, type)
    switch (t.kind) {
      case 'primitive':
        return t.name === 'bool' ? `${prefix}PutBool(${address}, ${value})` : `${prefix}Store(${address}, ${value})`
      case 'string':
        return `${prefix}LowerString(${address}, ${value})`
      case 'enum':
        return `${prefix}Store(${address}, uint8(${value}))`
      case 'handle':
        return `${prefix}Store(${address}, ${value}.handle)`
      case 'list':
      case 'option':
      case 'record':
      case 'tuple':
      case 'variant':
        return `${prefix}${this.#function('Lower', type, (name) => this.#lowerer(name, type, t))}(${address}, ${value})`
      case 'result':
        throw new Error('results are lowered by the function that gives them')
    }
  }

  /** Statements that put flat slots into the memory at `address`. */
  storeFlat(type: Type, address: string, slots: readonly Slot[], prefix = ''): string {
    const store = (slot: Slot, go: string, flat: Flat, p: string): string =>
      `${prefix}Store(${p}, ${go}(${convert(slot.name, slot.type, flat)}))\n`
    return this.#walkFlat(type, address, slots, store)
  }

  /** Statements that set flat slots from the memory at `address`. */
  loadFlat(type: Type, address: string, slots: readonly Slot[], prefix = ''): string {
    const load = (slot: Slot, go: string, flat: Flat, p: string): string =>
      `${slot.name} = ${convert(`${FLAT[flat]}(${prefix}Load[${go}](${p}))`, flat, slot.type)}\n`
    return this.#walkFlat(type, address, slots, load)
  }

  #walkFlat(type: Type, address: string, slots: readonly Slot[], visit: (slot: Slot, go: string, flat: Flat, p: string) => string): string {
    const [slot, second] = slots
    if (slot === undefined) return ''
    const t = resolve(this.#pkg, type)
    if (t.kind === 'primitive') {
      const [flat = 'i32'] = this.layouts.flat(type)
      return visit(slot, t.name === 'bool' ? 'uint8' : this.types.primitive(t.name), flat, address)
    }
    if (t.kind === 'handle') return visit(slot, 'uint32', 'i32', address)
    if ((t.kind === 'string' || t.kind === 'list') && second !== undefined)
      return visit(slot, 'uint32', 'i32', address) + visit(second, 'uint32', 'i32', `${address}+4`)
    const members = this.layouts.members(type)
    if (members !== undefined) return this.#walkMembers(members, address, slots, visit)
    const disc = `uint${this.layouts.discriminant(type) * 8}`
    const cases = (this.layouts.cases(type) ?? []).flatMap((payload, i) =>
      payload === undefined
        ? []
        : [`case ${i}:\n${this.#walkFlat(payload, at(address, this.layouts.payload(type)), slots.slice(1), visit)}`],
    )
    const first = visit(slot, disc, 'i32', address)
    return cases.length === 0 ? first : `${first}switch ${slot.name} {\n${cases.join('')}}\n`
  }

  #walkMembers(
    members: readonly Type[],
    address: string,
    slots: readonly Slot[],
    visit: (slot: Slot, go: string, flat: Flat, p: string) => string,
  ): string {
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

  #function(verb: string, type: Type, write: (name: string) => string): string {
    const name = verb + this.#suffix(type)
    if (!this.#functions.has(name)) {
      this.#functions.set(name, '')
      this.#functions.set(name, write(name))
    }
    return name
  }

  /** Names a type in the name of a function. */
  #suffix(type: Type): string {
    const t = resolve(this.#pkg, type)
    switch (t.kind) {
      case 'primitive':
        return exported(t.name)
      case 'string':
        return 'String'
      case 'list':
        return `${this.#suffix(t.item)}List`
      case 'option':
        return `${this.#suffix(t.item)}Option`
      case 'tuple':
        return `${t.items.map((item) => this.#suffix(item)).join('')}Tuple`
      case 'handle':
        return exported(t.resource)
      case 'record':
      case 'enum':
      case 'variant':
        return exported(t.name)
      case 'result':
        return 'Result'
    }
  }

  #lifter(name: string, type: Type, t: Resolved): string {
    const head = `${comment(`${name} reads a value from the memory.`)}func ${name}(p uint32) (v ${this.types.write(type)}) {\n`
    return `${head}${this.#liftBody(type, t)}}\n`
  }

  #liftBody(type: Type, t: Resolved): string {
    if (t.kind === 'list') {
      const { size } = this.layouts.of(t.item)
      const item = this.types.write(t.item)
      if (this.#isPlain(t.item)) return `return LiftPlain[${item}](p)\n`
      if (resolve(this.#pkg, t.item).kind === 'string') return 'return LiftTexts(p)\n'
      const start = `q, n := Load[uint32](p), Load[uint32](p+4)\nv = make([]${item}, n)\n`
      const inner = resolve(this.#pkg, t.item)
      if (inner.kind === 'list' && !this.#isPlain(inner.item)) return start + this.#liftRows(inner.item)
      return `${start}for i := range v {\nv[i] = ${this.lift(t.item, `q+uint32(i)*${size}`)}\n}\nreturn v\n`
    }
    const members = this.layouts.members(type)
    if (members !== undefined) {
      const { offsets } = this.layouts.sequence(members)
      const names = t.kind === 'record' ? t.fields.map((field) => exported(field.name)) : ['First', 'Second']
      return `${members.map((member, i) => `v.${names[i]} = ${this.lift(member, at('p', offsets[i] ?? 0))}\n`).join('')}return v\n`
    }
    const payload = at('p', this.layouts.payload(type))
    if (t.kind === 'option') return `if Load[uint8](p) == 0 {\nreturn nil\n}\nitem := ${this.lift(t.item, payload)}\nreturn &item\n`
    if (t.kind !== 'variant') throw new Error(`${t.kind} cannot be lifted`)
    const cases = this.types.cases(t.name, t.cases).map(({ type: inside, go, boxed, named }, i) => {
      if (inside === undefined) return `case ${i}:\nreturn nil\n`
      const value = this.lift(inside, payload)
      const typed = boxed ? `${go}{${value}}` : named ? `${go}(${value})` : value
      return `case ${i}:\nreturn ${boxed ? typed : this.#box(inside, go, typed)}\n`
    })
    return `switch Load[uint8](p) {\n${cases.join('')}}\npanic("the host sent an unknown ${t.name}")\n`
  }

  /** Lists of a list lie one behind the other, many in one piece of memory; none can grow into the next. */
  #liftRows(type: Type): string {
    const { size } = this.layouts.of(type)
    const item = this.types.write(type)
    const row = `at, count := Load[uint32](q+uint32(i)*8), int(Load[uint32](q+uint32(i)*8+4))\nif count > len(free) {\nfree = make([]${item}, roomFor(count, len(v)-i))\n}\nrow := free[:count:count]\nfree = free[count:]\n`
    const fill = `for j := range row {\nrow[j] = ${this.lift(type, `at+uint32(j)*${size}`)}\n}\nv[i] = row\n`
    return `free := []${item}{}\nfor i := range v {\n${row}${fill}}\nreturn v\n`
  }

  /** A number or a text as an interface. */
  #box(type: Type, go: string, value: string): string {
    const { kind } = resolve(this.#pkg, type)
    const isText = kind === 'string'
    if (!isText && (!this.#isPlain(type) || this.layouts.of(type).size < 8)) return value
    const slab = `slabOf${exported(go)}`
    this.#slabs.set(go, slab)
    return isText ? `boxText(${slab}, ${value})` : `${slab}.box(${value})`
  }

  #lowerer(name: string, type: Type, t: Resolved): string {
    const head = `${comment(`${name} writes a value to the memory.`)}func ${name}(p uint32, v ${this.types.write(type)}) {\n`
    return `${head}${this.#lowerBody(type, t)}}\n`
  }

  #lowerBody(type: Type, t: Resolved): string {
    if (t.kind === 'list') {
      const { size, align } = this.layouts.of(t.item)
      if (this.#isPlain(t.item)) return `LowerPlain(p, v, ${align})\n`
      return `q := Alloc(uint32(len(v))*${size}, ${align})\nStore(p, q)\nStore(p+4, uint32(len(v)))\nfor i := range v {\n${this.lower(t.item, 'v[i]', `q+uint32(i)*${size}`)}\n}\n`
    }
    const members = this.layouts.members(type)
    if (members !== undefined) {
      const { offsets } = this.layouts.sequence(members)
      const names = t.kind === 'record' ? t.fields.map((field) => exported(field.name)) : ['First', 'Second']
      return members.map((member, i) => `${this.lower(member, `v.${names[i]}`, at('p', offsets[i] ?? 0))}\n`).join('')
    }
    const payload = at('p', this.layouts.payload(type))
    if (t.kind === 'option')
      return `if v == nil {\nStore(p, uint8(0))\nreturn\n}\nStore(p, uint8(1))\n${this.lower(t.item, '(*v)', payload)}\n`
    if (t.kind !== 'variant') throw new Error(`${t.kind} cannot be lowered`)
    const cases = this.types.cases(t.name, t.cases).map(({ type: inside, go, boxed, named }, i) => {
      if (inside === undefined) return `case nil:\nStore(p, uint8(${i}))\n`
      const plain = this.types.write(inside)
      const value = boxed ? `x.${plain}` : named ? `${plain}(x)` : 'x'
      return `case ${go}:\nStore(p, uint8(${i}))\n${this.lower(inside, value, payload)}\n`
    })
    const uses = cases.some((text) => /\bx\b/.test(text))
    return `switch ${uses ? 'x := ' : ''}v.(type) {\n${cases.join('')}default:\npanic("this is no ${t.name}")\n}\n`
  }

  /** A list of such items is copied as it is. */
  #isPlain(type: Type): boolean {
    const t = resolve(this.#pkg, type)
    return t.kind === 'primitive' && t.name !== 'bool' && t.name !== 'char'
  }
}

/** Bits of one flat type in another, wider or equal one, and back. */
function convert(expression: string, from: Flat, to: Flat): string {
  switch (`${from}>${to}`) {
    case 'i32>i64':
      return `uint64(${expression})`
    case 'i64>i32':
      return `uint32(${expression})`
    case 'f64>i64':
      return `math.Float64bits(${expression})`
    case 'i64>f64':
      return `math.Float64frombits(${expression})`
    case 'f32>i32':
      return `math.Float32bits(${expression})`
    case 'i32>f32':
      return `math.Float32frombits(${expression})`
    case 'f32>i64':
      return `uint64(math.Float32bits(${expression}))`
    case 'i64>f32':
      return `math.Float32frombits(uint32(${expression}))`
    default:
      return expression
  }
}
