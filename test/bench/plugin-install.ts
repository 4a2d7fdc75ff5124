/*
 * From the zip of a plugin to the first row that went through it, in a running server; what its event loop did meanwhile; and what a rule with
 * a plugin costs. Go only where its guest was built: npm run plugins -- --language Go.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packPlugin } from '../../plugin-sdk/assemblyscript/build/pack.ts'
import { SCRIPT_ECHO } from '../guests/script-guests.ts'
import { scriptComponent } from '../support/script-components.ts'
import { zipOf } from '../support/zip.ts'
import { ProbedServer } from './load/probed-server.ts'
import type { Figure } from './report.ts'

const ROOT = join(import.meta.dirname, '../..')
const GO = join(ROOT, 'plugin-sdk/tinygo/test/guests/probe/target/probe.zip')
const STREAM = `CREATE STREAM few () WITH (TYPE="simulator", EXTRA="{\\"data\\":[{\\"t\\":\\"a\\"}],\\"interval\\":10}")`
const RULES = 20
const MIB = 1024 * 1024

type Zip = Uint8Array<ArrayBuffer>

interface Plugin {
  readonly language: string
  readonly zip: Zip
  /** Of a text. */
  readonly call: string
  /** Limits hold for it. */
  readonly small: boolean
}

async function plugins(): Promise<readonly Plugin[]> {
  const read = (file: string): Zip => new Uint8Array(readFileSync(file))
  const script = async (language: 'JavaScript (QuickJS)' | 'JavaScript (SpiderMonkey)'): Promise<Plugin> => ({
    language,
    zip: new Uint8Array(zipOf({ 'echo.wasm': await scriptComponent(language, SCRIPT_ECHO, 'function-plugin') })),
    call: 'echo(t)',
    small: false,
  })
  return [
    {
      language: 'AssemblyScript',
      zip: new Uint8Array((await packPlugin(join(ROOT, 'plugin-sdk/assemblyscript/test/guests/functions'))).zip),
      call: 'shout(t)',
      small: true,
    },
    { language: 'Rust', zip: read(join(ROOT, 'plugin-sdk/rust/test/guests/probe/prebuilt/probe.zip')), call: 'shout(t)', small: true },
    ...(existsSync(GO) ? [{ language: 'Go', zip: read(GO), call: 'shout(t)', small: false }] : []),
    await script('JavaScript (QuickJS)'),
    await script('JavaScript (SpiderMonkey)'),
  ]
}

async function firstRow({ server }: ProbedServer, rule: string): Promise<Record<string, unknown>> {
  for (;;) {
    const status: Record<string, unknown> = JSON.parse(await server.request('GET', `/rules/${rule}/status`))
    if (Number(status['sink_nop_0_0_records_out_total']) > 0) return status
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

function memoryOf(status: Record<string, unknown>): number {
  const [, bytes = 0] = Object.entries(status).find(([key]) => key.endsWith('_memory_bytes')) ?? []
  return Number(bytes) / MIB
}

async function figuresOf({ language, zip, call, small }: Plugin): Promise<readonly Figure[]> {
  const probed = await ProbedServer.start()
  const { server } = probed
  const rule = { sql: `SELECT ${call} AS t FROM few`, actions: [{ nop: {} }] }
  await server.request('POST', '/streams', { sql: STREAM })
  // the server has made its first rule before
  await server.request('POST', '/rules', { id: 'plain', sql: 'SELECT t FROM few', actions: [{ nop: {} }] })
  await firstRow(probed, 'plain')
  await probed.quiet()
  const begin = performance.now()
  await probed.send('POST', '/plugins', zip)
  await server.request('POST', '/rules', { id: 'first', ...rule })
  const guest = memoryOf(await firstRow(probed, 'first'))
  const seconds = (performance.now() - begin) / 1000
  const before = await probed.held()
  for (let i = 0; i < RULES; i++) {
    await server.request('POST', '/rules', { id: `r${i}`, ...rule })
    await firstRow(probed, `r${i}`)
  }
  const after = await probed.held()
  await probed.stop()
  const size = `${Math.round(zip.length / 1024)} KB`
  return [
    { name: `${language}: install of a zip of ${size} until its first row`, value: seconds, unit: 's', ...(small ? { most: 2 } : {}) },
    {
      name: 'longest delay of the event loop meanwhile',
      value: before.delay,
      unit: 'ms',
      most: 20,
      rival: { name: 'of it at work', value: before.busy },
    },
    {
      name: 'memory of a rule with it, without that of the guest',
      value: (after.resident - before.resident) / RULES - guest,
      unit: 'MiB',
      ...(small ? { most: 12 } : {}),
      rival: { name: 'the guest', value: guest },
    },
  ]
}

/** For each language, each in a server of its own. */
export async function pluginInstallFigures(): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const plugin of await plugins()) figures.push(...(await figuresOf(plugin)))
  return figures
}
