import type { WitType } from '../wit/model.ts'
import type { Guest } from './guest.ts'
import { LowerText } from './lower-source.ts'
import type { WireReader } from './wire.ts'

/** Takes one value from the wire and stores it at an address of the guest. */
export type Lower = (wire: WireReader, guest: Guest, at: number) => void
/** Takes `count` elements of a list from the wire and stores them from an address on. */
export type LowerElements = (wire: WireReader, guest: Guest, at: number, count: number) => void

/** Made once for each type. */
export function lowering(type: WitType): Lower {
  const lower = loweringElements(type)
  return (wire, guest, at) => lower(wire, guest, at, 1)
}

export function loweringElements(element: WitType): LowerElements {
  // oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-type-assertion -- generated from the layout: no text of anybody is in it
  return new Function('wire', 'guest', 'at', 'count', new LowerText().body(element)) as LowerElements
}
