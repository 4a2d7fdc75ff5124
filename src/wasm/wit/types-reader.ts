import { PlutinoError } from '../../base/errors.ts'
import type { Case, NamedType, Primitive, WitFunction, WitType } from './model.ts'
import type { Tokens } from './tokens.ts'

const PRIMITIVES: ReadonlySet<string> = new Set<Primitive>([
  'bool',
  'u8',
  's8',
  'u16',
  's16',
  'u32',
  's32',
  'u64',
  's64',
  'f32',
  'f64',
  'char',
])

function isPrimitive(word: string): word is Primitive {
  return PRIMITIVES.has(word)
}

/** The names that an interface knows while it is read. */
export interface Scope {
  readonly types: Map<string, WitType>
  readonly resources: string[]
}

/** A use of a type: `list<u8>`, `result<_, error>`, a name of the scope. */
function readType(tokens: Tokens, scope: Scope): WitType {
  const word = tokens.next()
  if (isPrimitive(word) || word === 'string') return { kind: word }
  switch (word) {
    case 'list':
    case 'option': {
      tokens.expect('<')
      const element = readType(tokens, scope)
      tokens.expect('>')
      return word === 'list' ? { kind: 'list', element } : { kind: 'option', element }
    }
    case 'tuple': {
      tokens.expect('<')
      return { kind: 'tuple', items: tokens.listUntil('>', () => readType(tokens, scope)) }
    }
    case 'result':
      return readResult(tokens, scope)
    case 'borrow': {
      tokens.expect('<')
      const resource = tokens.next()
      tokens.expect('>')
      return { kind: 'borrow', resource }
    }
    default:
      return named(word, scope)
  }
}

function named(word: string, scope: Scope): WitType {
  if (scope.resources.includes(word)) return { kind: 'own', resource: word }
  const type = scope.types.get(word)
  if (type === undefined) throw new PlutinoError('internal', `WIT: unknown type "${word}"`)
  return type
}

function readResult(tokens: Tokens, scope: Scope): WitType {
  if (!tokens.take('<')) return { kind: 'result' }
  const parts = tokens.listUntil('>', () => (tokens.take('_') ? undefined : readType(tokens, scope)))
  const [ok, err] = parts
  return { kind: 'result', ...(ok === undefined ? {} : { ok }), ...(err === undefined ? {} : { err }) }
}

/** The definition that follows one of the words `record`, `variant`, `enum`, `flags`, `type`. */
export function readDefinition(word: string, tokens: Tokens, scope: Scope): void {
  const name = tokens.next()
  if (word === 'type') {
    tokens.expect('=')
    scope.types.set(name, readType(tokens, scope))
    tokens.expect(';')
    return
  }
  tokens.expect('{')
  scope.types.set(name, body(word, name, tokens, scope))
}

function body(word: string, name: string, tokens: Tokens, scope: Scope): WitType {
  switch (word) {
    case 'record':
      return { kind: 'record', name, fields: tokens.listUntil('}', () => readNamed(tokens, scope)) }
    case 'variant':
      return { kind: 'variant', name, cases: tokens.listUntil('}', () => readCase(tokens, scope)) }
    case 'enum':
    case 'flags':
      return { kind: word, name, names: tokens.listUntil('}', () => tokens.next()) }
    default:
      throw new PlutinoError('internal', `WIT: "${word}" is not supported`)
  }
}

function readNamed(tokens: Tokens, scope: Scope): NamedType {
  const name = tokens.next()
  tokens.expect(':')
  return { name, type: readType(tokens, scope) }
}

function readCase(tokens: Tokens, scope: Scope): Case {
  const name = tokens.next()
  if (!tokens.take('(')) return { name }
  const type = readType(tokens, scope)
  tokens.expect(')')
  return { name, type }
}

/** `func(a: u32) -> string;` after its name and colon. `self`: the resource whose method it is. */
export function readFunction(name: string, tokens: Tokens, scope: Scope, self?: string): WitFunction {
  tokens.expect('func')
  tokens.expect('(')
  const own: NamedType[] = self === undefined ? [] : [{ name: 'self', type: { kind: 'borrow', resource: self } }]
  const params = [...own, ...tokens.listUntil(')', () => readNamed(tokens, scope))]
  const result = tokens.take('->') ? readType(tokens, scope) : undefined
  tokens.expect(';')
  return result === undefined ? { name, params } : { name, params, result }
}
