import { isScalar, type Primitive, type Scalar, type WitType } from '../wit/model.ts'

export type CoreType = 'i32' | 'i64' | 'f32' | 'f64'

/** How the canonical ABI stores a type in linear memory and passes it in core parameters. */
export interface Layout {
  /** Bytes, a multiple of `align`. */
  readonly size: number
  readonly align: number
  readonly flat: readonly CoreType[]
}

/** More core parameters than these travel through memory. */
export const MAX_FLAT_PARAMS = 16
export const MAX_FLAT_RESULTS = 1

const NUMBERS: Readonly<Record<Primitive, Layout>> = {
  bool: { size: 1, align: 1, flat: ['i32'] },
  u8: { size: 1, align: 1, flat: ['i32'] },
  s8: { size: 1, align: 1, flat: ['i32'] },
  u16: { size: 2, align: 2, flat: ['i32'] },
  s16: { size: 2, align: 2, flat: ['i32'] },
  u32: { size: 4, align: 4, flat: ['i32'] },
  s32: { size: 4, align: 4, flat: ['i32'] },
  u64: { size: 8, align: 8, flat: ['i64'] },
  s64: { size: 8, align: 8, flat: ['i64'] },
  f32: { size: 4, align: 4, flat: ['f32'] },
  f64: { size: 8, align: 8, flat: ['f64'] },
  char: { size: 4, align: 4, flat: ['i32'] },
}
const POINTER_AND_COUNT: Layout = { size: 8, align: 4, flat: ['i32', 'i32'] }
const HANDLE: Layout = { size: 4, align: 4, flat: ['i32'] }

/** Component model, canonical ABI: `alignment`, `elem_size` and `flatten_type`. */
export function layoutOf(type: WitType): Layout {
  if (isScalar(type)) return scalarLayout(type)
  switch (type.kind) {
    case 'string':
    case 'list':
      return POINTER_AND_COUNT
    case 'own':
    case 'borrow':
      return HANDLE
    case 'record':
      return recordLayout(type.fields.map((field) => field.type))
    case 'tuple':
      return recordLayout(type.items)
    case 'option':
    case 'result':
    case 'variant':
      return variantLayout(casesOf(type))
  }
}

function scalarLayout(type: Scalar): Layout {
  if (type.kind !== 'enum' && type.kind !== 'flags') return NUMBERS[type.kind]
  const { length } = type.names
  const size = type.kind === 'enum' ? discriminantSize(length) : length <= 8 ? 1 : length <= 16 ? 2 : 4
  return { size, align: size, flat: ['i32'] }
}

type Choice = Extract<WitType, { kind: 'option' | 'result' | 'variant' }>

/** The payload types of an option, a result or a variant, by discriminant. */
export function casesOf(type: Choice): readonly (WitType | undefined)[] {
  if (type.kind === 'option') return [undefined, type.element]
  if (type.kind === 'result') return [type.ok, type.err]
  return type.cases.map((one) => one.type)
}

export function discriminantSize(cases: number): 1 | 2 | 4 {
  return cases <= 0x100 ? 1 : cases <= 0x10000 ? 2 : 4
}

/** Where the payload of a choice begins. */
export function payloadOffset(cases: readonly (WitType | undefined)[]): number {
  const align = Math.max(1, ...cases.map((one) => (one === undefined ? 1 : layoutOf(one).align)))
  return alignTo(discriminantSize(cases.length), align)
}

/** Where each member of a record or tuple begins. */
export function memberOffsets(types: readonly WitType[]): readonly number[] {
  let end = 0
  return types.map((type) => {
    const { size, align } = layoutOf(type)
    const offset = alignTo(end, align)
    end = offset + size
    return offset
  })
}

function recordLayout(types: readonly WitType[]): Layout {
  const layouts = types.map(layoutOf)
  const align = Math.max(1, ...layouts.map((one) => one.align))
  const end = (memberOffsets(types).at(-1) ?? 0) + (layouts.at(-1)?.size ?? 0)
  return { size: alignTo(end, align), align, flat: layouts.flatMap((one) => one.flat) }
}

function variantLayout(cases: readonly (WitType | undefined)[]): Layout {
  const layouts = cases.map((one) => (one === undefined ? undefined : layoutOf(one)))
  const align = Math.max(discriminantSize(cases.length), ...layouts.map((one) => one?.align ?? 1))
  const size = alignTo(payloadOffset(cases) + Math.max(0, ...layouts.map((one) => one?.size ?? 0)), align)
  const flat: CoreType[] = []
  for (const one of layouts) {
    one?.flat.forEach((core, i) => {
      flat[i] = joined(flat[i], core)
    })
  }
  return { size, align, flat: ['i32', ...flat] }
}

/** The core type that can carry both. */
function joined(a: CoreType | undefined, b: CoreType): CoreType {
  if (a === undefined || a === b) return b
  return (a === 'i32' && b === 'f32') || (a === 'f32' && b === 'i32') ? 'i32' : 'i64'
}

function alignTo(offset: number, align: number): number {
  return Math.ceil(offset / align) * align
}
