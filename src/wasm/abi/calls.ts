import type { WitFunction, WitType } from '../wit/model.ts'
import { liftingFlat, loweringFlat } from './flat.ts'
import type { Flat, Guest } from './guest.ts'
import { layoutOf, MAX_FLAT_PARAMS, MAX_FLAT_RESULTS } from './layout.ts'
import { lifting } from './lift.ts'
import { lowering } from './lower.ts'
import { type WireReader, WireWriter } from './wire.ts'

export type CoreFunction = (...args: Flat[]) => unknown

/** Puts arguments from the wire into the guest: gives what the core function is called with. */
export type LowerParams = (wire: WireReader, guest: Guest) => Flat[]
/** Takes what a core function returned and puts it on the wire. */
export type LiftResult = (returned: unknown, guest: Guest, wire: WireWriter) => void

function paramsOf(signature: WitFunction): WitType {
  return { kind: 'tuple', items: signature.params.map((param) => param.type) }
}

/** For calls of a guest's exports. */
export function loweringParams(signature: WitFunction): LowerParams {
  const params = paramsOf(signature)
  const layout = layoutOf(params)
  if (layout.flat.length > MAX_FLAT_PARAMS) {
    const lower = lowering(params)
    return (wire, guest) => {
      const at = guest.memory.allocate(layout.size, layout.align)
      lower(wire, guest, at)
      return [at]
    }
  }
  const lower = loweringFlat(params)
  return (wire, guest) => {
    const out: Flat[] = []
    lower(wire, guest, out)
    return out
  }
}

export function liftingResult(signature: WitFunction): LiftResult {
  const { result } = signature
  if (result === undefined) return () => {}
  const { flat, size, align } = layoutOf(result)
  if (flat.length <= MAX_FLAT_RESULTS) {
    const lift = liftingFlat(result)
    return (returned, guest, wire) => lift(guest, [flatValue(returned)], 0, wire)
  }
  const lift = lifting(result)
  return (returned, guest, wire) => {
    const at = Number(returned) >>> 0
    guest.memory.checkRange(at, size, align)
    lift(guest, at, wire)
  }
}

function flatValue(value: unknown): Flat {
  return typeof value === 'bigint' ? value : Number(value)
}

/** For calls of the host's functions by a guest. */
export interface ImportAbi {
  /** The arguments of a call, in wire form. The writer is used again by the next call. */
  readonly liftParams: (flats: readonly Flat[], guest: Guest) => WireWriter
  /** Gives the guest the result of the call that had these flats; gives what the core function returns. */
  readonly lowerResult: (wire: WireReader, flats: readonly Flat[], guest: Guest) => Flat | undefined
}

/** `limit`: how many bytes the arguments of one call may have. */
export function importAbi(signature: WitFunction, limit: number): ImportAbi {
  const params = paramsOf(signature)
  const layout = layoutOf(params)
  const spilled = layout.flat.length > MAX_FLAT_PARAMS
  const liftMemory = lifting(params)
  const liftFlats = liftingFlat(params)
  // kept, as the next call of a function brings about as much as the last one
  const wire = new WireWriter(limit, 256)
  const liftParams: ImportAbi['liftParams'] = (flats, guest) => {
    guest.memory.refresh()
    wire.restart()
    if (!spilled) liftFlats(guest, flats, 0, wire)
    else {
      const at = Number(flats[0]) >>> 0
      guest.memory.checkRange(at, layout.size, layout.align)
      liftMemory(guest, at, wire)
    }
    return wire
  }
  return { liftParams, lowerResult: loweringResult(signature.result, spilled ? 1 : layout.flat.length) }
}

function loweringResult(result: WitType | undefined, returnSlot: number): ImportAbi['lowerResult'] {
  if (result === undefined) return () => undefined
  const { flat, size, align } = layoutOf(result)
  if (flat.length <= MAX_FLAT_RESULTS) {
    const lower = loweringFlat(result)
    return (wire, _, guest) => {
      const out: Flat[] = []
      lower(wire, guest, out)
      return out[0]
    }
  }
  const lower = lowering(result)
  return (wire, flats, guest) => {
    guest.memory.refresh()
    const at = Number(flats[returnSlot]) >>> 0
    guest.memory.checkRange(at, size, align)
    lower(wire, guest, at)
    return undefined
  }
}
