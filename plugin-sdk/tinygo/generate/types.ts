import { resolve, type Case, type Definition, type Package, type Primitive, type Type } from '../../wit/model.ts'
import { comment, exported } from './names.ts'

const PRIMITIVES: Readonly<Record<Primitive, string>> = {
  bool: 'bool',
  u8: 'uint8',
  s8: 'int8',
  u16: 'uint16',
  s16: 'int16',
  u32: 'uint32',
  s32: 'int32',
  u64: 'uint64',
  s64: 'int64',
  f32: 'float32',
  f64: 'float64',
  char: 'rune',
}

/** How a case of a variant appears in Go: its payload as it is, or in a type of its own where another case has the same. */
export interface GoCase {
  readonly name: string
  readonly type: Type | undefined
  /** Text of the Go type; `nil` without a payload. */
  readonly go: string
  /** The type is a struct around the payload, which cannot be converted by its name. */
  readonly boxed: boolean
  /** The type is the payload's under another name. */
  readonly named: boolean
}

/** Go types for the types of the WIT. All are declared in one package, whose members have `prefix` in front elsewhere. */
export class GoTypes {
  readonly #pkg: Package

  constructor(pkg: Package) {
    this.#pkg = pkg
  }

  /** The Go type of a value. `prefix`: `abi.` outside of the package of the types. */
  write(type: Type, prefix = ''): string {
    const t = resolve(this.#pkg, type)
    switch (t.kind) {
      case 'primitive':
        return PRIMITIVES[t.name]
      case 'string':
        return 'string'
      case 'list':
        return `[]${this.write(t.item, prefix)}`
      case 'option':
        return `*${this.write(t.item, prefix)}`
      case 'tuple':
        return `${prefix}Pair[${t.items.map((item) => this.write(item, prefix)).join(', ')}]`
      case 'handle':
        return `*${exported(t.resource)}`
      case 'record':
      case 'enum':
      case 'variant':
        return `${prefix}${exported(t.name)}`
      case 'result':
        throw new Error('a result can only be what a function answers')
    }
  }

  primitive(name: Primitive): string {
    return PRIMITIVES[name]
  }

  /** The cases of a variant in their order. */
  cases(owner: string, cases: readonly Case[]): readonly GoCase[] {
    const taken = new Set<string>()
    return cases.map(({ name, type }) => {
      if (type === undefined) return { name, type, go: 'nil', boxed: false, named: false }
      const plain = this.write(type)
      const isInterface = resolve(this.#pkg, type).kind === 'variant'
      const named = isInterface || taken.has(plain)
      taken.add(plain)
      return { name, type, go: named ? `${exported(owner)}${exported(name)}` : plain, boxed: isInterface, named }
    })
  }

  /** The declaration of a type of the WIT. */
  declare(definition: Definition): string {
    const name = exported(definition.name)
    switch (definition.kind) {
      case 'record':
        return `${comment(definition.doc)}type ${name} struct {\n${definition.fields
          .map((field) => `${comment(field.doc, '\t')}\t${exported(field.name)} ${this.write(field.type)}\n`)
          .join('')}}\n\n`
      case 'enum': {
        const members = definition.cases.map(
          (each, i) => `${comment(each.doc, '\t')}\t${name}${exported(each.name)}${i === 0 ? ` ${name} = iota` : ''}\n`,
        )
        return `${comment(definition.doc)}type ${name} uint8\n\nconst (\n${members.join('')})\n\n`
      }
      case 'variant':
        return this.#variant(definition)
      case 'alias':
      case 'resource':
        return ''
    }
  }

  #variant(definition: Extract<Definition, { kind: 'variant' }>): string {
    const name = exported(definition.name)
    const cases = this.cases(definition.name, definition.cases)
    const kinds = cases.map(({ go }) => go).join(', ')
    const own = cases.flatMap((each, i) => {
      if (!each.named || each.type === undefined) return []
      const doc = comment(definition.cases[i]?.doc ?? '')
      const body = each.boxed ? `struct{ ${this.write(each.type)} }` : this.write(each.type)
      return [`${doc}type ${each.go} ${body}\n\n`]
    })
    return `${comment(definition.doc)}//\n// One of: ${kinds}.\ntype ${name} interface{}\n\n${own.join('')}`
  }
}
