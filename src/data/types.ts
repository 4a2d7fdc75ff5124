/** The type of a declared column. */
export type SqlType =
  | { readonly kind: 'bigint' | 'float' | 'string' | 'boolean' | 'datetime' | 'bytea' }
  | { readonly kind: 'array'; readonly element: SqlType }
  | { readonly kind: 'struct'; readonly fields: readonly Column[] }

/** A column by name. Without a type it is schemaless: whatever the payload holds. */
export interface Column {
  readonly name: string
  readonly type?: SqlType
}
