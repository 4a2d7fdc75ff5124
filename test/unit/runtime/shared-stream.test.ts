import { expect, test } from 'vitest'
import type { RowBatch } from '../../../src/data/batch.ts'
import { Compiler } from '../../../src/expression/compile.ts'
import { layoutMapping, unionLayout } from '../../../src/runtime/layout.ts'
import { timestampReader } from '../../../src/runtime/timestamp.ts'
import { rowReader } from '../../../src/runtime/row-reader.ts'
import { SharedStream, type Subscriber } from '../../../src/runtime/shared-stream.ts'

const layout = (names: string[], more = {}) => ({
  columns: names.map((name) => ({ name })),
  record: false,
  meta: [] as string[],
  time: false,
  width: names.length,
  ...more,
})

function subscriber() {
  const seen: RowBatch[] = []
  const state = { full: false, failing: false, dropped: 0, tokens: 0, released: 0, unseen: () => 0 }
  const s: Subscriber = {
    accept: (batch, token) => {
      seen.push(batch)
      if (token !== undefined) state.tokens++
    },
    room: () => (state.full ? new Promise(() => {}) : undefined),
    get failing() {
      return state.failing
    },
    releaseTokens: () => void state.released++,
    dropped: (rows: number) => void (state.dropped += rows),
    unseen: (rows) => void (state.unseen = rows),
  }
  return { seen, state, s }
}

const token = { hold() {}, release() {} }

test('each rule gets its own columns in its own order, decoded once', () => {
  let readers = 0
  const hub = new SharedStream((l) => {
    readers++
    return rowReader(l, { strict: false, timestamps: timestampReader(undefined, 'UTC') })
  }, new Compiler())
  const first = subscriber()
  const second = subscriber()
  hub.subscribe(layout(['a', 'b']), first.s)
  hub.subscribe(layout(['c', 'a'], { record: true, time: true, width: 4 }), second.s)
  const batch = { from: 0, length: 1, records: [{ a: 1, b: 2, c: 3 }], time: 9 }
  void hub.accept(hub.reader().read(batch), undefined)
  void hub.accept(hub.reader().read(batch), undefined)
  expect(readers).toBe(1)
  expect(first.seen[0]?.rows[0]?.slice(0, 2)).toEqual([1, 2])
  expect(second.seen[0]?.rows).toEqual([[3, 1, { a: 1, b: 2, c: 3 }, 9]])
  expect(second.seen[0]?.schema.columns.map((c) => c.name)).toEqual(['c', 'a', '*', 'event_time()'])
})

test('a slow rule holds the stream back, a failing one does not', () => {
  const hub = new SharedStream((l) => rowReader(l, { strict: false, timestamps: timestampReader(undefined, 'UTC') }), new Compiler())
  const slow = subscriber()
  const leave = hub.subscribe(layout(['a']), slow.s)
  slow.state.full = true
  expect(hub.room()).toBeInstanceOf(Promise)
  slow.state.failing = true
  expect(hub.room()).toBeUndefined()
  leave()
  expect(hub.size).toBe(0)
})

test('a failing rule keeps what fits, then loses and counts, and never holds an acknowledgement', () => {
  const hub = new SharedStream((l) => rowReader(l, { strict: false, timestamps: timestampReader(undefined, 'UTC') }), new Compiler())
  const bad = subscriber()
  const good = subscriber()
  hub.subscribe(layout(['a']), bad.s)
  hub.subscribe(layout(['a']), good.s)
  bad.state.failing = true
  const rows = hub.reader().read({ from: 0, length: 2, records: [{ a: 1 }, { a: 2 }], time: 1 })
  void hub.accept(rows, token)
  bad.state.full = true
  void hub.accept(rows, token)
  expect(bad.state).toMatchObject({ tokens: 0, dropped: 2, released: 2 })
  expect(good.state.tokens).toBe(2)
  expect([bad.seen.length, good.seen.length]).toEqual([1, 2])
})

