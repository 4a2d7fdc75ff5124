import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { StreamContext } from '../../api/context.ts'
import { defineSource, type SourceDefinition } from '../../api/definition.ts'
import type { ConnectionObserver, Offset, Source, SourceBatch } from '../../api/source.ts'
import { PlutinoError } from '../../base/errors.ts'
import { boolean, choice, type ConfigOf, duration, integer, string } from '../../config/field.ts'
import { isStruct, type Struct, type Value } from '../../data/value.ts'
import { FilePlace, type FoundFile } from './place.ts'
import { readMessages } from './read-file.ts'

const FIELDS = {
  datasource: string('File, or folder with files, inside `path`', { default: '' }),
  path: string('Folder, relative to `files` in the data folder of the server', { default: '' }),
  fileType: choice(
    'What the files hold',
    {
      json: 'a JSON array of rows, or values that follow each other',
      csv: 'lines of fields with a delimiter between them',
      lines: 'a message in every line',
    },
    { default: 'json' },
  ),
  interval: duration('Pause until the files are read again; 0: they are read once, and the source ends', { default: 0 }),
  sendInterval: duration('Pause between two messages', { default: 0 }),
  actionAfterRead: integer('What becomes of a file whose rows are safe: 0 it stays, 1 it is deleted, 2 it is moved to `moveTo`', {
    default: 0,
    min: 0,
    max: 2,
  }),
  moveTo: string('Folder for files that were read, relative to `path`', { optional: true }),
  hasHeader: boolean('csv: the first line names the columns', { default: false }),
  ignoreStartLines: integer('Lines at the beginning of each file that do not count', { default: 0, min: 0 }),
  ignoreEndLines: integer('Lines at the end of each file that do not count', { default: 0, min: 0, max: 100_000 }),
  decompression: choice('How the files are compressed', { gzip: 'gzip', zstd: 'Zstandard' }, { optional: true }),
  parallel: boolean('Ignored: files are read one after another', { optional: true, advanced: true }),
} as const

type FileConfig = ConfigOf<typeof FIELDS>

/** Messages of one file. */
interface Piece {
  readonly file: FoundFile
  readonly messages: readonly Buffer[]
  /** Nothing follows in this file. */
  readonly last: boolean
}

/** Files as messages, in slices: one file after another, from the beginning to the end. */
class FileSource implements Source {
  readonly #config: FileConfig
  readonly #place: FilePlace
  readonly #moveTo: string | undefined
  readonly #observe: ConnectionObserver
  #pieces: AsyncGenerator<Piece> | undefined
  #piece: Piece | undefined
  /** The file that is being read, and how many of its messages were handed over: after a failure they do not come again. */
  #current: { readonly path: string; given: number } | undefined
  /** Files that need not be read again: in this round, or with a folder as long as they do not change. */
  #done: readonly FoundFile[] = []
  #moves: Promise<void> = Promise.resolve()
  readonly #closed = new AbortController()

  /** Throws `config_invalid`. */
  constructor(config: FileConfig, root: string, observe: ConnectionObserver) {
    this.#config = config
    this.#place = new FilePlace(root, config.path, config.datasource)
    this.#moveTo = config.moveTo === undefined ? undefined : new FilePlace(root, config.path, config.moveTo).path
    this.#observe = observe
  }

