import { resolve, type Case, type Definition, type Field, type Package, type Primitive, type Resolved, type Type } from '../../wit/model.ts'
import { camel, className, comment, pascal, variable } from './names.ts'

const PRIMITIVES: Readonly<Record<Primitive, string>> = {
  bool: 'bool',
  u8: 'u8',
  s8: 'i8',
  u16: 'u16',
  s16: 'i16',
  u32: 'u32',
  s32: 'i32',
  u64: 'u64',
  s64: 'i64',
  f32: 'f32',
  f64: 'f64',
  char: 'u32',
}

/** Lists of these are typed arrays, copied in one piece. */
const TYPED_ARRAYS: Readonly<Record<string, string>> = {
  u8: 'Uint8Array',
  i8: 'Int8Array',
  u16: 'Uint16Array',
  i16: 'Int16Array',
  u32: 'Uint32Array',
  i32: 'Int32Array',
  u64: 'Uint64Array',
  i64: 'Int64Array',
  f32: 'Float32Array',
  f64: 'Float64Array',
}

/** The classes of the WIT's types, and how a type is written in AssemblyScript. */
export class Types {
  readonly #pkg: Package

  constructor(pkg: Package) {
    this.#pkg = pkg
  }

  primitive(name: Primitive): string {
    return PRIMITIVES[name]
  }

