import { PlutinoError } from '../../base/errors.ts'
import type { WitFunction, WitInterface, WitPackage, WitWorld } from './model.ts'
import { Tokens } from './tokens.ts'
import { readDefinition, readFunction, type Scope } from './types-reader.ts'

/** Reads the WIT of one package: interfaces with plain functions and resources, worlds of imports, exports and includes. */
export function readWit(text: string): WitPackage {
  const tokens = new Tokens(text)
  tokens.expect('package')
  const name = `${tokens.next()}${tokens.next()}${tokens.next()}`
  tokens.expect('@')
  const version = tokens.next()
  tokens.expect(';')
  const interfaces = new Map<string, WitInterface>()
  const worlds = new Map<string, WitWorld>()
  while (!tokens.done) {
    const word = tokens.next()
    const itemName = tokens.next()
    tokens.expect('{')
    if (word === 'interface') interfaces.set(itemName, readInterface(itemName, tokens, interfaces))
    else if (word === 'world') worlds.set(itemName, readWorld(itemName, tokens, worlds))
    else throw new PlutinoError('internal', `WIT: expected an interface or a world, got "${word}"`)
  }
  return { name, version, interfaces, worlds }
}

function readInterface(name: string, tokens: Tokens, known: ReadonlyMap<string, WitInterface>): WitInterface {
  const scope: Scope = { types: new Map(), resources: [] }
  const functions: WitFunction[] = []
  while (!tokens.take('}')) {
    const word = tokens.next()
    if (word === 'use') readUse(tokens, scope, known)
    else if (word === 'resource') readResource(tokens, scope, functions)
    else if (tokens.take(':')) functions.push(readFunction(word, tokens, scope))
    else readDefinition(word, tokens, scope)
  }
  return { name, types: scope.types, resources: scope.resources, functions }
}

/** `use types.{value, error};`: the tokens make one word of `types.`. */
function readUse(tokens: Tokens, scope: Scope, known: ReadonlyMap<string, WitInterface>): void {
  const from = tokens.next().replace(/\.$/, '')
  tokens.expect('{')
  for (const name of tokens.listUntil('}', () => tokens.next())) {
    const type = known.get(from)?.types.get(name)
    if (type === undefined) throw new PlutinoError('internal', `WIT: ${from} has no type "${name}"`)
    scope.types.set(name, type)
  }
  tokens.expect(';')
}

function readResource(tokens: Tokens, scope: Scope, functions: WitFunction[]): void {
  const resource = tokens.next()
  scope.resources.push(resource)
  if (tokens.take(';')) return
  tokens.expect('{')
  while (!tokens.take('}')) {
    const name = tokens.next()
    tokens.expect(':')
    if (tokens.take('static')) functions.push(readFunction(`[static]${resource}.${name}`, tokens, scope))
    else functions.push(readFunction(`[method]${resource}.${name}`, tokens, scope, resource))
  }
}

function readWorld(name: string, tokens: Tokens, worlds: ReadonlyMap<string, WitWorld>): WitWorld {
  const imports: string[] = []
  const exports: string[] = []
  while (!tokens.take('}')) {
    const word = tokens.next()
    const item = tokens.next()
    tokens.expect(';')
    if (word === 'import') imports.push(item)
    else if (word === 'export') exports.push(item)
    else {
      imports.push(...(worlds.get(item)?.imports ?? []))
      exports.push(...(worlds.get(item)?.exports ?? []))
    }
  }
  return { name, imports, exports }
}
