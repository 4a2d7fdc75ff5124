import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseExact } from '../../src/data/exact-json.ts'
import type { Value } from '../../src/data/value.ts'

/** A row on its way to a rule. */
export interface GoldenInput {
  readonly stream: string
  /** When it is received, in milliseconds; absent: when the one before it was. The clock starts at 0. */
  readonly time?: number
  /** A text is a raw payload, anything else is encoded as JSON. */
  readonly row: Value
}

/** What a statement answers. A file is a JSON array of cases, or one case a line. */
export interface GoldenCase {
  readonly name: string
  /** Statements that create the streams and tables. */
  readonly streams: readonly string[]
  readonly sql: string
  /** Options of the rule. */
  readonly options?: { readonly [name: string]: Value }
  readonly input: readonly GoldenInput[]
  /** How far the clock goes on after the last row, as a time. */
  readonly until?: number
  /** The heading of `differences.txt`: eKuiper answers otherwise. */
  readonly differs?: string
  /** The rule is refused, with this in the error's message or hint; there is no input and no output. */
  readonly refused?: string
  /** Results in their order: the rows of each, or `{"$error":"…"}` for an error; an empty text stands for any. */
  readonly output: readonly Value[]
}

/** Where we answer otherwise than eKuiper, on purpose. */
export function headings(folder: string): readonly string[] {
  return readFileSync(path.join(folder, 'differences.txt'), 'utf8').trim().split('\n')
}

/** The cases of every file in the folder, each under the name of its file. */
export function goldenCases(folder: string): readonly GoldenCase[] {
  const files = readdirSync(folder).filter((file) => /\.jsonl?$/.test(file))
  return files.toSorted().flatMap((file) => {
    const text = readFileSync(path.join(folder, file), 'utf8')
    const parts = file.endsWith('l') ? text.split('\n').filter((line) => line.trim() !== '') : [text]
    // Our own files: a wrong one fails as a test.
    const cases = parts.flatMap((part) => parseExact(part) as unknown as GoldenCase | readonly GoldenCase[])
    return cases.map((one) => ({ ...one, name: `${file.replace(/\.jsonl?$/, '')}: ${one.name}` }))
  })
}