  typedArray(item: Type): string | undefined {
    const t = resolve(this.#pkg, item)
    return t.kind === 'primitive' && t.name !== 'bool' && t.name !== 'char' ? TYPED_ARRAYS[PRIMITIVES[t.name]] : undefined
  }

  /** Whether values of the type are objects, which may be null. */
  isReference(type: Type): boolean {
    const t = resolve(this.#pkg, type)
    return t.kind !== 'primitive' && t.kind !== 'enum'
  }

  /** `void` for no type. */
  write(type: Type | undefined): string {
    if (type === undefined) return 'void'
    const t = resolve(this.#pkg, type)
    switch (t.kind) {
      case 'primitive':
        return PRIMITIVES[t.name]
      case 'string':
        return 'string'
      case 'list':
        return this.typedArray(t.item) ?? `Array<${this.write(t.item)}>`
      case 'option':
        return this.#nullable(t.item)
      case 'result':
        return t.ok === undefined
          ? this.#nullable(t.err)
          : `Result<${this.write(t.ok)}, ${t.err === undefined ? 'Unit' : this.write(t.err)}>`
      case 'tuple':
        if (t.items.length !== 2) throw new Error('only tuples of two have a class')
        return `Pair<${t.items.map((item) => this.write(item)).join(', ')}>`
      case 'handle':
        return className(t.resource)
      case 'enum':
      case 'record':
      case 'variant':
        return className(t.name)
    }
  }

  /** Part of a function's name: `ListValue` for list<value>. */
  suffix(type: Type | undefined): string {
    if (type === undefined) return 'Unit'
    const t = resolve(this.#pkg, type)
    switch (t.kind) {
      case 'list':
      case 'option':
        return pascal(t.kind) + this.suffix(t.item)
      case 'result':
        return `Result${this.suffix(t.ok)}${this.suffix(t.err)}`
      case 'tuple':
        return `Pair${t.items.map((item) => this.suffix(item)).join('')}`
      case 'enum':
      case 'handle':
      case 'primitive':
      case 'record':
      case 'string':
      case 'variant':
        return pascal(this.write(type))
    }
  }

  /** The class or enum of a definition; nothing for aliases and resources. */
  declare(d: Definition): string {
    switch (d.kind) {
      case 'enum':
        return `${comment(d.doc)}export enum ${className(d.name)} {\n${this.#tags(d.cases)}}\n`
      case 'record': {
        const late = this.lateList(d)
        if (late !== undefined) return this.#lateRecord(d, late)
        const params = d.fields.map((f) => `${comment(f.doc, '    ')}    public ${variable(f.name)}: ${this.write(f.type)},\n`)
        return `${comment(d.doc)}@final export class ${className(d.name)} {\n  constructor(\n${params.join('')}  ) {}\n}\n`
      }
      case 'variant':
        return this.#variant(className(d.name), d.doc, d.cases)
      case 'alias':
      case 'resource':
        return ''
    }
  }

  /** The last field of a record that is a list of lists: there may be many, so they are read when somebody asks for them. */
  lateList(d: Resolved | Definition): Field | undefined {
    const last = d.kind === 'record' ? d.fields.at(-1) : undefined
    const list = last === undefined ? undefined : resolve(this.#pkg, last.type)
    return list?.kind === 'list' && resolve(this.#pkg, list.item).kind === 'list' ? last : undefined
  }

  /** The record whose late list is of this type. */
  recordOfLate(type: Type): { readonly name: string; readonly field: Field } | undefined {
    for (const each of this.#pkg.interfaces.values()) {
      for (const d of each.types.values()) {
        const field = this.lateList(d)
        if (field !== undefined && this.suffix(field.type) === this.suffix(type)) return { name: d.name, field }
      }
    }
    return undefined
  }

  #lateRecord(d: Definition & { readonly kind: 'record' }, late: Field): string {
    const [name, list] = [className(d.name), this.write(late.type)]
    const [field, suffix] = [variable(late.name), this.suffix(late.type)]
    const others = d.fields.slice(0, -1).map((f) => `${comment(f.doc, '    ')}    public ${variable(f.name)}: ${this.write(f.type)},\n`)
    return `${comment(d.doc)}@final export class ${name} {
  private unread: Unread | null = null;
  private list: ${list};
  constructor(
${others.join('')}${comment(late.doc, '    ')}    ${field}: ${list},
  ) { this.list = ${field}; }
  /** Of what the host has written: it is read when somebody asks for it, until the call that brought it ends. */
  static unread(${d.fields
    .slice(0, -1)
    .map((f) => `${variable(f.name)}: ${this.write(f.type)}, `)
    .join('')}unread: Unread): ${name} {
    const made = new ${name}(${d.fields
      .slice(0, -1)
      .map((f) => `${variable(f.name)}, `)
      .join('')}[]);
    made.unread = unread;
    return made;
  }
  /** How many ${field} there are. */
  get ${field}Count(): i32 {
    const unread = this.unread;
    return unread === null ? this.list.length : <i32>unread.count;
  }
${comment(late.doc, '  ')}  get ${field}(): ${list} {
    const unread = this.unread;
    if (unread !== null) {
      this.list = lift${suffix}(unread.address(), unread.count);
      this.unread = null;
    }
    return this.list;
  }
  set ${field}(list: ${list}) {
    this.list = list;
    this.unread = null;
  }
  /** For the glue: gives the ${field} to the host, as they are when nobody has read them. */
  lower${pascal(late.name)}(p: usize): void {
    const unread = this.unread;
    if (unread === null) lower${suffix}(this.list, p);
    else {
      store<usize>(p, unread.address()); store<usize>(p, unread.count, 4);
    }
  }
}
`
  }

  #tags(cases: readonly Case[]): string {
    return cases.map((c) => `${comment(c.doc, '  ')}  ${pascal(c.name)},\n`).join('')
  }

  /** Numbers of all cases share 64 bits, objects of all cases one reference. */
  #variant(name: string, doc: string, cases: readonly Case[]): string {
    const make = cases.map((c, i) => {
      const head = `${comment(c.doc, '  ')}  @inline static ${camel(c.name)}(`
      if (c.type === undefined) return `${head}): ${name} { return new ${name}(${i}, 0, null); }\n`
      const value = this.isReference(c.type) ? `0, changetype<Object>(value)` : `${this.#toBits(c.type)}, null`
      return `${head}value: ${this.write(c.type)}): ${name} { return new ${name}(${i}, ${value}); }\n`
    })
    const read = cases.map((c, i) => {
      const is = `  @inline get is${pascal(c.name)}(): bool { return this.tag == ${i}; }\n`
      if (c.type === undefined) return is
      const value = this.isReference(c.type) ? `changetype<${this.write(c.type)}>(this.ref)` : this.#fromBits(c.type)
      const check = `assert(this.tag == ${i}, "this ${name} is not ${c.name}");`
      return `${is}  get as${pascal(c.name)}(): ${this.write(c.type)} { ${check} return ${value}; }\n`
    })
    return (
      `export enum ${name}Tag {\n${this.#tags(cases)}}\n${comment(doc)}@final export class ${name} {\n` +
      `  constructor(readonly tag: ${name}Tag, readonly bits: i64, readonly ref: Object | null) {}\n${make.join('')}${read.join('')}}\n`
    )
  }

  #toBits(type: Type): string {
    const text = this.write(type)
    if (text === 'f64') return 'reinterpret<i64>(value)'
    return text === 'f32' ? '<i64>reinterpret<i32>(value)' : '<i64>value'
  }

  #fromBits(type: Type): string {
    const text = this.write(type)
    if (text === 'f64') return 'reinterpret<f64>(this.bits)'
    if (text === 'f32') return 'reinterpret<f32>(<i32>this.bits)'
    return text === 'bool' ? 'this.bits != 0' : `<${text}>this.bits`
  }

  #nullable(type: Type | undefined): string {
    if (type === undefined) return 'Unit | null'
    const text = this.write(type)
    if (text.endsWith('| null')) throw new Error('an option in an option has no class')
    return this.isReference(type) ? `${text} | null` : `Box<${text}> | null`
  }
}
