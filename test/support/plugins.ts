import type { Databases, DatabaseSession, ExecResult, Grant } from '../../src/api/database.ts'
import type { SinkDefinition } from '../../src/api/definition.ts'
import type { PluginHost, PluginPackage } from '../../src/api/plugin.ts'
import type { SinkBatch } from '../../src/api/sink.ts'
import type { Clock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/log.ts'
import type { Json } from '../../src/config/field.ts'
import type { Cell } from '../../src/data/value.ts'
import type { PluginLimits } from '../../src/wasm/instance/limits.ts'
import type { Executor } from '../../src/wasm/program/code-request.ts'
import { createPluginHost } from '../../src/wasm/plugin-host.ts'
import { componentOf } from './components.ts'

/** What runs components of one core module: both must give the same answers. */
export const EXECUTORS: readonly Executor[] = ['own', 'jco']

/** Databases that remember what was asked of them. */
export class FakeDatabases implements Databases {
  readonly opened: { url: string; grant: Grant }[] = []
  readonly batches: { sql: string; rows: readonly (readonly Cell[])[] }[] = []
  /** Sessions that are open. */
  sessions = 0
  /** What `execBatch` does instead of succeeding. */
  fail: (() => Promise<ExecResult>) | undefined

  open(url: string, grant: Grant): Promise<DatabaseSession> {
    this.opened.push({ url, grant })
    this.sessions++
    let open = true
    return Promise.resolve({
      query: () => Promise.resolve({ columns: ['a'], rows: [[1n]] }),
      exec: () => Promise.resolve({ affectedRows: 1 }),
      execBatch: (sql, rows) => {
        this.batches.push({ sql, rows })
        return this.fail?.() ?? Promise.resolve({ affectedRows: rows.length, lastInsertId: 7n })
      },
      begin: () => Promise.resolve(),
      commit: () => Promise.resolve(),
      rollback: () => Promise.resolve(),
      close: () => {
        if (open) this.sessions--
        open = false
        return Promise.resolve()
      },
    })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

export interface HostParts {
  readonly clock: Clock
  readonly databases?: Databases
  readonly limits?: Partial<PluginLimits>
  /** For components of one core module. */
  readonly executor?: Executor
  /** Text of the WIT. */
  readonly wit?: string
}

export function testHost({ clock, databases = new FakeDatabases(), limits = {}, executor = 'own', wit }: HostParts): PluginHost {
  return createPluginHost({ databases, clock, log: silentLogger, limits, executor, ...(wit === undefined ? {} : { wit }) })
}

/** The definition of a sink made of WebAssembly text; the install check is left out. */
export async function sinkOf(host: PluginHost, wat: string, manifest?: Json): Promise<SinkDefinition> {
  const one = await packageOfText(wat, {})
  const [definition] = host.definitions({ ...one, ...(manifest === undefined ? {} : { manifest }) })
  if (definition?.kind !== 'sink') throw new Error('no sink')
  return definition
}

/** A package of WebAssembly text that says of itself what `description` says; the install check is left out. */
export async function packageOfText(
  wat: string,
  description: Partial<PluginPackage['description']>,
  world?: string,
): Promise<PluginPackage> {
  const component = await componentOf(wat, world)
  const said = {
    name: 'probe',
    version: '1.0.0',
    kinds: ['sink' as const],
    capabilities: [],
    wit: '1.0.0',
    size: component.length,
    sha256: '',
  }
  return { description: { ...said, ...description }, component, files: new Map() }
}

/** What a hostile guest says of itself: one function `f` of a float, or a source of bytes. */
export function hostilePackage(wat: string, kind: 'source' | 'function'): Promise<PluginPackage> {
  const said: Partial<PluginPackage['description']> =
    kind === 'source'
      ? { source: { payload: 'bytes', resumes: true } }
      : {
          functions: [
            {
              name: 'f',
              doc: '',
              interface: 'scalar',
              index: 0,
              params: [{ name: 'x', type: 'float' }],
              returns: 'float',
              nulls: 'null',
              effect: 'pure',
            },
          ],
        }
  return packageOfText(wat, { kinds: [kind], ...said }, `${kind}-plugin`)
}

/** A batch of rows under columns that are called a, b, c ... */
export function rowsOf(...rows: readonly (readonly Cell[])[]): SinkBatch {
  const columns = Array.from({ length: rows[0]?.length ?? 0 }, (_, i) => ({ name: String.fromCharCode(97 + i) }))
  return { rows: { schema: { columns }, rows }, encoded: () => ({ payloads: rows.map((row) => JSON.stringify(row)) }) }
}
