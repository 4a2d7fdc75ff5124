declare global {
  // Node has these two on every Buffer, its types do not. They are far quicker than `toString` and `write`.
  interface Buffer<TArrayBuffer extends ArrayBufferLike = ArrayBufferLike> {
    utf8Slice(start: number, end: number): string
    utf8Write(text: string, at: number): number
  }
}

/** The byte at `at`, 0 behind the end. */
export function byteAt(bytes: Buffer, at: number): number {
  return bytes[at] ?? 0
}

/** Big-endian, as MQTT writes lengths, ids and counts. */
export function uint16At(bytes: Buffer, at: number): number {
  return (byteAt(bytes, at) << 8) | byteAt(bytes, at + 1)
}

/** How many bytes a variable byte integer takes (MQTT 5, 1.5.5). */
export function varintLength(value: number): number {
  if (value < 128) return 1
  if (value < 16_384) return 2
  return value < 2_097_152 ? 3 : 4
}

/** Writes `value` as a variable byte integer and returns where it ends. */
export function writeVarint(bytes: Buffer, at: number, value: number): number {
  let rest = value
  let q = at
  while (rest > 127) {
    bytes[q++] = (rest & 127) | 128
    rest >>>= 7
  }
  bytes[q++] = rest
  return q
}

/** A text as MQTT writes it: its length in two bytes, then UTF-8. */
export function encodeText(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const bytes = Buffer.alloc(length + 2)
  bytes.writeUInt16BE(length)
  bytes.write(text, 2)
  return bytes
}
