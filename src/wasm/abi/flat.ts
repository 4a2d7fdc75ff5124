import { isScalar, type Scalar, type WitType } from '../wit/model.ts'
import type { Flat, Guest } from './guest.ts'
import { casesOf, type CoreType, discriminantSize, layoutOf } from './layout.ts'
import { checkTag, liftingElements, liftText, numberCheck, writeTag } from './lift.ts'
import { isPlain } from './lower-source.ts'
import { loweringElements } from './lower.ts'
import type { WireReader, WireWriter } from './wire.ts'

/** Takes one value from the wire and appends its core values. */
export type LowerFlat = (wire: WireReader, guest: Guest, out: Flat[]) => void
/** Takes one value's core values from `flats`, from `from` on, and puts it on the wire. */
export type LiftFlat = (guest: Guest, flats: readonly Flat[], from: number, wire: WireWriter) => void

export function loweringFlat(type: WitType): LowerFlat {
  if (isScalar(type)) return lowerNumber(type)
  switch (type.kind) {
    case 'string':
      return (wire, { memory }, out) => {
        const size = wire.u32()
        out.push(memory.put(wire.bytes, wire.skip(size), size, 1), size)
      }
    case 'list':
      return lowerList(type.element)
    case 'record':
      return lowerAll(type.fields.map((field) => field.type))
    case 'tuple':
      return lowerAll(type.items)
    case 'option':
    case 'result':
    case 'variant':
      return lowerChoice(casesOf(type))
    case 'own':
    case 'borrow':
      return (wire, { resources }, out) => out.push(resources.give(wire.u32(), type.resource))
  }
}

function lowerList(element: WitType): LowerFlat {
  const { size, align } = layoutOf(element)
  if (isPlain(element)) {
    return (wire, { memory }, out) => {
      const count = wire.u32()
      out.push(memory.put(wire.bytes, wire.skip(count * size), count * size, align), count)
    }
  }
  const lower = loweringElements(element)
  return (wire, guest, out) => {
    const count = wire.u32()
    const address = guest.memory.allocate(count * size, align)
    lower(wire, guest, address, count)
    out.push(address, count)
  }
}

function lowerAll(types: readonly WitType[]): LowerFlat {
  const members = types.map(loweringFlat)
  return (wire, guest, out) => {
    for (const lower of members) lower(wire, guest, out)
  }
}

function lowerNumber(type: Scalar): LowerFlat {
  const { kind } = type
  if (kind === 's8') return (wire, _, out) => out.push((wire.u8() << 24) >> 24)
  if (kind === 's16') return (wire, _, out) => out.push((wire.u16() << 16) >> 16)
  if (kind === 'u64' || kind === 's64') return (wire, _, out) => out.push(wire.s64())
  if (kind === 'f32') return (wire, _, out) => out.push(wire.f32())
  if (kind === 'f64') return (wire, _, out) => out.push(wire.f64())
  return lowerUnsigned(layoutOf(type).size)
}

function lowerUnsigned(size: number): LowerFlat {
  if (size === 1) return (wire, _, out) => out.push(wire.u8())
  if (size === 2) return (wire, _, out) => out.push(wire.u16())
  return (wire, _, out) => out.push(wire.u32() | 0)
}

function lowerChoice(cases: readonly (WitType | undefined)[]): LowerFlat {
  const slots = choiceSlots(cases)
  const flats = cases.map((one) => (one === undefined ? [] : layoutOf(one).flat))
  const payloads = cases.map((one) => (one === undefined ? undefined : loweringFlat(one)))
  const size = discriminantSize(cases.length)
  return (wire, guest, out) => {
    const tag = size === 1 ? wire.u8() : size === 2 ? wire.u16() : wire.u32()
    out.push(tag)
    const first = out.length
    payloads[tag]?.(wire, guest, out)
    const have = flats[tag] ?? []
    slots.forEach((slot, i) => {
      out[first + i] = widen(have[i], slot, out[first + i])
    })
  }
}

/** The core types after the discriminant. */
function choiceSlots(cases: readonly (WitType | undefined)[]): readonly CoreType[] {
  const names = cases.map((type, i) => (type === undefined ? { name: String(i) } : { name: String(i), type }))
  return layoutOf({ kind: 'variant', name: '', cases: names }).flat.slice(1)
}

