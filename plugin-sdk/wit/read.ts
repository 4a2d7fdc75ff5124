import type { Case, Definition, Field, Function, Interface, Package, Primitive, Type, World } from './model.ts'

const PRIMITIVES: ReadonlySet<string> = new Set(['bool', 'u8', 's8', 'u16', 's16', 'u32', 's32', 'u64', 's64', 'f32', 'f64', 'char'])
const isPrimitive = (name: string): name is Primitive => PRIMITIVES.has(name)

interface Token {
  readonly text: string
  readonly doc: string
  readonly line: number
}

/**
 * Reads one WIT package: records, variants, enums, aliases, resources, functions, `use` inside the package, worlds with import, export, include.
 * Throws an Error with the line for anything else (flags, streams, futures, other packages): a part of the contract must not get lost unnoticed.
 */
export function readWit(text: string): Package {
  return new Reader(tokens(text)).package()
}

function tokens(text: string): Token[] {
  const out: Token[] = []
  let doc: string[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const comment = /^\s*\/\/\/ ?(.*)$/.exec(line)
    if (comment !== null) doc.push(comment[1] ?? '')
    for (const match of line.replace(/\/\/.*$/, '').matchAll(/->|%?[A-Za-z][\w-]*|\d[\w.]*|\S/g)) {
      out.push({ text: match[0].replace(/^%/, ''), doc: doc.join('\n'), line: index + 1 })
      doc = []
    }
  }
  return out
}

class Reader {
  readonly #tokens: readonly Token[]
  #at = 0
  #id = ''

  constructor(list: readonly Token[]) {
    this.#tokens = list
  }

