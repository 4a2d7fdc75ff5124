/*
 * What a row costs that goes through a plugin in Rust or in Go: scalar functions over batches, a source and a sink, all in, beside the same
 * function in JavaScript. Go only where its guest was built: npm run plugins -- --language Go. Run: node test/bench/plugin-languages.ts
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import type { Contribution } from '../../src/api/definition.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { Cell } from '../../src/data/value.ts'
import { functionOf, sourceOf } from '../support/built-plugins.ts'
import { testContext } from '../support/context.ts'
import { testHost } from '../support/plugins.ts'
import { measure } from './measure.ts'
import type { Figure } from './report.ts'

const ROWS = 1000
const ZIPS = {
  Rust: 'plugin-sdk/rust/test/guests/probe/prebuilt/probe.zip',
  Go: 'plugin-sdk/tinygo/test/guests/probe/target/probe.zip',
} as const
type Language = keyof typeof ZIPS

/** Runs `work` with what the guest of a language brings. */
async function withGuest(language: Language, work: (guest: readonly Contribution[]) => Promise<number>): Promise<number> {
  const host = testHost({ clock: systemClock })
  const micros = await work(host.definitions(await host.unpack(new Uint8Array(readFileSync(ZIPS[language])))))
  await host.close()
  return micros
}

async function scalar(guest: readonly Contribution[], name: string, row: (i: number) => readonly Cell[]): Promise<number> {
  const found = functionOf(guest, name)
  if (found.kind !== 'batch') throw new Error(`${name} is no batch function`)
  const rows = Array.from({ length: ROWS }, (_, i) => row(i))
  const args = (rows[0] ?? []).map(() => ({ expression: 'a' }))
  const opened = await found.openBatch({ place: 0, args }, testContext(systemClock))
  return measure(ROWS, () => opened.call(rows))
}

async function source(guest: readonly Contribution[]): Promise<number> {
  const ctx = testContext(systemClock)
  const running = sourceOf(guest).create({ size: 100 })
  await running.connect(ctx)
  return measure(4096, () => running.read(4096, ctx))
}

/** Rows of a number and a text of ten bytes into a sink that does nothing. */
async function sink(guest: readonly Contribution[]): Promise<number> {
  const definition = guest.find((one) => one.kind === 'sink')
  if (definition?.kind !== 'sink') throw new Error('no sink')
  const ctx = testContext(systemClock)
  const rows = Array.from({ length: ROWS }, (_, i) => [i + 0.5, String(i).padStart(10, '0')])
  const batch = { rows: { schema: { columns: [{ name: 'n' }, { name: 't' }] }, rows }, encoded: () => ({ payloads: [] }) }
  const running = definition.create({ quiet: true })
  await running.connect(ctx)
  return measure(ROWS, () => running.write(batch, ctx))
}

function native(call: (row: readonly Cell[]) => Cell, row: (i: number) => readonly Cell[]): Promise<number> {
  const rows = Array.from({ length: ROWS }, (_, i) => row(i))
  return measure(ROWS, () => rows.map(call))
}

const numbers = (i: number): readonly Cell[] => [i, i * 0.5, -i, 1.25]
const text = (i: number): readonly Cell[] => [`device-${String(i).padStart(25, '0')}`]
const norm = (row: readonly Cell[]): number => Math.sqrt(row.reduce((sum: number, one) => sum + Number(one) * Number(one), 0))

const CASES: Readonly<Record<string, (language: Language) => Promise<number>>> = {
  'native numbers': () => native(norm, numbers),
  'native text': () => native(([one]) => (typeof one === 'string' ? one.toUpperCase() : null), text),
  numbers: (language) => withGuest(language, (guest) => scalar(guest, 'norm4', numbers)),
  text: (language) => withGuest(language, (guest) => scalar(guest, 'shout', text)),
  source: (language) => withGuest(language, source),
  sink: (language) => withGuest(language, sink),
}

const [, file = '', wanted, asked] = process.argv
if (file === import.meta.filename && wanted !== undefined) {
  process.stdout.write(String(await CASES[wanted]?.(asked === 'Go' ? 'Go' : 'Rust')))
  process.exit(0)
} else if (file === import.meta.filename) {
  for (const { name, value, unit } of languageFigures())
    process.stdout.write(`${name.padEnd(64)}${value.toFixed(3).padStart(14)} ${unit}\n`)
}

/** Each in a process of its own: what one leaves behind, the compiler above all, must not slow another down. */
function run(name: string, language: Language = 'Rust'): number {
  return Number(execFileSync(process.execPath, [import.meta.filename, name, language], { encoding: 'utf8' }))
}

/** Limits hold for Rust; nothing is promised for Go's own compiler. */
export function languageFigures(): readonly Figure[] {
  const rivals = {
    numbers: { name: 'JavaScript', value: run('native numbers') },
    text: { name: 'JavaScript', value: run('native text') },
  }
  const languages: readonly Language[] = existsSync(ZIPS.Go) ? ['Rust', 'Go'] : ['Rust']
  return languages.flatMap((language): Figure[] => {
    const limit = (of: Pick<Figure, 'most' | 'least'>): Pick<Figure, 'most' | 'least'> => (language === 'Rust' ? of : {})
    const micros = (name: 'numbers' | 'text'): Pick<Figure, 'value' | 'unit' | 'rival'> => ({
      value: run(name, language),
      unit: 'us',
      rival: rivals[name],
    })
    return [
      { name: `scalar function in ${language} over batches, 4 numbers, a row`, ...micros('numbers'), ...limit({ most: 0.6 }) },
      { name: 'the same with a text of 32 bytes', ...micros('text'), ...limit({ most: 1 }) },
      {
        name: `source in ${language}, messages of 100 bytes`,
        value: 1e6 / run('source', language),
        unit: 'rows/s',
        ...limit({ least: 1e6 }),
      },
      { name: `sink in ${language}, rows`, value: 1e6 / run('sink', language), unit: 'rows/s', ...limit({ least: 1.5e6 }) },
    ]
  })
}
