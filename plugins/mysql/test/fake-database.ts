import { runPlugin, type TestPlugin } from '../../../plugin-sdk/assemblyscript/testing/host.ts'

/** A WIT error as the host would give it. */
export interface Failure {
  readonly kind: 'invalid' | 'unavailable' | 'rejected' | 'denied' | 'timeout' | 'internal'
  readonly message: string
  readonly code?: string
}

const OK = { tag: 'ok', val: undefined }
const failed = (error: Failure): unknown => ({ tag: 'err', val: { code: undefined, ...error } })

/** The plugin beside a database that notes every call and fails when a test says so. */
export class MysqlPlugin {
  readonly calls: unknown[][] = []
  readonly log: string[] = []
  /** Takes the next answer to a call of that name (`open`, `exec-batch` ...) out of the list; when it is empty, the call succeeds. */
  readonly failures = new Map<string, (Failure | undefined)[]>()
  readonly #plugin: TestPlugin

  constructor(core: Uint8Array) {
    const note =
      (name: string, success: unknown) =>
      (_self: unknown, ...args: unknown[]): unknown =>
        this.#answer(name, args, success)
    this.#plugin = runPlugin(core, {
      'log.log': (level, message) => this.log.push(`${String(level)} ${String(message)}`),
      'connection.open': (source) => this.#answer('open', [source], { tag: 'ok', val: {} }),
      'connection.begin': note('begin', OK),
      'connection.commit': note('commit', OK),
      'connection.rollback': note('rollback', OK),
      'connection.exec-batch': note('exec-batch', { tag: 'ok', val: { affectedRows: 1n, lastInsertId: undefined } }),
      'connection.drop': () => this.calls.push(['drop']),
    })
  }

  configure(config: unknown): unknown {
    return this.#plugin.call('sink.configure', typeof config === 'string' ? config : JSON.stringify(config))
  }

  open(): unknown {
    return this.#plugin.call('sink.open')
  }

  close(): void {
    this.#plugin.call('sink.close')
  }

  /** Rows as arrays of plain JavaScript values. */
  collect(columns: readonly string[], rows: readonly (readonly unknown[])[]): unknown {
    return this.#plugin.call('sink.collect', { tag: 'rows', val: { columns, rows: rows.map((row) => row.map(toWit)) } }, undefined)
  }

  collectMessages(...messages: readonly string[]): unknown {
    return this.#plugin.call(
      'sink.collect',
      { tag: 'encoded', val: messages.map((message) => new TextEncoder().encode(message)) },
      undefined,
    )
  }

  get memoryBytes(): number {
    return this.#plugin.memory.buffer.byteLength
  }

  get openConnections(): number {
    return this.#plugin.openHandles()
  }

  #answer(name: string, args: readonly unknown[], success: unknown): unknown {
    this.calls.push([name, ...args.map(toPlain)])
    const error = this.failures.get(name)?.shift()
    return error === undefined ? success : failed(error)
  }
}

/** Plain values as the engine gives them to a plugin. */
function toWit(value: unknown): unknown {
  if (value === null) return { tag: 'null' }
  if (typeof value === 'boolean') return { tag: 'boolean', val: value }
  if (typeof value === 'bigint') return { tag: 'int', val: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { tag: 'int', val: BigInt(value) } : { tag: 'float', val: value }
  if (typeof value === 'string') return { tag: 'text', val: value }
  if (value instanceof Uint8Array) return { tag: 'bytes', val: value }
  if (value instanceof Date) return { tag: 'timestamp', val: BigInt(value.getTime()) }
  return { tag: 'json', val: JSON.stringify(value) }
}

/** The other way: integers come as bigint, arrays and objects as `{ json: text }`. */
function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain)
  if (typeof value !== 'object' || value === null || !('tag' in value)) return value
  const val = 'val' in value ? value.val : undefined
  if (value.tag === 'null') return null
  if (value.tag === 'timestamp') return new Date(Number(val))
  return value.tag === 'json' ? { json: val } : val
}
