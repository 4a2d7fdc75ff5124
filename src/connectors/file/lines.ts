const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/** A line is cut off here: no message is that long, and what is left of it will not decode. */
const LONGEST = 16 * 1024 * 1024

export interface LineOptions {
  /** Lines before and behind those that count. */
  readonly ignoreStart: number
  readonly ignoreEnd: number
  /** The first line that counts names the columns: it stands before every message. */
  readonly header: boolean
}

/** Cuts a file into its lines; empty ones are none. */
export class LineSplitter {
  readonly #options: LineOptions
  #rest: Buffer[] = []
  #length = 0
  #seen = 0
  #header: Buffer | undefined
  /** Lines that may be among the last ones. */
  readonly #held: Buffer[] = []

  constructor(options: LineOptions) {
    this.#options = options
  }

  /** The messages that end in these bytes, which belong to the splitter from now on. */
  push(bytes: Buffer): readonly Buffer[] {
    const out: Buffer[] = []
    let from = 0
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, from)) {
      this.#keep(bytes.subarray(from, end))
      this.#line(out)
      from = end + 1
    }
    this.#keep(bytes.subarray(from))
    return out
  }

  /** What is left at the end of the file. */
  end(): readonly Buffer[] {
    const out: Buffer[] = []
    this.#line(out)
    return out
  }

  #keep(part: Buffer): void {
    const room = LONGEST - this.#length
    if (part.length === 0 || room <= 0) return
    this.#rest.push(part.subarray(0, room))
    this.#length += Math.min(part.length, room)
  }

  #line(out: Buffer[]): void {
    const [only] = this.#rest
    const line = only !== undefined && this.#rest.length === 1 ? only : Buffer.concat(this.#rest)
    this.#rest = []
    this.#length = 0
    const text = line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line
    if (text.length === 0 || this.#seen++ < this.#options.ignoreStart) return
    if (this.#options.header && this.#header === undefined) this.#header = Buffer.concat([text, Buffer.of(LINE_FEED)])
    else this.#give(this.#header === undefined ? text : Buffer.concat([this.#header, text]), out)
  }

  #give(message: Buffer, out: Buffer[]): void {
    this.#held.push(message)
    const next = this.#held.length > this.#options.ignoreEnd ? this.#held.shift() : undefined
    if (next !== undefined) out.push(next)
  }
}
