const SLOTS = 1024
/** Longer strings are seldom the same twice. */
export const MAX_INTERNED = 32

/** From `hash` of the bytes `start .. end - 1`, all ASCII, to their text. */
export type Intern = (bytes: Buffer, start: number, end: number, hash: number) => string

/**
 * Device ids, states and units come again and again: a direct-mapped table returns the string made last time instead of a new one.
 * Bounded in slots and in length of its strings; a collision replaces.
 */
export function createInterner(): Intern {
  let slots: string[] | undefined
  return (bytes, start, end, hash) => {
    slots ??= Array.from<string>({ length: SLOTS }).fill('')
    const slot = hash & (SLOTS - 1)
    const known = slots[slot] ?? ''
    if (known.length === end - start && same(known, bytes, start)) return known
    const text = bytes.toString('latin1', start, end)
    slots[slot] = text
    return text
  }
}

function same(text: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false
  return true
}
