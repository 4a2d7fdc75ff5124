/** A value is cut off here: no message is that long, and what is left of it will not decode. */
const LONGEST = 16 * 1024 * 1024

const QUOTE = 34
const COMMA = 44
const BACKSLASH = 92

const isSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13)
const opens = (byte: number): boolean => byte === 91 || byte === 123
const closes = (byte: number): boolean => byte === 93 || byte === 125

/**
 * Cuts a JSON file into messages without holding it: the elements of its array, or the values that follow each other. Whether they
 * are JSON is up to who decodes them; what is broken is a message too.
 */
export class JsonSplitter {
  #began = false
  /** 1 inside the array of the file. */
  #base = 0
  #depth = 0
  #inText = false
  #escaped = false
  #parts: Buffer[] = []
  #length = 0

  /** The messages that end in these bytes, which belong to the splitter from now on. */
  push(bytes: Buffer): readonly Buffer[] {
    const out: Buffer[] = []
    let from = this.#length > 0 ? 0 : -1
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0
      if (this.#inText) this.#text(byte)
      else if (from < 0) from = this.#begin(byte) ? i : -1
      else if (this.#endsBefore(byte)) {
        this.#finish(bytes.subarray(from, i), out)
        if (closes(byte)) this.#leave()
        from = -1
      } else if (this.#endsWith(byte)) {
        this.#finish(bytes.subarray(from, i + 1), out)
        from = -1
      }
    }
    if (from >= 0) this.#keep(bytes.subarray(from))
    return out
  }

  /** What is left at the end of the file: a value without its end is a message too, which cannot be decoded. */
  end(): readonly Buffer[] {
    const out: Buffer[] = []
    if (this.#length > 0) this.#finish(Buffer.alloc(0), out)
    return out
  }

  #text(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === BACKSLASH) this.#escaped = true
    else if (byte === QUOTE) this.#inText = false
  }

  /** Whether a value begins with the byte. */
  #begin(byte: number): boolean {
    if (isSpace(byte) || byte === COMMA) return false
    if (!this.#began && byte === 91) {
      this.#began = true
      this.#base = 1
      return false
    }
    this.#began = true
    if (byte === 93 && this.#base === 1) {
      this.#leave()
      return false
    }
    this.#enter(byte)
    return true
  }

  #enter(byte: number): void {
    if (byte === QUOTE) this.#inText = true
    else if (opens(byte)) this.#depth++
  }

  /** Scalars end where something else begins. */
  #endsBefore(byte: number): boolean {
    return this.#depth === 0 && (isSpace(byte) || byte === COMMA || closes(byte))
  }

  /** Arrays and objects end with their last bracket. */
  #endsWith(byte: number): boolean {
    this.#enter(byte)
    if (!closes(byte)) return false
    this.#depth--
    return this.#depth === 0
  }

  #leave(): void {
    this.#base = 0
  }

  #finish(last: Buffer, out: Buffer[]): void {
    this.#keep(last)
    out.push(Buffer.concat(this.#parts))
    this.#parts = []
    this.#length = 0
    this.#depth = 0
    this.#inText = false
  }

  #keep(part: Buffer): void {
    const room = LONGEST - this.#length
    if (part.length === 0 || room <= 0) return
    this.#parts.push(part.subarray(0, room))
    this.#length += Math.min(part.length, room)
  }
}
