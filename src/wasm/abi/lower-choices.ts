import { isScalar, type WitType } from '../wit/model.ts'
import type { Guest } from './guest.ts'
import { layoutOf, payloadOffset } from './layout.ts'
import type { WireReader } from './wire.ts'

type Lower = (wire: WireReader, guest: Guest, at: number) => void

/** What a case's payload is, for the loop below. */
const NONE = 0
const BYTE = 1
const EIGHT = 2
const TEXT = 3
const OTHER = 4

/**
 * Stores `count` choices of fewer than 257 cases in a row: what `lowering` does for one, without a call for each of them, as rows
 * of values are the bulk of what a plugin gets. `payloads`: how the payloads are stored that are not simple.
 */
export function loweringChoices(
  cases: readonly (WitType | undefined)[],
  payloads: readonly (Lower | undefined)[],
  size: number,
): (wire: WireReader, guest: Guest, address: number, count: number) => void {
  const shapes = Uint8Array.from(cases, shapeOf)
  const offset = payloadOffset(cases)
  return (wire, guest, address, count) => {
    const { memory } = guest
    const { bytes: source, view: sourceView } = wire
    let pos = wire.at
    for (let i = 0, at = address; i < count; i++, at += size) {
      const tag = source[pos++] ?? 0
      memory.bytes[at] = tag
      const to = at + offset
      const shape = shapes[tag]
      if (shape === TEXT) {
        const length = sourceView.getUint32(pos, true)
        memory.putPair(to, memory.put(source, pos + 4, length, 1), length)
        pos += 4 + length
      } else if (shape === EIGHT) {
        memory.view.setUint32(to, sourceView.getUint32(pos, true), true)
        memory.view.setUint32(to + 4, sourceView.getUint32(pos + 4, true), true)
        pos += 8
      } else if (shape === BYTE) memory.bytes[to] = source[pos++] ?? 0
      else if (shape !== NONE) {
        wire.at = pos
        payloads[tag]?.(wire, guest, to)
        pos = wire.at
      }
    }
    wire.at = pos
  }
}

function shapeOf(type: WitType | undefined): number {
  if (type === undefined) return NONE
  if (type.kind === 'string' || (type.kind === 'list' && type.element.kind === 'u8')) return TEXT
  const { size } = layoutOf(type)
  return isScalar(type) && size === 1 ? BYTE : isScalar(type) && size === 8 ? EIGHT : OTHER
}
