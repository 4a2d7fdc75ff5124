import { isScalar, type WitType } from '../wit/model.ts'
import type { Guest } from './guest.ts'
import { casesOf, discriminantSize, layoutOf, memberOffsets, payloadOffset } from './layout.ts'
import { loweringChoices } from './lower-choices.ts'
import type { WireReader } from './wire.ts'

/** Takes one value from the wire and stores it at an address of the guest. */
export type Lower = (wire: WireReader, guest: Guest, at: number) => void

/** Element types whose wire form and memory form are the same bytes, whatever they are. */
const PLAIN: ReadonlySet<string> = new Set(['u8', 's8', 'u16', 's16', 'u32', 's32', 'u64', 's64', 'f32', 'f64'])

export function isPlain(type: WitType): boolean {
  return PLAIN.has(type.kind)
}

/** Made once for each type; the closures then run without looking at types again. */
export function lowering(type: WitType): Lower {
  if (isScalar(type)) return lowerNumber(layoutOf(type).size)
  switch (type.kind) {
    case 'string':
      return (wire, { memory }, at) => {
        const size = wire.u32()
        memory.putPair(at, memory.put(wire.bytes, wire.skip(size), size, 1), size)
      }
    case 'list':
      return isPlain(type.element) ? lowerPlainList(type.element) : lowerList(type.element)
    case 'record':
      return lowerMembers(type.fields.map((field) => field.type))
    case 'tuple':
      return lowerMembers(type.items)
    case 'option':
    case 'result':
    case 'variant':
      return lowerChoice(casesOf(type))
    case 'own':
    case 'borrow':
      return (wire, { memory, resources }, at) => memory.view.setUint32(at, resources.give(wire.u32()), true)
  }
}

function lowerNumber(size: number): Lower {
  switch (size) {
    case 1:
      return (wire, { memory }, at) => {
        memory.bytes[at] = wire.u8()
      }
    case 2:
      return (wire, { memory }, at) => memory.view.setUint16(at, wire.u16(), true)
    case 4:
      return (wire, { memory }, at) => memory.view.setUint32(at, wire.u32(), true)
    default:
      return (wire, { memory }, at) => {
        memory.view.setUint32(at, wire.u32(), true)
        memory.view.setUint32(at + 4, wire.u32(), true)
      }
  }
}

function lowerPlainList(element: WitType): Lower {
  const { size, align } = layoutOf(element)
  return (wire, { memory }, at) => {
    const count = wire.u32()
    memory.putPair(at, memory.put(wire.bytes, wire.skip(count * size), count * size, align), count)
  }
}

function lowerList(element: WitType): Lower {
  const { size, align } = layoutOf(element)
  const lower = loweringElements(element)
  return (wire, guest, at) => {
    const count = wire.u32()
    const address = guest.memory.allocate(count * size, align)
    lower(wire, guest, address, count)
    guest.memory.putPair(at, address, count)
  }
}

/** Stores `count` elements of a list from an address on. */
export function loweringElements(element: WitType): (wire: WireReader, guest: Guest, address: number, count: number) => void {
  const { size } = layoutOf(element)
  if (element.kind === 'variant' && discriminantSize(element.cases.length) === 1) {
    const cases = casesOf(element)
    const payloads = cases.map((one) => (one === undefined ? undefined : lowering(one)))
    return loweringChoices(cases, payloads, size)
  }
  const lower = lowering(element)
  return (wire, guest, address, count) => {
    for (let i = 0; i < count; i++) lower(wire, guest, address + i * size)
  }
}

function lowerMembers(types: readonly WitType[]): Lower {
  const offsets = memberOffsets(types)
  const members = types.map((type, i) => ({ lower: lowering(type), offset: offsets[i] ?? 0 }))
  return (wire, guest, at) => {
    for (const { lower, offset } of members) lower(wire, guest, at + offset)
  }
}

function lowerChoice(cases: readonly (WitType | undefined)[]): Lower {
  const payloads = cases.map((one) => (one === undefined ? undefined : lowering(one)))
  const offset = payloadOffset(cases)
  const size = discriminantSize(cases.length)
  if (size === 1) {
    return (wire, guest, at) => {
      const tag = wire.u8()
      guest.memory.bytes[at] = tag
      payloads[tag]?.(wire, guest, at + offset)
    }
  }
  const lowerTag = lowerNumber(size)
  return (wire, guest, at) => {
    const tag = size === 2 ? wire.view.getUint16(wire.at, true) : wire.view.getUint32(wire.at, true)
    lowerTag(wire, guest, at)
    payloads[tag]?.(wire, guest, at + offset)
  }
}
