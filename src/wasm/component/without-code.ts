import { sectionsOf, writeLeb } from './sections.ts'

const CORE_MODULE = 1
const NESTED_COMPONENT = 4
const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00)

/** A component with its types and ties alone, to be shown as text: with the code of a language's runtime that would be 100 MB and more. */
export function withoutCode(component: Uint8Array): Uint8Array {
  const parts = [component.subarray(0, 8)]
  for (const { id, from, body } of sectionsOf(component)) {
    if (id !== CORE_MODULE && id !== NESTED_COMPONENT) {
      parts.push(component.subarray(from, body.byteOffset - component.byteOffset + body.length))
      continue
    }
    const left = id === CORE_MODULE ? EMPTY_MODULE : withoutCode(body)
    parts.push(Uint8Array.from([id, ...writeLeb(left.length)]), left)
  }
  return Buffer.concat(parts)
}