  async connect(ctx: StreamContext, from?: Offset): Promise<void> {
    if (this.#closed.signal.aborted) throw closed()
    await this.#place.files()
    if (from !== undefined) this.#resume(from)
    await this.#pieces?.return(undefined)
    this.#piece = undefined
    this.#pieces = this.#readAll(ctx)
    this.#observe('connected')
  }

  async read(limit: number, ctx: StreamContext): Promise<SourceBatch | undefined> {
    const pieces = this.#pieces
    if (pieces === undefined) throw new PlutinoError('unavailable', 'the source is not connected')
    while (this.#piece === undefined || (this.#piece.messages.length === 0 && !this.#piece.last)) {
      if (this.#closed.signal.aborted || ctx.signal.aborted) throw closed()
      const next = await pieces.next()
      if (next.done === true) return undefined
      this.#piece = next.value
    }
    return this.#give(this.#piece, limit, ctx)
  }

  /** Files whose rows are safe are put away. */
  commit(offset: Offset): Promise<void> {
    if (this.#config.actionAfterRead === 0) return Promise.resolve()
    this.#moves = this.#moves.then(() => this.#putAllAway(filesOf(offset)))
    return this.#moves
  }

  async close(): Promise<void> {
    this.#closed.abort(closed())
    const pieces = this.#pieces
    this.#pieces = undefined
    await pieces?.return(undefined)
    await this.#moves.catch(() => {})
  }

  async *#readAll(ctx: StreamContext): AsyncGenerator<Piece> {
    const { interval } = this.#config
    for (;;) {
      const { files, isFolder } = await this.#place.files()
      const there = new Set(files.map(versionOf))
      this.#done = this.#done.filter((file) => there.has(versionOf(file)))
      const known = new Set(this.#done.map(versionOf))
      for (const file of files) if (!known.has(versionOf(file))) yield* this.#readFile(file)
      if (interval === 0) return
      if (!isFolder) this.#done = []
      await ctx.clock.sleep(interval, this.#until(ctx))
    }
  }

  async *#readFile(file: FoundFile): AsyncGenerator<Piece> {
    const { fileType, hasHeader, ignoreStartLines, ignoreEndLines, decompression } = this.#config
    const header = fileType === 'csv' && hasHeader
    let skip = this.#current?.path === file.path ? this.#current.given : 0
    this.#current = { path: file.path, given: skip }
    const options = { fileType, header, ignoreStart: ignoreStartLines, ignoreEnd: ignoreEndLines, decompression }
    for await (const messages of readMessages(file.path, options)) {
      yield { file, messages: messages.slice(skip), last: false }
      skip = Math.max(0, skip - messages.length)
    }
    this.#current = undefined
    this.#done = [...this.#done, file]
    yield { file, messages: [], last: true }
  }

  async #give(piece: Piece, limit: number, ctx: StreamContext): Promise<SourceBatch> {
    const { sendInterval } = this.#config
    if (sendInterval > 0 && (this.#current?.given ?? 0) > 0) await ctx.clock.sleep(sendInterval, this.#until(ctx))
    const count = sendInterval > 0 ? 1 : Math.max(1, limit)
    const messages = piece.messages.slice(0, count)
    const rest = piece.messages.slice(count)
    this.#piece = rest.length === 0 ? undefined : { ...piece, messages: rest }
    if (this.#current !== undefined) this.#current.given += messages.length
    return { ...toBatch(messages, piece.file, ctx.clock.now()), offset: this.#offset() }
  }

  #offset(): Offset {
    const done = this.#done.map((file): Struct => ({ ...file }))
    return { done, current: this.#current === undefined ? null : { ...this.#current } }
  }

  #resume(offset: Offset): void {
    this.#done = filesOf(offset)
    const current = isStruct(offset) ? offset['current'] : undefined
    if (isStruct(current)) this.#current = { path: textOf(current['path']), given: Number(current['given']) }
  }

  /** Aborted when the rule or the source ends. */
  #until({ signal }: StreamContext): AbortSignal {
    return AbortSignal.any([signal, this.#closed.signal])
  }

  async #putAllAway(files: readonly FoundFile[]): Promise<void> {
    for (const file of files) await this.#putAway(file.path)
  }

  async #putAway(file: string): Promise<void> {
    if (this.#config.actionAfterRead === 1 || this.#moveTo === undefined) return rm(file, { force: true })
    await mkdir(this.#moveTo, { recursive: true })
    await rename(file, path.join(this.#moveTo, path.basename(file)))
  }
}

function versionOf({ path: file, changed, size }: FoundFile): string {
  return `${file} ${changed} ${size}`
}

function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** The files that an offset knows to be read. */
function filesOf(offset: Offset): readonly FoundFile[] {
  const done = isStruct(offset) ? offset['done'] : undefined
  if (!Array.isArray(done)) return []
  return done.filter(isStruct).map((file) => ({ path: textOf(file['path']), changed: Number(file['changed']), size: Number(file['size']) }))
}

function toBatch(messages: readonly Buffer[], file: FoundFile, time: number): SourceBatch {
  const { length } = messages
  const [starts, ends] = [new Int32Array(length), new Int32Array(length)]
  let at = 0
  messages.forEach((message, i) => {
    starts[i] = at
    ends[i] = at += message.length
  })
  const about: Struct = { file: path.basename(file.path) }
  return {
    from: 0,
    length,
    payloads: { bytes: Buffer.concat(messages), starts, ends, from: 0, length },
    time,
    meta: (_index, key) => (key === 'file' ? about['file'] : undefined),
    metaAll: () => about,
  }
}

function closed(): PlutinoError {
  return new PlutinoError('unavailable', 'the source is closed')
}

/** `root`: the folder that no path may leave. */
export function fileSource(root: string): SourceDefinition {
  return defineSource({
    name: 'file',
    doc: 'Files: JSON, CSV or lines',
    payload: 'bytes',
    delivery: 'at-least-once',
    fields: FIELDS,
    format: (config) => (config['fileType'] === 'csv' ? 'delimited' : 'json'),
    check: ({ path: folder, datasource, actionAfterRead, moveTo }) => {
      if (actionAfterRead === 2 && moveTo === undefined)
        throw new PlutinoError('config_invalid', 'moveTo: is required with actionAfterRead 2')
      for (const name of [datasource, moveTo ?? '']) void new FilePlace(root, folder, name)
    },
    create: (config, observe) => new FileSource(config, root, observe),
  })
}
