import { casesOf, discriminantSize, layoutOf } from '../abi/layout.ts'
import { writeTag } from '../abi/lift.ts'
import type { WireReader, WireWriter } from '../abi/wire.ts'
import { isScalar, type Scalar, type WitType } from '../wit/model.ts'

/**
 * A WIT value as JavaScript: 64-bit integers are bigint, `list<u8>` is bytes, a record is an object with camel-case names, a variant or
 * a result is `{ tag, val }`, an option is the value or undefined (`{ tag, val }` where options nest), an enum its name, a resource its
 * number. Flags are an object of booleans.
 */
export type WitValue =
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly WitValue[]
  | { readonly [name: string]: WitValue }

/** Between JavaScript and the wire. `write` throws a TypeError for a value of another type: our mistake. */
export interface WitCodec {
  write(wire: WireWriter, value: WitValue): void
  read(wire: WireReader): WitValue
}

export function codecOf(type: WitType): WitCodec {
  if (isScalar(type)) return scalarCodec(type)
  switch (type.kind) {
    case 'string':
      return { write: (wire, value) => wire.text(textOf(value)), read: (wire) => wire.text() }
    case 'list':
      return type.element.kind === 'u8' ? bytesCodec : listCodec(codecOf(type.element))
    case 'tuple':
      return tupleCodec(type.items.map(codecOf))
    case 'record':
      return recordCodec(type.fields.map((field) => [camelCase(field.name), codecOf(field.type)]))
    case 'option':
    case 'result':
    case 'variant':
      return choiceCodec(type)
    case 'own':
    case 'borrow':
      return integerCodec(4, false)
  }
}

function scalarCodec(type: Scalar): WitCodec {
  const { kind } = type
  if (kind === 'enum') return enumCodec(type.names)
  if (kind === 'flags') return flagsCodec(type.names, layoutOf(type).size)
  if (kind === 'bool') return { write: (wire, value) => wire.u8(value === true ? 1 : 0), read: (wire) => wire.u8() === 1 }
  if (kind === 'u64' || kind === 's64') {
    const read = kind === 'u64' ? (wire: WireReader): bigint => wire.u64() : (wire: WireReader): bigint => wire.s64()
    return { write: (wire, value) => wire.u64(BigInt.asUintN(64, bigintOf(value))), read }
  }
  if (kind === 'f32') return { write: (wire, value) => wire.f32(Number(value)), read: (wire) => wire.f32() }
  if (kind === 'f64') return { write: (wire, value) => wire.f64(Number(value)), read: (wire) => wire.f64() }
  if (kind === 'char') {
    return { write: (wire, value) => wire.u32(textOf(value).codePointAt(0) ?? 0), read: (wire) => String.fromCodePoint(wire.u32()) }
  }
  return integerCodec(layoutOf(type).size, kind.startsWith('s'))
}

export function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** A member of a record or of a `{ tag, val }`. */
export function member(value: WitValue, name: string): WitValue {
  if (typeof value !== 'object' || value instanceof Uint8Array || Array.isArray(value)) return undefined
  const record: object = value
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is left of WitValue is the record
  return Object.hasOwn(record, name) ? (record as { readonly [name: string]: WitValue })[name] : undefined
}

function bigintOf(value: WitValue): bigint {
  if (typeof value === 'bigint') return value
  throw new TypeError(`expected a bigint, got ${typeof value}`)
}

function textOf(value: WitValue): string {
  if (typeof value === 'string') return value
  throw new TypeError(`expected a text, got ${typeof value}`)
}

function itemsOf(value: WitValue): readonly WitValue[] {
  if (Array.isArray(value)) return value
  // as jco gives lists of numbers
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value)
  throw new TypeError(`expected a list, got ${typeof value}`)
}

const bytesCodec: WitCodec = {
  write(wire, value) {
    if (!(value instanceof Uint8Array)) throw new TypeError(`expected bytes, got ${typeof value}`)
    wire.blob(value)
  },
  read: (wire) => new Uint8Array(wire.blob()),
}

function listCodec(element: WitCodec): WitCodec {
  return {
    write(wire, value) {
      const items = itemsOf(value)
      wire.u32(items.length)
      for (const item of items) element.write(wire, item)
    },
    read: (wire) => Array.from({ length: wire.u32() }, () => element.read(wire)),
  }
}

function tupleCodec(items: readonly WitCodec[]): WitCodec {
  return {
    write(wire, value) {
      const given = itemsOf(value)
      items.forEach((item, i) => item.write(wire, given[i]))
    },
    read: (wire) => items.map((item) => item.read(wire)),
  }
}

function recordCodec(fields: readonly (readonly [string, WitCodec])[]): WitCodec {
  return {
    write(wire, value) {
      for (const [name, field] of fields) field.write(wire, member(value, name))
    },
    read: (wire) => Object.fromEntries(fields.map(([name, field]) => [name, field.read(wire)])),
  }
}

function choiceCodec(type: Extract<WitType, { kind: 'option' | 'result' | 'variant' }>): WitCodec {
  const types = casesOf(type)
  const payloads = types.map((one) => (one === undefined ? undefined : codecOf(one)))
  const size = discriminantSize(types.length)
  const names = type.kind === 'option' ? ['none', 'some'] : type.kind === 'result' ? ['ok', 'err'] : type.cases.map((one) => one.name)
  const plain = type.kind === 'option' && type.element.kind !== 'option'
  return {
    write(wire, value) {
      const tag = plain ? (value === undefined ? 0 : 1) : names.indexOf(textOf(member(value, 'tag')))
      if (tag < 0) throw new TypeError(`expected one of ${names.join(', ')}`)
      writeTag(wire, tag, size)
      payloads[tag]?.write(wire, plain ? value : member(value, 'val'))
    },
    read(wire) {
      const tag = size === 1 ? wire.u8() : size === 2 ? wire.u16() : wire.u32()
      const payload = payloads[tag]?.read(wire)
      if (plain) return payload
      const name = names[tag]
      return payloads[tag] === undefined ? { tag: name } : { tag: name, val: payload }
    },
  }
}

function enumCodec(names: readonly string[]): WitCodec {
  const size = discriminantSize(names.length)
  return {
    write(wire, value) {
      const tag = names.indexOf(textOf(value))
      if (tag < 0) throw new TypeError(`expected one of ${names.join(', ')}`)
      writeTag(wire, tag, size)
    },
    read: (wire) => names[size === 1 ? wire.u8() : size === 2 ? wire.u16() : wire.u32()],
  }
}

function flagsCodec(kebab: readonly string[], size: number): WitCodec {
  const number = integerCodec(size, false)
  const names = kebab.map(camelCase)
  return {
    write: (wire, value) =>
      number.write(
        wire,
        names.reduce((bits, name, i) => bits + (member(value, name) === true ? 2 ** i : 0), 0),
      ),
    read(wire) {
      const bits = Number(number.read(wire))
      return Object.fromEntries(names.map((name, i) => [name, Math.floor(bits / 2 ** i) % 2 === 1]))
    },
  }
}

function integerCodec(size: number, signed: boolean): WitCodec {
  const shift = 32 - size * 8
  return {
    write: (wire, value) => (size === 1 ? wire.u8(Number(value)) : size === 2 ? wire.u16(Number(value)) : wire.u32(Number(value))),
    read(wire) {
      const value = size === 1 ? wire.u8() : size === 2 ? wire.u16() : wire.u32()
      return signed ? (value << shift) >> shift : value
    },
  }
}
