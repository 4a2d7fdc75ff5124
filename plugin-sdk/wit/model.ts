/** The part of WIT that plutino:plugin uses, as data. Names stay as they are written in the WIT. */

export type Primitive = 'bool' | 'u8' | 's8' | 'u16' | 's16' | 'u32' | 's32' | 'u64' | 's64' | 'f32' | 'f64' | 'char'

/** `doc`: the text of the `///` comment above, without the slashes. */
interface Documented {
  readonly name: string
  readonly doc: string
}

export interface Field extends Documented {
  readonly type: Type
}

export interface Case extends Documented {
  readonly type?: Type
}

export type Definition =
  | (Documented & { readonly kind: 'record'; readonly fields: readonly Field[] })
  | (Documented & { readonly kind: 'variant'; readonly cases: readonly Case[] })
  | (Documented & { readonly kind: 'enum'; readonly cases: readonly Case[] })
  | (Documented & { readonly kind: 'resource'; readonly functions: readonly Function[] })
  | (Documented & { readonly kind: 'alias'; readonly type: Type })

export type Type =
  | { readonly kind: 'primitive'; readonly name: Primitive }
  | { readonly kind: 'string' }
  | { readonly kind: 'list'; readonly item: Type }
  | { readonly kind: 'option'; readonly item: Type }
  | { readonly kind: 'result'; readonly ok?: Type; readonly err?: Type }
  | { readonly kind: 'tuple'; readonly items: readonly Type[] }
  | { readonly kind: 'borrow'; readonly item: Type }
  /** A name that `resolve` looks up in its interface: definitions may stand after their use. */
  | { readonly kind: 'name'; readonly name: string; readonly scope: Interface }

/** A type after `resolve`; `handle` owns a resource unless `borrowed`. */
export type Resolved =
  | Exclude<Type, { kind: 'name' | 'borrow' }>
  | Exclude<Definition, { kind: 'resource' | 'alias' }>
  | { readonly kind: 'handle'; readonly resource: string; readonly borrowed: boolean }

export interface Function extends Documented {
  readonly kind: 'plain' | 'method' | 'static'
  readonly params: readonly { readonly name: string; readonly type: Type }[]
  readonly result?: Type
}

export interface Interface extends Documented {
  /** As components name it: `plutino:plugin/db@1.0.0`. */
  readonly id: string
  readonly types: Map<string, Definition>
  /** Names that another interface of the package defines. */
  readonly uses: Map<string, { readonly from: string; readonly name: string }>
  readonly functions: Function[]
}

export interface World extends Documented {
  readonly imports: string[]
  readonly exports: string[]
  readonly includes: string[]
}

export interface Package {
  /** `plutino:plugin@1.0.0` */
  readonly id: string
  readonly interfaces: Map<string, Interface>
  readonly worlds: Map<string, World>
}

/** What a type is: looks names up, through `use` and aliases. */
export function resolve(pkg: Package, type: Type): Resolved {
  if (type.kind === 'borrow') {
    const item = resolve(pkg, type.item)
    if (item.kind !== 'handle') throw new Error('borrow<> expects a resource')
    return { ...item, borrowed: true }
  }
  if (type.kind !== 'name') return type
  const found = lookUp(pkg, type.scope, type.name)
  if (found.kind === 'alias') return resolve(pkg, found.type)
  if (found.kind === 'resource') return { kind: 'handle', resource: found.name, borrowed: false }
  return found
}

function lookUp(pkg: Package, scope: Interface, name: string): Definition {
  const own = scope.types.get(name)
  if (own !== undefined) return own
  const use = scope.uses.get(name)
  const from = use === undefined ? undefined : pkg.interfaces.get(use.from)
  if (use === undefined || from === undefined) throw new Error(`interface ${scope.name} has no type ${name}`)
  return lookUp(pkg, from, use.name)
}

/** Interfaces of a world, includes followed, in the order of the WIT. */
export function worldItems(pkg: Package, name: string): { readonly imports: readonly Interface[]; readonly exports: readonly Interface[] } {
  const world = pkg.worlds.get(name)
  if (world === undefined) throw new Error(`no world ${name} in ${pkg.id}; there are ${[...pkg.worlds.keys()].join(', ')}`)
  const included = world.includes.map((other) => worldItems(pkg, other))
  const named = (names: readonly string[]): Interface[] =>
    names.map((each) => {
      const found = pkg.interfaces.get(each)
      if (found === undefined) throw new Error(`world ${name} names the interface ${each}, which ${pkg.id} does not have`)
      return found
    })
  return {
    imports: [...included.flatMap((each) => each.imports), ...named(world.imports)],
    exports: [...included.flatMap((each) => each.exports), ...named(world.exports)],
  }
}
