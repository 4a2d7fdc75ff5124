import type { DecodeColumn } from '../../src/api/codec.ts'
import { jsonDecoder } from '../../src/codecs/json/decoder.ts'
import { compileColumn } from '../../src/data/column-value.ts'
import { compileScanner } from '../../src/codecs/json/scanner.ts'
import { parseExact } from '../../src/data/exact-json.ts'
import { jsonEncoder } from '../../src/codecs/json/encoder.ts'
import type { Row } from '../../src/data/batch.ts'
import type { Struct, Value } from '../../src/data/value.ts'
import { payloadsOf } from '../support/payloads.ts'

/** Nanoseconds per message of decoding and encoding JSON, ours beside plain JavaScript in the same run. */

const MESSAGES = 1000
const ROUNDS = 300

function small(i: number): Struct {
  return {
    deviceId: `dev-${i % 97}`,
    temperature: 20 + (i % 400) / 16,
    humidity: 40 + (i % 50),
    ok: i % 3 === 0,
    ts: 1_709_210_096_789 + i,
    site: `plant-${i % 7}`,
    seq: i,
    unit: 'C',
  }
}

function large(i: number): Struct {
  return {
    ...small(i),
    location: { lat: 48.1351 + i / 1000, lon: 11.582, alt: 519 },
    tags: ['one', 'two', 'three'],
    firmware: '2.14.7-rc1',
    note: 'The quick brown fox jumps over the lazy dog, again and again, until the message is long enough for this bench.',
    battery: { level: 87, cycles: 412, charging: false, cells: [3.71, 3.7, 3.72, 3.69] },
    gateway: 'gw-0001-building-7',
  }
}

let sink = 0

function nanoseconds(work: () => number): number {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint()
    sink += work()
    times.push(Number(process.hrtime.bigint() - start) / MESSAGES)
  }
  return times.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0
}

function report(name: string, work: () => number, base?: number): number {
  const ns = nanoseconds(work)
  process.stdout.write(
    `  ${name.padEnd(44)} ${ns.toFixed(0).padStart(6)} ns${base === undefined ? '' : `  ${(ns / base).toFixed(2)} x JSON.parse`}\n`,
  )
  return ns
}

function decode(title: string, make: (i: number) => Struct): void {
  const texts = Array.from({ length: MESSAGES }, (_, i) => JSON.stringify(make(i)))
  const batch = payloadsOf(texts)
  const { bytes, starts, ends } = batch
  const names = Object.keys(make(0))
  process.stdout.write(`decode ${title} (${Math.round(bytes.length / MESSAGES)} bytes, ${names.length} members)\n`)
  const each = (one: (start: number, end: number) => unknown): (() => number) => {
    return () => {
      let n = 0
      for (let i = 0; i < MESSAGES; i++) if (one(starts[i] ?? 0, ends[i] ?? 0) !== undefined) n++
      return n
    }
  }
  const base = report(
    'JSON.parse(utf8)',
    each((s, e) => JSON.parse(bytes.toString('utf8', s, e))),
  )
  report(
    'hand-written: JSON.parse, 3 members to a row',
    each((s, e) => {
      const value = JSON.parse(bytes.toString('utf8', s, e)) as { deviceId?: Value; temperature?: Value; ok?: Value }
      return [value.deviceId, value.temperature, value.ok]
    }),
    base,
  )
  report(
    'exact integers (parseExact)',
    each((s, e) => parseExact(bytes.toString('utf8', s, e))),
    base,
  )
  for (const n of [0, 1, 2, 3, 5, 8, 12, 14]) {
    if (n > names.length) continue
    const columns = names.slice(0, n).map((name): DecodeColumn => ({ name }))
    const request = { columns, record: false, width: n, strict: false }
    const scan = compileScanner(
      columns.map((c) => ({ name: c.name, toCell: compileColumn(c, request), asIs: true, whole: 'none' as const })),
      n,
    )
    report(
      `scanner, ${n} columns`,
      each((s, e) => scan(bytes, s, e)),
      base,
    )
  }
  const columns = ['deviceId', 'temperature', 'ok'].map((name): DecodeColumn => ({ name }))
  const untyped = jsonDecoder({ columns, record: false, width: 3, strict: false })
  report('decoder, 3 columns, schemaless', () => untyped.decode(batch).rows.length, base)
  const types = ['string', 'float', 'boolean'] as const
  const typed = jsonDecoder({
    columns: columns.map((column, i) => ({ ...column, type: { kind: types[i] ?? 'string' } })),
    record: false,
    width: 3,
    strict: false,
  })
  report('decoder, 3 columns, declared', () => typed.decode(batch).rows.length, base)
  const record = jsonDecoder({ columns: [], record: true, width: 1, strict: false })
  report('decoder, whole record', () => record.decode(batch).rows.length, base)
}

function encode(title: string, make: (i: number) => Struct): void {
  const records = Array.from({ length: MESSAGES }, (_, i) => make(i))
  const names = Object.keys(make(0))
  process.stdout.write(`encode ${title}\n`)
  const total = (one: (i: number) => string): (() => number) => {
    return () => {
      let length = 0
      for (let i = 0; i < MESSAGES; i++) length += Buffer.byteLength(one(i))
      return length
    }
  }
  report(
    'JSON.stringify, all members',
    total((i) => JSON.stringify(records[i])),
  )
  const rows: Row[] = records.map((record) => Object.values(record))
  const encoder = jsonEncoder({ columns: names.map((name) => ({ name })) })
  report(
    'encoder, all members as columns',
    total((i) => encoder.single(rows[i] ?? []) as string),
  )
  const spread = jsonEncoder({ columns: [{ name: '*', spread: true }] })
  report(
    'encoder, record',
    total((i) => spread.single([records[i]]) as string),
  )
  report(
    'JSON.stringify, 3 members',
    total((i) => {
      const row = rows[i] ?? []
      return JSON.stringify({ deviceId: row[0], temperature: row[1], humidity: row[2] })
    }),
  )
  const three = jsonEncoder({ columns: names.slice(0, 3).map((name) => ({ name })) })
  report(
    'encoder, 3 columns',
    total((i) => three.single(rows[i] ?? []) as string),
  )
}

decode('150 B', small)
decode('500 B', large)
encode('150 B', small)
encode('500 B', large)
if (sink === 0) process.exitCode = 1
