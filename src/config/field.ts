/** Plain data. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** How a field is described to a person. Shared by every kind of field. */
export interface About {
  readonly doc: string
  readonly label?: string
  readonly examples?: readonly Json[]
  /** Shown last and hidden by default in forms. */
  readonly advanced?: boolean
  /** Never shown, logged or sent back. */
  readonly secret?: boolean
  /** What to use instead. */
  readonly deprecated?: string
  readonly optional?: boolean
  /** May hold `{{…}}`, evaluated per row. Only strings. */
  readonly template?: boolean
  /** The address of a database: opened by the host, never given to a plugin in the clear. Only strings. */
  readonly database?: boolean
}

/** A config field as plain data: it crosses the WIT boundary and REST unchanged. */
export type Field = About &
  (
    | { readonly kind: 'string'; readonly minLength?: number; readonly pattern?: string; readonly default?: string }
    | { readonly kind: 'integer' | 'number'; readonly min?: number; readonly max?: number; readonly default?: number }
    | { readonly kind: 'boolean'; readonly default?: boolean }
    /** `10s`, `1h30m`, or a number of milliseconds. Parsed to milliseconds. */
    | { readonly kind: 'duration'; readonly default?: string | number }
    | { readonly kind: 'choice'; readonly options: Readonly<Record<string, string>>; readonly default?: string }
    | { readonly kind: 'list'; readonly item: Field; readonly default?: readonly Json[] }
    | { readonly kind: 'object'; readonly fields: Fields }
    /** Any keys, values of one kind. */
    | { readonly kind: 'map'; readonly value: Field; readonly default?: { readonly [key: string]: Json } }
    /** Anything. */
    | { readonly kind: 'json'; readonly default?: Json }
  )

export type Fields = Readonly<Record<string, Field>>

declare const typed: unique symbol
/** A field that remembers, for TypeScript only, the type it parses to. */
export type Typed<T> = Field & { readonly [typed]?: T }

/** The type that a record of fields parses to. */
export type ConfigOf<F> = { readonly [K in keyof F]: F[K] extends { readonly [typed]?: infer T } ? Exclude<T, never> : never }

type Options<T> = Omit<About, 'doc'> & { readonly default?: T }
/** Optional without a default: may be undefined. */
type Parsed<T, O> = O extends { optional: true } ? T | undefined : T

export const string = <const O extends Options<string> & { minLength?: number; pattern?: string }>(
  doc: string,
  options?: O,
): Typed<Parsed<string, O>> => ({
  kind: 'string',
  doc,
  ...options,
})

export const integer = <const O extends Options<number> & { min?: number; max?: number }>(
  doc: string,
  options?: O,
): Typed<Parsed<number, O>> => ({
  kind: 'integer',
  doc,
  ...options,
})

export const number = <const O extends Options<number> & { min?: number; max?: number }>(
  doc: string,
  options?: O,
): Typed<Parsed<number, O>> => ({
  kind: 'number',
  doc,
  ...options,
})

export const boolean = <const O extends Options<boolean>>(doc: string, options?: O): Typed<Parsed<boolean, O>> => ({
  kind: 'boolean',
  doc,
  ...options,
})

/** Written as `10s`, `500ms`, `1h30m` or a number of milliseconds; parsed to milliseconds. */
export const duration = <const O extends Options<string | number>>(doc: string, options?: O): Typed<Parsed<number, O>> => ({
  kind: 'duration',
  doc,
  ...options,
})

export const choice = <const C extends Readonly<Record<string, string>>, const O extends Options<keyof C & string>>(
  doc: string,
  options: C,
  more?: O,
): Typed<Parsed<keyof C & string, O>> => ({ kind: 'choice', doc, options, ...more })

export const list = <T, const O extends Options<readonly Json[]>>(
  doc: string,
  item: Typed<T>,
  options?: O,
): Typed<Parsed<readonly T[], O>> => ({
  kind: 'list',
  doc,
  item,
  ...options,
})

export const object = <const F extends Fields, const O extends Omit<About, 'doc'>>(
  doc: string,
  fields: F,
  options?: O,
): Typed<Parsed<ConfigOf<F>, O>> => ({
  kind: 'object',
  doc,
  fields,
  ...options,
})

export const map = <T, const O extends Options<{ readonly [key: string]: Json }>>(
  doc: string,
  value: Typed<T>,
  options?: O,
): Typed<Parsed<Readonly<Record<string, T>>, O>> => ({ kind: 'map', doc, value, ...options })

export const json = <const O extends Options<Json>>(doc: string, options?: O): Typed<Parsed<Json, O>> => ({ kind: 'json', doc, ...options })
