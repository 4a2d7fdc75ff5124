/*
 * What a call of a plugin sink costs with 100 rows: through our host, and through the JavaScript that jco generates for the same component.
 * Six columns (int, text, float, int, boolean, object), and the first five, as making the object's JSON text costs both the same. The guests
 * do nothing with the rows, so that the host is what is measured. Run: node test/bench/plugin-sink.ts
 */
import { transpile } from '@bytecodealliance/jco'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { systemClock } from '../../src/base/clock.ts'
import type { Cell } from '../../src/data/value.ts'
import { WireReader, WireWriter } from '../../src/wasm/abi/wire.ts'
import { mainModule } from '../../src/wasm/component/take-apart.ts'
import { GuestInstance } from '../../src/wasm/guest/instance.ts'
import { CellCodec } from '../../src/wasm/values/cells.ts'
import { Contract } from '../../src/wasm/wit/contract.ts'
import { databaseSink, sinkGuest } from '../guests/sink-guests.ts'
import { componentOf } from '../support/components.ts'
import { testContext } from '../support/context.ts'
import { FakeDatabases, rowsOf, sinkOf, testHost } from '../support/plugins.ts'

const ROWS = 100
const [, , wanted, width = '6'] = process.argv
const COLUMNS = ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, Number(width))
const rows: readonly (readonly Cell[])[] = Array.from({ length: ROWS }, (_, i) =>
  [i, `device-${i}`, i * 1.37, 1_700_000_000_000 + i, i % 2 === 0, { a: i }].slice(0, Number(width)),
)
const QUIET = sinkGuest({ collect: '(call $reset) (i32.const 64)' })

/** Milliseconds that this process has had a processor: what else the machine does is not in them. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** The clock of the processor takes as long to read as a small call. */
async function tenTimes(call: () => unknown): Promise<void> {
  for (let i = 0; i < 10; i++) {
    const done = call()
    if (done instanceof Promise) await done
  }
}

/** Median microseconds of a call over many rounds of at least 25 ms. \`now\`: the wall clock where threads wait for one another. */
async function measure(call: () => unknown, now: () => number): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 40; round++) {
    const begin = now()
    let calls = 0
    while (now() - begin < 25) {
      await tenTimes(call)
      calls += 10
    }
    times.push(((now() - begin) * 1000) / calls)
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}

/** As jco takes them; made anew in every call, as the engine would have to. */
function jcoBatch(): unknown {
  const value = (cell: Cell): unknown => {
    if (typeof cell === 'number') return Number.isSafeInteger(cell) ? { tag: 'int', val: BigInt(cell) } : { tag: 'float', val: cell }
    if (typeof cell === 'string') return { tag: 'text', val: cell }
    if (typeof cell === 'boolean') return { tag: 'boolean', val: cell }
    return { tag: 'json', val: JSON.stringify(cell) }
  }
  return { tag: 'rows', val: { columns: COLUMNS, rows: rows.map((row) => row.map(value)) } }
}

async function jcoSink(component: Uint8Array): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'plutino-bench-'))
  const { files } = await transpile(component, { name: 'sink', instantiation: 'sync', base64Cutoff: 0 })
  for (const [name, bytes] of Object.entries(files)) if (!name.includes('/')) writeFileSync(join(folder, name), bytes)
  const modules = new Map(Object.entries(files).filter(([name]) => name.endsWith('.wasm')))
  const { instantiate } = await import(pathToFileURL(join(folder, 'sink.js')).href)
  const { sink } = instantiate((name: string) => new WebAssembly.Module(modules.get(name) ?? new Uint8Array()), {})
  const micros = await measure(() => sink.collect(jcoBatch()), processorTime)
  rmSync(folder, { recursive: true })
  return micros
}

function ownSink(component: Uint8Array): () => unknown {
  const contract = new Contract()
  const host = { direct: new Map(), functions: new Map(), wait: () => Promise.reject(new Error('no database')), drop: () => {} }
  const guest = new GuestInstance(new WebAssembly.Module(mainModule(component, 'sink.wasm') ?? component), contract, host, 16_777_216)
  const cells = new CellCodec(contract)
  const wire = new WireWriter()
  return () => {
    wire.u8(0)
    cells.writeRows(wire, COLUMNS, rows)
    wire.u8(0)
    const result = guest.call('sink', 'collect', wire.written())
    if (result instanceof Promise || new WireReader(result).u8() !== 0) throw new Error('collect failed')
  }
}

/** Whole `write` calls through a thread. */
async function threaded(wat: string): Promise<number> {
  const ctx = testContext(systemClock)
  const databases = new FakeDatabases()
  const host = testHost({ clock: systemClock, databases })
  const sink = (await sinkOf(host, wat)).create({ url: 'sqlite:x' })
  await sink.connect(ctx)
  const batch = rowsOf(...rows)
  const micros = await measure(() => {
    databases.batches.length = 0
    return sink.write(batch, ctx)
  }, performance.now.bind(performance))
  await host.close()
  return micros
}

const CASES: Readonly<Record<string, readonly [name: string, run: () => Promise<number>]>> = {
  ours: ['our host, one thread', async () => measure(ownSink(await componentOf(QUIET)), processorTime)],
  jco: ['what jco generates, one thread', async () => jcoSink(await componentOf(QUIET))],
  thread: ['our host, whole write(): to the thread of the plugin and back', () => threaded(QUIET)],
  database: ['the same with one db.exec-batch of all rows, back and forth', () => threaded(databaseSink())],
}

function compare(columns: string): void {
  const micros = new Map<string, number>()
  process.stdout.write(`${ROWS} rows of ${columns} columns; one thread: processor time\n`)
  for (const [key, [name]] of Object.entries(CASES)) {
    // each in a process of its own: what one leaves behind must not slow another down
    const found = Number(execFileSync(process.execPath, [import.meta.filename, key, columns], { encoding: 'utf8' }))
    micros.set(key, found)
    process.stdout.write(`${name.padEnd(64)}${found.toFixed(1).padStart(8)} us${((found * 1000) / ROWS).toFixed(0).padStart(8)} ns/row\n`)
  }
  process.stdout.write(`jco / ours: ${((micros.get('jco') ?? 0) / (micros.get('ours') ?? 1)).toFixed(1)}\n`)
}

if (wanted === undefined) {
  compare('6')
  compare('5')
} else process.stdout.write(String(await CASES[wanted]?.[1]()))
process.exit(0)
