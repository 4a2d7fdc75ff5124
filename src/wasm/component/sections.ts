/** A section of a module or component: `body` excludes id and size. */
export interface Section {
  readonly id: number
  /** Of the whole section, its id and size included. */
  readonly from: number
  readonly body: Uint8Array
}

/** An unsigned LEB128 number and where the next thing begins. Throws a RangeError when the bytes end or the number is longer than 32 bits. */
export function readLeb(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0
  for (let i = 0; i < 5; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) break
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, next: at + i + 1 }
  }
  throw new RangeError(`a number at byte ${at} does not end`)
}

export function writeLeb(value: number): number[] {
  const out: number[] = []
  let rest = value
  while (rest >= 0x80) {
    out.push((rest % 0x80) + 0x80)
    rest = Math.floor(rest / 0x80)
  }
  out.push(rest)
  return out
}

/** The sections after the 8 bytes of magic and version. Throws a RangeError when they do not fit into `bytes`. */
export function sectionsOf(bytes: Uint8Array): readonly Section[] {
  const sections: Section[] = []
  let at = 8
  while (at < bytes.length) {
    const { value: size, next } = readLeb(bytes, at + 1)
    if (next + size > bytes.length) throw new RangeError(`the section at byte ${at} is cut off`)
    sections.push({ id: bytes[at] ?? 0, from: at, body: bytes.subarray(next, next + size) })
    at = next + size
  }
  return sections
}
