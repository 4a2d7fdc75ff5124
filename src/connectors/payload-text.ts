import type { Payload } from '../api/sink.ts'

/** A message as text, for a person. */
export function payloadText(payload: Payload): string {
  return typeof payload === 'string' ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString()
}
