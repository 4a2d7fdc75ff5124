import type { Value } from '../../data/value.ts'

/** A typed array in a snapshot. */
export type Bytes = Value | undefined

export function resized(array: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(length)
  longer.set(array)
  return longer
}

/** The memory of the first `count` numbers, copied. */
export function copyBytes(array: Float64Array | Int32Array, count: number): Uint8Array {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, count * array.BYTES_PER_ELEMENT)
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}

export function bytesOf(state: Bytes): Float64Array<ArrayBuffer> {
  return state instanceof Uint8Array ? new Float64Array(aligned(state)) : new Float64Array(0)
}

export function integersOf(state: Bytes): Int32Array<ArrayBuffer> {
  return state instanceof Uint8Array ? new Int32Array(aligned(state)) : new Int32Array(0)
}

/** A copy that begins where typed arrays may begin. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer
}
