import { PlutinoError } from '../../base/errors.ts'
import { limitMemory, PAGE_BYTES } from './limit-memory.ts'
import { readLeb, type Section, sectionsOf, writeLeb } from './sections.ts'

const TYPES = 1
const TABLES = 4

const FUNCTION_TYPE = 0x60
/** Before the type that a typed reference leads to. */
const REFERENCES: ReadonlySet<number> = new Set([0x63, 0x64])
/** `funcref` and `externref`. */
const PLAIN_REFERENCES: ReadonlySet<number> = new Set([0x70, 0x6f])
const HAS_MAXIMUM = 1

/** Tables stand in the memory of the JavaScript engine, which ends the whole process when a large one finds no room there. */
const MOST_TABLES = 8
const MOST_ELEMENTS = 131_072
const MOST_ELEMENTS_OF_PART = 4096

/**
 * The core module with a memory of at most `memoryBytes` and small tables: growing further fails inside the guest. Throws `plugin_invalid`
 * when it needs more from the start, or makes objects outside of its memory, which no limit of ours would hold.
 */
export function limitModule(module: Uint8Array, memoryBytes: number): Uint8Array {
  checkTypes(module)
  return limitTables(limitMemory(module, Math.floor(memoryBytes / PAGE_BYTES)), MOST_ELEMENTS)
}

/** As `limitModule`, for a core module beside the one that has the memory. There may be many of them, so their tables must be smaller still. */
export function limitPart(module: Uint8Array): Uint8Array {
  checkTypes(module)
  return limitTables(module, MOST_ELEMENTS_OF_PART)
}

/** Objects of the engine (`struct`, `array`) are refused: a guest's memory is its linear memory. */
function checkTypes(module: Uint8Array): void {
  const section = sectionsOf(module).find((one) => one.id === TYPES)
  if (section === undefined) return
  const { body } = section
  let { value: left, next: at } = readLeb(body, 0)
  for (; left > 0; left--) {
    if (body[at] !== FUNCTION_TYPE) {
      throw new PlutinoError('plugin_invalid', 'the plugin uses garbage-collected types, which plugins may not', {
        hint: 'build it for linear memory, as AssemblyScript, TinyGo and Rust do',
      })
    }
    at = afterTypes(body, afterTypes(body, at + 1))
  }
}

/** Behind a list of value types. */
function afterTypes(body: Uint8Array, from: number): number {
  let { value: left, next: at } = readLeb(body, from)
  for (; left > 0; left--) at = REFERENCES.has(body[at] ?? 0) ? readLeb(body, at + 1).next : at + 1
  return at
}

function limitTables(module: Uint8Array, most: number): Uint8Array {
  const section = sectionsOf(module).find((one) => one.id === TABLES)
  if (section === undefined) return module
  const body = limitedTables(section, most)
  const end = section.body.byteOffset - module.byteOffset + section.body.length
  return Buffer.concat([
    module.subarray(0, section.from),
    Uint8Array.from([TABLES, ...writeLeb(body.length), ...body]),
    module.subarray(end),
  ])
}

function limitedTables({ body }: Section, mostElements: number): readonly number[] {
  const { value: count, next } = readLeb(body, 0)
  if (count > MOST_TABLES) throw invalid(`has ${count} tables; ${MOST_TABLES} are allowed`)
  const out = writeLeb(count)
  let at = next
  for (let left = count; left > 0; left--) {
    const [kind = 0, flags = 0] = [body[at], body[at + 1]]
    if (!PLAIN_REFERENCES.has(kind) || (flags & ~HAS_MAXIMUM) !== 0) throw invalid('has a table of a kind that plugins may not have')
    const least = readLeb(body, at + 2)
    const most = (flags & HAS_MAXIMUM) === 0 ? { value: mostElements, next: least.next } : readLeb(body, least.next)
    if (least.value > mostElements) throw invalid(`has a table of ${least.value} elements; ${mostElements} are allowed`)
    out.push(kind, HAS_MAXIMUM, ...writeLeb(least.value), ...writeLeb(Math.min(most.value, mostElements)))
    at = most.next
  }
  return out
}

function invalid(what: string): PlutinoError {
  return new PlutinoError('plugin_invalid', `the plugin ${what}`, { hint: 'build it with `plutino plugin build`' })
}
