/*
 * What thousands of installs, swaps and deletes leave behind in a running server. CYCLES=10000 node test/bench/run.ts plugin-life
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzip } from '../../src/wasm/install/unzip.ts'
import { zipOf } from '../support/zip.ts'
import { type Held, ProbedServer } from './load/probed-server.ts'
import type { Figure } from './report.ts'

const CYCLES = Number(process.env['CYCLES'] ?? 1000)
const WARM = 100
const ZIP = join(import.meta.dirname, '../../plugins/classic-rust/prebuilt/classic-rust.zip')
const STREAM = `CREATE STREAM life () WITH (TYPE="simulator", EXTRA="{\\"data\\":[{\\"a\\":1}],\\"interval\\":5}")`
const RULE = { sql: 'SELECT echo(a) AS a FROM life', actions: [{ nop: {} }] }

async function version(number: string): Promise<Uint8Array<ArrayBuffer>> {
  const files = [...(await unzip(readFileSync(ZIP)))].map(([name, bytes]): [string, Uint8Array] => {
    if (name.endsWith('.json')) return [name, Buffer.from(Buffer.from(bytes).toString().replaceAll('1.0.0', number))]
    return [name.replace('1.0.0', number), bytes]
  })
  return new Uint8Array(zipOf(Object.fromEntries(files)))
}

interface Life {
  readonly probed: ProbedServer
  readonly versions: readonly [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>]
}

/** Install, a rule with it that has given a row, a new version, back to the old one, and all gone. */
async function cycle({ probed, versions }: Life, i: number): Promise<void> {
  const { server } = probed
  const rule = `r${i}`
  await probed.send('POST', '/plugins/functions', versions[0])
  await server.request('POST', '/rules', { id: rule, ...RULE })
  await firstRow(probed, rule)
  await probed.send('PUT', '/plugins/functions/classic-rust', versions[1])
  await server.request('POST', '/plugins/functions/classic-rust/rollback')
  await server.request('DELETE', `/rules/${rule}`)
  await server.request('DELETE', '/plugins/functions/classic-rust')
}

async function firstRow({ server }: ProbedServer, rule: string): Promise<void> {
  for (;;) {
    const status: Record<string, unknown> = JSON.parse(await server.request('GET', `/rules/${rule}/status`))
    if (Number(status['sink_nop_0_0_records_out_total']) > 0) return
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

function show(cycles: number, held: Held): void {
  const { heap, external, resident, descriptors, threads, files, delay, busy } = held
  const mib = [heap, external, resident].map((one) => one.toFixed(1)).join(' / ')
  process.stdout.write(
    `     after ${cycles} cycles: heap / external / resident ${mib} MiB; ${descriptors} descriptors, ${threads} threads, ${files} files; ` +
      `event loop ${delay.toFixed(1)} ms, of them ${busy.toFixed(1)} at work\n`,
  )
}

/** The server's memory, threads, handles and files stay the same however often plugins come and go. */
export async function lifeFigures(): Promise<readonly Figure[]> {
  const probed = await ProbedServer.start()
  const life: Life = { probed, versions: [await version('1.0.0'), await version('2.0.0')] }
  await probed.server.request('POST', '/streams', { sql: STREAM })
  let first: Held | undefined
  let begin = 0
  for (let i = 1; i <= WARM + CYCLES; i++) {
    await cycle(life, i)
    if (i === WARM) {
      first = await probed.held()
      begin = performance.now()
    }
    if (i === WARM || i === 1000 || (i % 1000 === 0 && process.env['CYCLES'] !== undefined)) show(i, await probed.held())
  }
  const micros = ((performance.now() - begin) * 1000) / CYCLES
  const last = await probed.held()
  show(WARM + CYCLES, last)
  await probed.stop()
  const grown = (of: (held: Held) => number): number => of(last) - (first === undefined ? 0 : of(first))
  const name = `that ${CYCLES} installs, swaps, rollbacks and deletes leave behind`
  return [
    { name: `heap ${name}`, value: grown(({ heap, external }) => heap + external), unit: 'MiB', most: 4 },
    { name: 'resident memory', value: grown(({ resident }) => resident), unit: 'MiB', most: 32 },
    { name: 'file descriptors', value: grown(({ descriptors }) => descriptors), unit: '', most: 2 },
    { name: 'threads', value: grown(({ threads }) => threads), unit: '', most: 1 },
    { name: 'files in the data folder', value: grown(({ files }) => files), unit: '', most: 0 },
    { name: 'one of these cycles', value: micros / 1000, unit: 'ms' },
  ]
}
