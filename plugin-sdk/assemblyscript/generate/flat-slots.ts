import type { Flat } from '../../wit/layout.ts'

/** A local variable that holds one flat slot. */
export interface Slot {
  readonly name: string
  readonly type: Flat
}

/** What is written for each flat slot of a value. */
export interface FlatVisitor {
  readonly leaf: (slot: Slot, memory: { readonly type: string; readonly flat: Flat }, address: string) => string
  readonly disc: (slot: Slot, memory: string, address: string) => string
}

/** Bits of one flat type in another, wider or equal one, and back. */
export function convert(expression: string, from: Flat, to: Flat): string {
  switch (`${from}>${to}`) {
    case 'i32>i64':
      return `<i64><u32>(${expression})`
    case 'i64>i32':
      return `<i32>(${expression})`
    case 'f32>i32':
      return `reinterpret<i32>(${expression})`
    case 'i32>f32':
      return `reinterpret<f32>(${expression})`
    case 'f64>i64':
      return `reinterpret<i64>(${expression})`
    case 'i64>f64':
      return `reinterpret<f64>(${expression})`
    case 'f32>i64':
      return `<i64>reinterpret<u32>(${expression})`
    case 'i64>f32':
      return `reinterpret<f32>(<i32>(${expression}))`
    default:
      return expression
  }
}
