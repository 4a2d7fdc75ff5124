import { byteAt, encodeText } from './bytes.ts'

const CACHED_NAMES = 1024
const CACHED_HEADERS = 10_000

/** Topic names of incoming messages: the same bytes give the same string, without making a new one each time. */
export class TopicNames {
  readonly #cache: string[] = Array.from({ length: CACHED_NAMES }, () => '')

  read(bytes: Buffer, start: number, end: number): string {
    const length = end - start
    let hash = length
    for (let q = start; q < end; q++) hash = (Math.imul(hash, 31) + byteAt(bytes, q)) | 0
    hash &= CACHED_NAMES - 1
    const known = this.#cache[hash] ?? ''
    if (known.length === length && sameText(known, bytes, start)) return known
    const text = bytes.utf8Slice(start, end)
    // only ASCII can be compared byte by byte
    if (text.length === length) this.#cache[hash] = text
    return text
  }
}

function sameText(text: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false
  return true
}

/** True for a name that one can publish to: not empty, no wildcards, at most 65,535 bytes. */
export function isTopicName(topic: string): boolean {
  return topic !== '' && !/[+#\0]/.test(topic) && Buffer.byteLength(topic) <= 65_535
}

/** Topic names of outgoing messages as they stand in a packet. */
export class TopicHeaders {
  readonly #headers = new Map<string, Buffer>()
  #lastTopic = ''
  #last: Buffer = Buffer.alloc(0)

  /** Length in two bytes, then the name. Throws `RangeError` for what is no topic to publish to. */
  get(topic: string): Buffer {
    if (topic === this.#lastTopic && topic !== '') return this.#last
    let header = this.#headers.get(topic)
    if (header === undefined) {
      if (!isTopicName(topic)) throw new RangeError(`not a topic to publish to: ${topic}`)
      header = encodeText(topic)
      if (this.#headers.size >= CACHED_HEADERS) this.#headers.clear()
      this.#headers.set(topic, header)
    }
    this.#lastTopic = topic
    this.#last = header
    return header
  }
}
