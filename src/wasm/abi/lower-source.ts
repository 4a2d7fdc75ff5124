import { isScalar, type WitType } from '../wit/model.ts'
import { casesOf, discriminantSize, layoutOf, memberOffsets, payloadOffset } from './layout.ts'

/** Element types whose wire form and memory form are the same bytes, whatever they are. */
const PLAIN: ReadonlySet<string> = new Set(['u8', 's8', 'u16', 's16', 'u32', 's32', 'u64', 's64', 'f32', 'f64'])
/** Shorter ranges are copied faster without a call into the engine. */
const SHORT = 32

export function isPlain(type: WitType): boolean {
  return PLAIN.has(type.kind)
}

/**
 * JavaScript statements that take one value from the wire and store it in the guest. Closures of closures would look up, for every value
 * of every row, what is the same for all of them. Only numbers and names of the WIT are pasted. The statements stand where `LowerText.body` puts them:
 * `source`, `sourceView`, `pos` are the wire, `bytes`, `view` the guest's memory, which any allocation may replace.
 */
export class LowerText {
  #names = 0

  /** The body of a function of `wire`, `guest`, `at` and `count` that stores `count` values of a type one behind the other. */
  body(type: WitType): string {
    return `'use strict'
const memory = guest.memory, resources = guest.resources, source = wire.bytes, sourceView = wire.view
let pos = wire.at, bytes = memory.bytes, view = memory.view
${this.#loop(type, 'at', 'count')}
wire.at = pos`
  }

  #loop(type: WitType, first: string, count: string): string {
    const [at, left] = [this.#name('at'), this.#name('left')]
    return `for (let ${at} = ${first}, ${left} = ${count}; ${left} > 0; ${left}--, ${at} += ${layoutOf(type).size}) {
${this.#value(type, at, 0)}
}`
  }

  /** Stores at the address in the variable `base`, plus `offset`. */
  #value(type: WitType, base: string, offset: number): string {
    const at = offset === 0 ? base : `${base} + ${offset}`
    if (isScalar(type)) return numberText(layoutOf(type).size, base, offset)
    switch (type.kind) {
      case 'string':
        return this.#range(1, 1, { base, offset })
      case 'list':
        return this.#list(type.element, { base, offset })
      case 'record':
        return this.#members(
          type.fields.map((field) => field.type),
          base,
          offset,
        )
      case 'tuple':
        return this.#members(type.items, base, offset)
      case 'option':
      case 'result':
      case 'variant':
        return this.#choice(casesOf(type), base, offset)
      case 'own':
      case 'borrow':
        return `view.setUint32(${at}, resources.give(sourceView.getUint32(pos, true), ${JSON.stringify(type.resource)}), true); pos += 4`
    }
  }

  #members(types: readonly WitType[], base: string, offset: number): string {
    const offsets = memberOffsets(types)
    return types.map((type, i) => this.#value(type, base, offset + (offsets[i] ?? 0))).join('\n')
  }

  #list(element: WitType, to: Place): string {
    const { size, align } = layoutOf(element)
    if (isPlain(element)) return this.#range(size, align, to)
    const [count, address] = [this.#name('count'), this.#name('address')]
    return `const ${count} = sourceView.getUint32(pos, true); pos += 4
${allocation(address, `${count} * ${size}`, align)}
${pairText(to, address, count)}
${this.#loop(element, address, count)}`
  }

  /** Elements that are copied as they are. */
  #range(size: number, align: number, to: Place): string {
    const [count, length, address, i] = [this.#name('count'), this.#name('length'), this.#name('address'), this.#name('i')]
    return `const ${count} = sourceView.getUint32(pos, true), ${length} = ${size === 1 ? count : `${count} * ${size}`}; pos += 4
if (pos + ${length} > source.length) throw new RangeError('read past the end of a message')
${allocation(address, length, align)}
if (${length} > ${SHORT}) bytes.set(source.subarray(pos, pos + ${length}), ${address})
else {
let ${i} = 0
for (; ${i} + 4 <= ${length}; ${i} += 4) view.setInt32(${address} + ${i}, sourceView.getInt32(pos + ${i}, true), true)
for (; ${i} < ${length}; ${i}++) bytes[${address} + ${i}] = source[pos + ${i}]
}
pos += ${length}
${pairText(to, address, count)}`
  }

  #choice(cases: readonly (WitType | undefined)[], base: string, offset: number): string {
    const size = discriminantSize(cases.length)
    const tag = this.#name('tag')
    const reads = { 1: 'source[pos]', 2: 'sourceView.getUint16(pos, true)', 4: 'sourceView.getUint32(pos, true)' } as const
    return `const ${tag} = ${reads[size]}
${numberText(size, base, offset)}
switch (${tag}) {
${this.#payloads(cases, base, offset + payloadOffset(cases))}
}`
  }

  /** Cases that are stored in the same way share their statements. */
  #payloads(cases: readonly (WitType | undefined)[], base: string, offset: number): string {
    const labels = new Map<string, string[]>()
    cases.forEach((type, tag) => {
      if (type === undefined) return
      const key = isScalar(type) ? `number ${layoutOf(type).size}` : type.kind === 'string' || isBytes(type) ? 'text' : `case ${tag}`
      labels.set(key, [...(labels.get(key) ?? []), `case ${tag}:`])
    })
    const first = (own: readonly string[]): WitType | undefined => cases[Number(own[0]?.slice(5, -1))]
    return [...labels.values()]
      .map((own) => {
        const type = first(own)
        return type === undefined ? '' : `${own.join(' ')} {\n${this.#value(type, base, offset)}\nbreak }`
      })
      .join('\n')
  }

  #name(word: string): string {
    return `${word}${this.#names++}`
  }
}

interface Place {
  readonly base: string
  readonly offset: number
}

function isBytes(type: WitType): boolean {
  return type.kind === 'list' && type.element.kind === 'u8'
}

/** An allocation may grow the memory, which empties the views of the old one. */
function allocation(address: string, size: string, align: number): string {
  return `const ${address} = memory.allocate(${size}, ${align})
if (bytes.length === 0) { bytes = memory.bytes; view = memory.view }`
}

function pairText({ base, offset }: Place, address: string, count: string): string {
  return `view.setUint32(${base} + ${offset}, ${address}, true); view.setUint32(${base} + ${offset + 4}, ${count}, true)`
}

function numberText(size: number, base: string, offset: number): string {
  if (size === 1) return `bytes[${base} + ${offset}] = source[pos++]`
  if (size === 2) return `view.setUint16(${base} + ${offset}, sourceView.getUint16(pos, true), true); pos += 2`
  const word = (more: number): string =>
    `view.setInt32(${base} + ${offset + more}, sourceView.getInt32(pos${more === 0 ? '' : ' + 4'}, true), true)`
  return size === 4 ? `${word(0)}; pos += 4` : `${word(0)}; ${word(4)}; pos += 8`
}
