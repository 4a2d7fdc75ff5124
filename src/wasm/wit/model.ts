export type Primitive = 'bool' | 'u8' | 's8' | 'u16' | 's16' | 'u32' | 's32' | 'u64' | 's64' | 'f32' | 'f64' | 'char'

export interface NamedType {
  readonly name: string
  readonly type: WitType
}

export interface Case {
  readonly name: string
  readonly type?: WitType
}

/** What fits into one core value. */
export type Scalar =
  | { readonly kind: Primitive }
  | { readonly kind: 'enum' | 'flags'; readonly name: string; readonly names: readonly string[] }

export function isScalar(type: WitType): type is Scalar {
  return SCALARS.has(type.kind)
}

const SCALARS: ReadonlySet<string> = new Set<Scalar['kind']>([
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
  'enum',
  'flags',
])

/** A type of the component model with every name resolved. */
export type WitType =
  | Scalar
  | { readonly kind: 'string' }
  | { readonly kind: 'list'; readonly element: WitType }
  | { readonly kind: 'option'; readonly element: WitType }
  | { readonly kind: 'result'; readonly ok?: WitType; readonly err?: WitType }
  | { readonly kind: 'tuple'; readonly items: readonly WitType[] }
  | { readonly kind: 'record'; readonly name: string; readonly fields: readonly NamedType[] }
  | { readonly kind: 'variant'; readonly name: string; readonly cases: readonly Case[] }
  /** `own` gives a resource away, `borrow` lends it for one call. */
  | { readonly kind: 'own' | 'borrow'; readonly resource: string }

export interface WitFunction {
  /** As the core module spells it: `log`, `[static]connection.open`, `[method]connection.exec-batch`. */
  readonly name: string
  /** A method's first parameter is `self`. */
  readonly params: readonly NamedType[]
  readonly result?: WitType
}

export interface WitInterface {
  readonly name: string
  readonly types: ReadonlyMap<string, WitType>
  readonly resources: readonly string[]
  readonly functions: readonly WitFunction[]
}

export interface WitWorld {
  readonly name: string
  /** Names of interfaces of this package, `include` resolved. */
  readonly imports: readonly string[]
  readonly exports: readonly string[]
}

export interface WitPackage {
  /** `plutino:plugin`. */
  readonly name: string
  readonly version: string
  readonly interfaces: ReadonlyMap<string, WitInterface>
  readonly worlds: ReadonlyMap<string, WitWorld>
}
