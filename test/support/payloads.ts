import type { PayloadBatch } from '../../src/api/source.ts'

/** Payloads as a source hands them over: in one buffer, with other bytes before, between and behind them. */
export function payloadsOf(payloads: readonly (string | Uint8Array)[], gap = 'xx'): PayloadBatch {
  const parts: Buffer[] = [Buffer.from(gap)]
  const starts: number[] = []
  const ends: number[] = []
  let at = parts[0]?.length ?? 0
  for (const payload of payloads) {
    const bytes = Buffer.from(payload)
    starts.push(at)
    ends.push(at + bytes.length)
    parts.push(bytes, Buffer.from(gap))
    at += bytes.length + gap.length
  }
  return { bytes: Buffer.concat(parts), starts: Int32Array.from(starts), ends: Int32Array.from(ends), from: 0, length: payloads.length }
}
