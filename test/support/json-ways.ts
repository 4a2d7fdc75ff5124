import { expect } from 'vitest'
import type { DecodeColumn } from '../../src/api/codec.ts'
import { compileColumn } from '../../src/data/column-value.ts'
import { parseExact } from '../../src/data/exact-json.ts'
import { compileScanner, type Scan } from '../../src/codecs/json/scanner.ts'
import { isStruct, type Cell } from '../../src/data/value.ts'

/** `scanned`: the scanner accepted. `parsed`: only `JSON.parse` did. `refused`: neither. */
export type Agreement = 'scanned' | 'parsed' | 'refused'

const scanners = new Map<string, Scan>()

function scannerFor(names: readonly string[]): Scan {
  const key = JSON.stringify(names)
  const known = scanners.get(key)
  if (known !== undefined) return known
  const request = { columns: [], record: false, width: names.length, strict: false }
  const wanted = names.map((name) => ({
    name,
    toCell: compileColumn({ name } satisfies DecodeColumn, request),
    asIs: true,
    whole: 'none' as const,
  }))
  const scan = compileScanner(wanted, names.length)
  scanners.set(key, scan)
  return scan
}

/** The row that the scanner reads from the text, which stands in a larger buffer that goes on like JSON. */
export function scanText(payload: string | Uint8Array, names: readonly string[]): readonly Cell[] | undefined {
  const bytes = Buffer.concat([Buffer.from('"},'), Buffer.from(payload), Buffer.from('"}]} ,1')])
  return scannerFor(names)(bytes, 3, bytes.length - 7)
}

/** Throws when the scanner accepts what `JSON.parse` refuses, or brings another value. */
export function compareWays(payload: string | Uint8Array, names: readonly string[]): Agreement {
  const scanned = scanText(payload, names)
  const alone = scannerFor(names)(Buffer.from(payload), 0, Buffer.from(payload).length)
  if (!same(scanned, alone)) throw new Error(`depends on what follows: ${Buffer.from(payload).toString()}`)
  const expected = parsed(payload, names)
  if (scanned === undefined) return expected === undefined ? 'refused' : 'parsed'
  if (!same(scanned, expected)) throw new Error(`scanner: ${Buffer.from(payload).toString()}`)
  return 'scanned'
}

export function expectSameWays(payload: string | Uint8Array, names: readonly string[]): void {
  const scanned = scanText(payload, names)
  if (scanned !== undefined) expect(scanned).toStrictEqual(parsed(payload, names))
  compareWays(payload, names)
}

function parsed(payload: string | Uint8Array, names: readonly string[]): Cell[] | undefined {
  try {
    const value = parseExact(Buffer.from(payload).toString('utf8'))
    return isStruct(value) ? names.map((name) => (Object.hasOwn(value, name) ? value[name] : undefined)) : undefined
  } catch {
    return undefined
  }
}

/** Deep equality that tells 0 from -0 and does not spend time on messages. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return Object.is(a, b)
  const names = Object.keys(a)
  if (Array.isArray(a) !== Array.isArray(b) || names.length !== Object.keys(b).length) return false
  return names.every((name) => Object.hasOwn(b, name) && same((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]))
}