  package(): Package {
    this.#expect('package')
    while (!this.#accept(';')) this.#id += this.#next().text
    const pkg: Package = { id: this.#id, interfaces: new Map(), worlds: new Map() }
    while (this.#at < this.#tokens.length) {
      const { text, doc } = this.#next()
      const { text: name } = this.#next()
      if (text === 'interface') pkg.interfaces.set(name, this.#interface(name, doc))
      else if (text === 'world') pkg.worlds.set(name, this.#world(name, doc))
      else this.#fail('interface or world')
    }
    return pkg
  }

  #interface(name: string, doc: string): Interface {
    const [pkg = '', version] = this.#id.split('@')
    const out: Interface = {
      name,
      doc,
      id: `${pkg}/${name}${version === undefined ? '' : `@${version}`}`,
      types: new Map(),
      uses: new Map(),
      functions: [],
    }
    this.#expect('{')
    while (!this.#accept('}')) this.#item(out)
    return out
  }

  #item(into: Interface): void {
    const first = this.#next()
    if (first.text === 'use') return this.#use(into)
    const name = this.#next().text
    if (name === ':') {
      into.functions.push(this.#function(into, first.text, first.doc))
      return
    }
    into.types.set(name, this.#definition(into, first, name))
  }

  #definition(scope: Interface, { text, doc }: Token, name: string): Definition {
    switch (text) {
      case 'record':
        return { kind: 'record', name, doc, fields: this.#braced(() => this.#field(scope)) }
      case 'variant':
        return { kind: 'variant', name, doc, cases: this.#braced(() => this.#case(scope)) }
      case 'enum':
        return { kind: 'enum', name, doc, cases: this.#braced(() => this.#case(scope)) }
      case 'resource':
        return { kind: 'resource', name, doc, functions: this.#methods(scope) }
      case 'type': {
        this.#expect('=')
        const type = this.#type(scope)
        this.#expect(';')
        return { kind: 'alias', name, doc, type }
      }
      default:
        return this.#fail('use, record, variant, enum, resource, type or a function')
    }
  }

  #use(into: Interface): void {
    const from = this.#next().text
    this.#expect('.')
    for (const { name, as } of this.#braced(() => this.#renamed())) into.uses.set(as, { from, name })
    this.#expect(';')
  }

  #renamed(): { name: string; as: string } {
    const name = this.#next().text
    return { name, as: this.#accept('as') ? this.#next().text : name }
  }

  #field(scope: Interface): Field {
    const { text: name, doc } = this.#next()
    this.#expect(':')
    return { name, doc, type: this.#type(scope) }
  }

  #case(scope: Interface): Case {
    const { text: name, doc } = this.#next()
    if (!this.#accept('(')) return { name, doc }
    const type = this.#type(scope)
    this.#expect(')')
    return { name, doc, type }
  }

  #methods(scope: Interface): Function[] {
    const out: Function[] = []
    if (this.#accept(';')) return out
    this.#expect('{')
    while (!this.#accept('}')) {
      const { text: name, doc } = this.#next()
      this.#expect(':')
      const kind = this.#accept('static') ? 'static' : 'method'
      out.push({ ...this.#function(scope, name, doc), kind })
    }
    return out
  }

  #function(scope: Interface, name: string, doc: string): Function {
    this.#expect('func')
    this.#expect('(')
    const params = this.#list(')', () => this.#field(scope))
    const result = this.#accept('->') ? this.#type(scope) : undefined
    this.#expect(';')
    return { kind: 'plain', name, doc, params, ...(result === undefined ? {} : { result }) }
  }

  #type(scope: Interface): Type {
    const { text: name } = this.#next()
    if (isPrimitive(name)) return { kind: 'primitive', name }
    if (name === 'string') return { kind: 'string' }
    if (name === 'list' || name === 'option' || name === 'borrow') return { kind: name, item: this.#angle(scope) }
    if (name === 'own') return this.#angle(scope)
    if (name === 'tuple') {
      this.#expect('<')
      return { kind: 'tuple', items: this.#list('>', () => this.#type(scope)) }
    }
    if (name === 'result') return this.#result(scope)
    if (!/^[A-Za-z]/.test(name) || ['flags', 'stream', 'future', 'error-context'].includes(name)) this.#fail('a type')
    return { kind: 'name', name, scope }
  }

  #angle(scope: Interface): Type {
    this.#expect('<')
    const type = this.#type(scope)
    this.#expect('>')
    return type
  }

  #result(scope: Interface): Type {
    if (!this.#accept('<')) return { kind: 'result' }
    const [ok, err] = this.#list('>', () => (this.#accept('_') ? undefined : this.#type(scope)))
    return { kind: 'result', ...(ok === undefined ? {} : { ok }), ...(err === undefined ? {} : { err }) }
  }

  #world(name: string, doc: string): World {
    const out: World = { name, doc, imports: [], exports: [], includes: [] }
    const lists = new Map([
      ['import', out.imports],
      ['export', out.exports],
      ['include', out.includes],
    ])
    this.#expect('{')
    while (!this.#accept('}')) {
      const list = lists.get(this.#next().text) ?? this.#fail('import, export or include')
      list.push(this.#next().text)
      this.#expect(';')
    }
    return out
  }

  #braced<T>(item: () => T): T[] {
    this.#expect('{')
    return this.#list('}', item)
  }

  #list<T>(end: string, item: () => T): T[] {
    const out: T[] = []
    while (!this.#accept(end)) {
      out.push(item())
      if (this.#accept(end)) break
      this.#expect(',')
    }
    return out
  }

  #next(): Token {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new Error('the WIT ends too early')
    this.#at += 1
    return token
  }

  #accept(text: string): boolean {
    if (this.#tokens[this.#at]?.text !== text) return false
    this.#at += 1
    return true
  }

  #expect(text: string): void {
    if (!this.#accept(text)) {
      this.#at += 1
      this.#fail(`"${text}"`)
    }
  }

  #fail(expected: string): never {
    const token = this.#tokens[this.#at - 1]
    throw new Error(`line ${token?.line ?? 'last'}: expected ${expected}, got "${token?.text ?? 'the end'}"`)
  }
}
