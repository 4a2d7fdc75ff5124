import { isScalar, type Scalar, type WitType } from '../wit/model.ts'
import type { Guest } from './guest.ts'
import { casesOf, discriminantSize, layoutOf, memberOffsets, payloadOffset } from './layout.ts'
import { isPlain } from './lower-source.ts'
import { GuestTrap } from './trap.ts'
import type { WireWriter } from './wire.ts'

/** Reads one value at an address of the guest and puts it on the wire. The address has been checked for the value's own size. */
export type Lift = (guest: Guest, at: number, wire: WireWriter) => void

/** Made once for each type. Discriminants, booleans, characters, UTF-8, addresses and counts are checked: a guest may lie. */
export function lifting(type: WitType): Lift {
  if (isScalar(type)) return liftNumber(type)
  switch (type.kind) {
    case 'string':
      return ({ memory }, at, wire) => liftText(memory, memory.view.getUint32(at, true), memory.view.getUint32(at + 4, true), wire)
    case 'list': {
      const lift = liftingElements(type.element)
      return (guest, at, wire) => lift(guest, guest.memory.view.getUint32(at, true), guest.memory.view.getUint32(at + 4, true), wire)
    }
    case 'record':
      return liftMembers(type.fields.map((field) => field.type))
    case 'tuple':
      return liftMembers(type.items)
    case 'option':
    case 'result':
    case 'variant':
      return liftChoice(casesOf(type))
    case 'own':
      return ({ memory, resources }, at, wire) => wire.u32(resources.take(memory.view.getUint32(at, true), type.resource))
    case 'borrow':
      return ({ memory, resources }, at, wire) => wire.u32(resources.lookUp(memory.view.getUint32(at, true), type.resource))
  }
}

export function liftText(memory: Guest['memory'], address: number, size: number, wire: WireWriter): void {
  memory.checkRange(address, size, 1)
  if (!wire.shortAscii(memory.view, address, size)) wire.blob(memory.text(address, size))
}

/** Lifts `count` elements of a list that begin at `address`. */
export function liftingElements(element: WitType): (guest: Guest, address: number, count: number, wire: WireWriter) => void {
  const { size, align } = layoutOf(element)
  if (isPlain(element)) {
    return ({ memory }, address, count, wire) => {
      const bytes = memory.range(address, count * size, align)
      wire.u32(count)
      wire.raw(bytes)
    }
  }
  const lift = lifting(element)
  return (guest, address, count, wire) => {
    guest.memory.checkRange(address, count * size, align)
    wire.u32(count)
    for (let i = 0; i < count; i++) lift(guest, address + i * size, wire)
  }
}

function liftNumber(type: Scalar): Lift {
  const { size } = layoutOf(type)
  const check = numberCheck(type)
  switch (size) {
    case 1:
      return ({ memory }, at, wire) => wire.u8(check(memory.bytes[at] ?? 0))
    case 2:
      return ({ memory }, at, wire) => wire.u16(check(memory.view.getUint16(at, true)))
    case 4:
      return ({ memory }, at, wire) => wire.u32(check(memory.view.getUint32(at, true)))
    default:
      return ({ memory }, at, wire) => {
        wire.u32(memory.view.getUint32(at, true))
        wire.u32(memory.view.getUint32(at + 4, true))
      }
  }
}

/** What a guest's i32 (unsigned) means as a value of the type, in the bits of its wire form; throws when it means nothing. */
export function numberCheck(type: Scalar): (value: number) => number {
  if (type.kind === 'bool') return (value) => (value === 0 ? 0 : 1)
  if (type.kind === 'char') return checkCharacter
  if (type.kind === 'enum') return (value) => checkTag(value, type.names.length)
  if (type.kind !== 'flags') return (value) => value
  const mask = type.names.length >= 32 ? 0xffff_ffff : 2 ** type.names.length - 1
  return (value) => (value & mask) >>> 0
}

function checkCharacter(value: number): number {
  if (value <= 0x10ffff && (value < 0xd800 || value > 0xdfff)) return value
  throw new GuestTrap(`the guest gave the character ${value}, which does not exist`)
}

export function checkTag(tag: number, cases: number): number {
  if (tag >= cases) throw new GuestTrap(`the guest gave case ${tag} of a type with ${cases} cases`)
  return tag
}

function liftMembers(types: readonly WitType[]): Lift {
  const offsets = memberOffsets(types)
  const members = types.map((type, i) => ({ lift: lifting(type), offset: offsets[i] ?? 0 }))
  return (guest, at, wire) => {
    for (const { lift, offset } of members) lift(guest, at + offset, wire)
  }
}

function liftChoice(cases: readonly (WitType | undefined)[]): Lift {
  const payloads = cases.map((one) => (one === undefined ? undefined : lifting(one)))
  const offset = payloadOffset(cases)
  const size = discriminantSize(cases.length)
  const { length } = cases
  return (guest, at, wire) => {
    const { bytes, view } = guest.memory
    const tag = checkTag(size === 1 ? (bytes[at] ?? 0) : size === 2 ? view.getUint16(at, true) : view.getUint32(at, true), length)
    writeTag(wire, tag, size)
    payloads[tag]?.(guest, at + offset, wire)
  }
}

export function writeTag(wire: WireWriter, tag: number, size: 1 | 2 | 4): void {
  if (size === 1) wire.u8(tag)
  else if (size === 2) wire.u16(tag)
  else wire.u32(tag)
}