test('the union has each column once and a rule that needs all of it gets the batch itself', () => {
  const union = unionLayout([layout(['a'], { meta: ['topic'] }), layout(['b', 'a'], { meta: ['topic', 'qos'] })])
  expect(union).toMatchObject({ columns: [{ name: 'a' }, { name: 'b' }], meta: ['topic', 'qos'], width: 4 })
  const batch: RowBatch = { schema: { columns: [] }, rows: [[1, 2, 't', 0]] }
  expect(layoutMapping(layout(['a', 'b'], { meta: ['topic', 'qos'], width: 4 }), union)(batch)).toBe(batch)
})

test('a rule that throws on a batch loses it alone', async () => {
  const hub = new SharedStream((l) => rowReader(l, { strict: false, timestamps: timestampReader(undefined, 'UTC') }), new Compiler())
  const bad = subscriber()
  const good = subscriber()
  hub.subscribe(layout(['a']), {
    ...bad.s,
    accept: () => {
      throw new Error('a mistake of ours')
    },
  })
  hub.subscribe(layout(['a']), { ...bad.s, accept: () => Promise.reject(new Error('later')) })
  hub.subscribe(layout(['a']), good.s)
  await hub.accept(hub.reader().read({ from: 0, length: 2, records: [{ a: 1 }, { a: 2 }], time: 1 }), undefined)
  expect(good.seen).toHaveLength(1)
  expect(bad.state.dropped).toBe(4)
})

test('of many rules only those see a row that may pass their filter, and what is left out is counted', () => {
  const hub = new SharedStream((l) => rowReader(l, { strict: false, timestamps: timestampReader(undefined, 'UTC') }), new Compiler())
  const equal = Array.from({ length: 40 }, (_, i) => ({ ...subscriber(), prefilter: { slot: 0, op: '=' as const, values: [BigInt(i)] } }))
  const above = Array.from({ length: 40 }, (_, i) => ({ ...subscriber(), prefilter: { slot: 1, op: '>' as const, values: [i * 10] } }))
  const all = subscriber()
  for (const { s, prefilter } of [...equal, ...above]) hub.subscribe(layout(['x', 'a', 'b']), s, { ...prefilter, slot: prefilter.slot + 1 })
  hub.subscribe(layout(['b']), all.s)
  const records = [{ a: 7, b: 35 }, { a: 7n, b: -1 }, { a: null }, { b: 1000 }]
  void hub.accept(hub.reader().read({ from: 0, length: 4, records, time: 1 }), token)
  const rowsOf = ({ seen }: { seen: RowBatch[] }): unknown[] => seen.flatMap(({ rows }) => rows.map((row) => row.slice(1)))
  expect(rowsOf(equal[7] ?? all)).toEqual([
    [7, 35],
    [7n, -1],
  ])
  expect(equal.filter(({ seen }) => seen.length > 0)).toHaveLength(1)
  expect(above.map(({ seen }) => seen[0]?.rows.length ?? 0)).toEqual([2, 2, 2, 2, ...Array.from({ length: 36 }, () => 1)])
  expect(rowsOf(all)).toEqual([[], [], [], []])
  expect([equal[7]?.state.unseen(), equal[8]?.state.unseen(), all.state.unseen()]).toEqual([2, 4, 0])
})

test('a value that cannot be compared goes to every rule, whose filter reports it; so does a batch with errors', () => {
  const hub = new SharedStream((l) => rowReader(l, { strict: false, timestamps: timestampReader(undefined, 'UTC') }), new Compiler())
  const rules = Array.from({ length: 40 }, (_, i) => ({
    ...subscriber(),
    prefilter: { slot: 0, op: '=' as const, values: [`k${i}`, 'x'] },
  }))
  for (const { s, prefilter } of rules) hub.subscribe(layout(['a']), s, prefilter)
  expect(hub.batchLimit).toBeUndefined()
  void hub.accept(hub.reader().read({ from: 0, length: 3, records: [{ a: 5 }, { a: [1] }, { a: 'x' }], time: 1 }), token)
  expect(hub.batchLimit).toBeGreaterThan(1024)
  expect(rules.every(({ seen }) => seen[0]?.rows.length === 3)).toBe(true)
})