/** A case's core value in the slot that it shares with the other cases. */
function widen(have: CoreType | undefined, slot: CoreType, value: Flat = 0): Flat {
  if (have === undefined) return slot === 'i64' ? 0n : 0
  if (have === slot) return value
  if (have === 'i32') return BigInt(Number(value) >>> 0)
  const bits = new DataView(new ArrayBuffer(8))
  if (have === 'f64') {
    bits.setFloat64(0, Number(value))
    return bits.getBigInt64(0)
  }
  bits.setFloat32(0, Number(value))
  return slot === 'i32' ? bits.getInt32(0) : BigInt(bits.getUint32(0))
}

/** The opposite of `widen`. */
function narrow(slot: CoreType, wanted: CoreType, value: Flat): Flat {
  if (slot === wanted) return value
  if (wanted === 'i32') return Number(BigInt.asIntN(32, BigInt(value)))
  const bits = new DataView(new ArrayBuffer(8))
  if (wanted === 'f64') {
    bits.setBigInt64(0, BigInt(value))
    return bits.getFloat64(0)
  }
  bits.setInt32(0, Number(BigInt.asIntN(32, BigInt(value))))
  return bits.getFloat32(0)
}

export function liftingFlat(type: WitType): LiftFlat {
  if (isScalar(type)) return liftNumber(type)
  switch (type.kind) {
    case 'string':
      return ({ memory }, flats, from, wire) => liftText(memory, unsigned(flats[from]), unsigned(flats[from + 1]), wire)
    case 'list': {
      const lift = liftingElements(type.element)
      return (guest, flats, from, wire) => lift(guest, unsigned(flats[from]), unsigned(flats[from + 1]), wire)
    }
    case 'record':
      return liftAll(type.fields.map((field) => field.type))
    case 'tuple':
      return liftAll(type.items)
    case 'option':
    case 'result':
    case 'variant':
      return liftChoice(casesOf(type))
    case 'own':
      return ({ resources }, flats, from, wire) => wire.u32(resources.take(unsigned(flats[from]), type.resource))
    case 'borrow':
      return ({ resources }, flats, from, wire) => wire.u32(resources.lookUp(unsigned(flats[from]), type.resource))
  }
}

function unsigned(value: Flat | undefined): number {
  return Number(value) >>> 0
}

function liftNumber(type: Scalar): LiftFlat {
  const { kind } = type
  if (kind === 'u64' || kind === 's64') return (_, flats, from, wire) => wire.u64(BigInt.asUintN(64, BigInt(flats[from] ?? 0)))
  if (kind === 'f32') return (_, flats, from, wire) => wire.f32(Number(flats[from]))
  if (kind === 'f64') return (_, flats, from, wire) => wire.f64(Number(flats[from]))
  const { size } = layoutOf(type)
  const check = numberCheck(type)
  if (size === 1) return (_, flats, from, wire) => wire.u8(check(unsigned(flats[from])))
  if (size === 2) return (_, flats, from, wire) => wire.u16(check(unsigned(flats[from])))
  return (_, flats, from, wire) => wire.u32(check(unsigned(flats[from])))
}

function liftAll(types: readonly WitType[]): LiftFlat {
  let slots = 0
  const members = types.map((type) => {
    const member = { lift: liftingFlat(type), slot: slots }
    slots += layoutOf(type).flat.length
    return member
  })
  return (guest, flats, from, wire) => {
    for (const { lift, slot } of members) lift(guest, flats, from + slot, wire)
  }
}

function liftChoice(cases: readonly (WitType | undefined)[]): LiftFlat {
  const slots = choiceSlots(cases)
  const flatTypes = cases.map((one) => (one === undefined ? [] : layoutOf(one).flat))
  const payloads = cases.map((one) => (one === undefined ? undefined : liftingFlat(one)))
  const size = discriminantSize(cases.length)
  return (guest, flats, from, wire) => {
    const tag = checkTag(unsigned(flats[from]), cases.length)
    writeTag(wire, tag, size)
    const payload = payloads[tag]
    if (payload === undefined) return
    const own = (flatTypes[tag] ?? []).map((wanted, i) => narrow(slots[i] ?? wanted, wanted, flats[from + 1 + i] ?? 0))
    payload(guest, own, 0, wire)
  }
}
