import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Row } from '../../../src/data/batch.ts'
import type { SourceNode } from '../../../src/plan/nodes.ts'
import { ErrorPath } from '../../../src/runtime/error-path.ts'
import { EventTime } from '../../../src/runtime/event-time.ts'
import { WatermarkMetrics } from '../../../src/runtime/watermark-metrics.ts'
import { testContext } from '../../support/context.ts'

const source = (place: number): SourceNode => ({
  op: 'source',
  place,
  stream: `s${place}`,
  columns: [{ name: 'a' }, { name: 'ts' }],
  record: false,
  meta: [],
  time: true,
  timestamp: 'ts',
  width: 3,
})

/** What the operators see: rows as `port:a`, watermarks as `| time`. */
function rule(lateTolerance: number, sources: readonly SourceNode[], everyWatermark = false, left = () => false) {
  const ctx = testContext()
  const seen: string[] = []
  const metrics = new WatermarkMetrics('op_3_watermark_0')
  const time = new EventTime({
    pipeline: {
      accept: (port, { rows, errors = [] }) => {
        seen.push(...rows.map(([a]) => `${port}:${Number(a)}`), ...errors.map(({ error }) => error.message))
      },
      advance: (watermark) => void seen.push(`| ${watermark}`),
      everyWatermark,
      wakeAt: () => (left() ? Number.NEGATIVE_INFINITY : undefined),
    },
    sources,
    lateTolerance,
    metrics,
    errors: new ErrorPath(ctx.log, ctx.clock),
    clock: ctx.clock,
  })
  const send = (port: number, ...times: number[]): void => {
    const rows = times.map((t): Row => [t, t, t])
    void time.accept(port, { schema: { columns: [] }, rows }, undefined)
  }
  return { time, seen, send, metrics, log: ctx.log, clock: ctx.clock }
}

test('the slowest stream holds the watermark, and rows of all streams pass in one order of time', () => {
  const { send, seen, metrics } = rule(0, [source(0), source(1)])
  send(0, 5, 1, 9)
  expect(seen).toEqual([])
  expect(Object.fromEntries(metrics.entries())).toMatchObject({
    op_3_watermark_0_watermark_held_by: 's1',
    op_3_watermark_0_buffer_length: 3,
    op_3_watermark_0_watermark: 0,
  })
  send(1, 3, 5)
  expect(seen).toEqual(['0:1', '1:3', '0:5', '1:5', '| 5'])
  send(1, 20)
  expect(seen.slice(5)).toEqual(['0:9', '| 9'])
  expect(metrics.heldBy()).toBe('s0')
})

test('rows of the time of the watermark pass after it, in one batch as one by one', () => {
  const { send, seen } = rule(0, [source(0)])
  send(0, 1, 3, 3, 3, 5)
  expect(seen).toEqual(['0:1', '0:3', '| 3', '0:3', '0:3', '0:5', '| 5'])
})

test('every watermark is told to operators that want to know it', () => {
  const { send, seen } = rule(0, [source(0)], true)
  send(0, 1, 2, 2, 3)
  expect(seen).toEqual(['0:1', '| 1', '0:2', '| 2', '0:2', '0:3', '| 3'])
})

test('late rows are counted and told about rarely', () => {
  const { send, metrics, log } = rule(10, [source(0)])
  send(0, 100, 89, 90, 88)
  send(0, 50)
  expect(metrics.late).toBe(3)
  expect(log.of('warn')).toEqual(['a row of s0 came 1 ms too late and was left out'])
  expect(Object.fromEntries(metrics.entries())['op_3_watermark_0_records_late_total']).toBe(3)
})

test('rows of a table pass at once', () => {
  const { timestamp: _, ...table } = source(1)
  const { send, seen } = rule(1000, [source(0), { ...table, retain: 5 }])
  send(1, 7)
  expect(seen).toEqual(['1:7'])
})

test('a stop of the rule loses nothing that waits', () => {
  const before = rule(10, [source(0), source(1)])
  before.send(0, 100, 95)
  before.send(1, 99)
  const after = rule(10, [source(0), source(1)])
  after.time.restore(structuredClone(before.time.snapshot()))
  after.send(1, 88, 110)
  expect(after.metrics.late).toBe(1)
  expect(after.seen).toEqual(['| 90'])
  after.send(0, 120)
  expect(after.seen).toEqual(['| 90', '0:95', '1:99', '0:100', '| 100'])
})

test('however rows are cut into batches, the same pass in the same order', () => {
  const rows = fc.array(fc.tuple(fc.nat({ max: 1 }), fc.integer({ min: 0, max: 60 })), { maxLength: 60 })
  fc.assert(
    fc.property(rows, fc.nat({ max: 20 }), fc.array(fc.boolean()), (given, tolerance, cuts) => {
      const single = rule(tolerance, [source(0), source(1)])
      for (const [port, time] of given) single.send(port, time)
      const cut = rule(tolerance, [source(0), source(1)])
      let batch: number[] = []
      given.forEach(([port, time], i) => {
        batch.push(time)
        if (given[i + 1]?.[0] === port && cuts[i] !== true) return
        cut.send(port, ...batch)
        batch = []
      })
      const passed = (seen: readonly string[]): readonly string[] => seen.filter((line) => !line.startsWith('|'))
      expect(passed(cut.seen)).toEqual(passed(single.seen))
      expect(cut.metrics.late).toBe(single.metrics.late)
    }),
  )
})

test('an operator that leaves work over gets further turns with the watermark of before; what follows waits, until the rule ends', async () => {
  let left = 0
  const { time, send, seen, clock } = rule(0, [source(0)], true, () => left-- > 0)
  left = 2
  send(0, 1, 2)
  expect(seen).toEqual(['0:1'])
  await clock.advance(0)
  expect(seen).toEqual(['0:1', '| -Infinity', '| -Infinity', '| 1', '0:2', '| 2'])
  left = 1
  send(0, 3)
  time.close()
  await clock.advance(0)
  expect(seen.slice(6)).toEqual(['0:3', '| 3'])
})
