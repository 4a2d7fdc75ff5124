import { resolve, type Package, type Primitive, type Type } from './model.ts'

/** Core WebAssembly types, as parameters and results carry them. */
export type Flat = 'i32' | 'i64' | 'f32' | 'f64'

const SIZES: Readonly<Record<Primitive, number>> = {
  bool: 1,
  u8: 1,
  s8: 1,
  u16: 2,
  s16: 2,
  u32: 4,
  s32: 4,
  char: 4,
  u64: 8,
  s64: 8,
  f32: 4,
  f64: 8,
}

function primitiveFlat(name: Primitive): Flat {
  if (name === 'f32' || name === 'f64') return name
  return SIZES[name] === 8 ? 'i64' : 'i32'
}

const alignTo = (offset: number, alignment: number): number => Math.ceil(offset / alignment) * alignment

export interface Layout {
  readonly size: number
  readonly align: number
}

/** Sizes and offsets in memory, and the flattening of parameters: Canonical ABI of the component model, 32-bit memory. */
export class Layouts {
  readonly #pkg: Package

  constructor(pkg: Package) {
    this.#pkg = pkg
  }

  /** Types of the members one after another: of a record or tuple. */
  members(type: Type): readonly Type[] | undefined {
    const t = resolve(this.#pkg, type)
    if (t.kind === 'record') return t.fields.map((f) => f.type)
    return t.kind === 'tuple' ? t.items : undefined
  }

  /** Payloads of the alternatives: of a variant, enum, option (none, some) or result (ok, err). */
  cases(type: Type): readonly (Type | undefined)[] | undefined {
    const t = resolve(this.#pkg, type)
    switch (t.kind) {
      case 'variant':
      case 'enum':
        return t.cases.map((c) => c.type)
      case 'option':
        return [undefined, t.item]
      case 'result':
        return [t.ok, t.err]
      case 'handle':
      case 'list':
      case 'primitive':
      case 'record':
      case 'string':
      case 'tuple':
        return undefined
    }
  }

  of(type: Type): Layout {
    const t = resolve(this.#pkg, type)
    if (t.kind === 'primitive') return { size: SIZES[t.name], align: SIZES[t.name] }
    if (t.kind === 'string' || t.kind === 'list') return { size: 8, align: 4 }
    if (t.kind === 'handle') return { size: 4, align: 4 }
    const members = this.members(type)
    return members === undefined ? this.#variant(this.cases(type) ?? []) : this.sequence(members)
  }

  sequence(types: readonly Type[]): Layout & { readonly offsets: readonly number[] } {
    let size = 0
    let align = 1
    const offsets = types.map((type) => {
      const item = this.of(type)
      const offset = alignTo(size, item.align)
      size = offset + item.size
      align = Math.max(align, item.align)
      return offset
    })
    return { size: alignTo(size, align), align, offsets }
  }

  /** Bytes of the number that says which case it is. */
  discriminant(type: Type): number {
    return discriminantSize((this.cases(type) ?? []).length)
  }

  /** Where the payload of a variant begins. */
  payload(type: Type): number {
    const cases = this.cases(type) ?? []
    return alignTo(discriminantSize(cases.length), this.#payloadAlign(cases))
  }

  flat(type: Type): readonly Flat[] {
    const t = resolve(this.#pkg, type)
    if (t.kind === 'primitive') return [primitiveFlat(t.name)]
    if (t.kind === 'string' || t.kind === 'list') return ['i32', 'i32']
    if (t.kind === 'handle') return ['i32']
    const members = this.members(type)
    if (members !== undefined) return members.flatMap((each) => this.flat(each))
    const joined: Flat[] = []
    for (const payload of this.cases(type) ?? []) {
      for (const [i, flat] of (payload === undefined ? [] : this.flat(payload)).entries()) joined[i] = join(joined[i], flat)
    }
    return ['i32', ...joined]
  }

  #variant(cases: readonly (Type | undefined)[]): Layout {
    const disc = discriminantSize(cases.length)
    const payloadAlign = this.#payloadAlign(cases)
    const size = Math.max(0, ...cases.map((c) => (c === undefined ? 0 : this.of(c).size)))
    const align = Math.max(disc, payloadAlign)
    return { size: alignTo(alignTo(disc, payloadAlign) + size, align), align }
  }

  #payloadAlign(cases: readonly (Type | undefined)[]): number {
    return Math.max(1, ...cases.map((c) => (c === undefined ? 1 : this.of(c).align)))
  }
}

function discriminantSize(cases: number): number {
  if (cases <= 256) return 1
  return cases <= 65_536 ? 2 : 4
}

/** The type of a slot that two cases of a variant share. */
function join(a: Flat | undefined, b: Flat): Flat {
  if (a === undefined || a === b) return b
  return a !== 'i64' && b !== 'i64' && a !== 'f64' && b !== 'f64' ? 'i32' : 'i64'
}
