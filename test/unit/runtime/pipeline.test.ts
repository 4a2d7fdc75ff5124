import { expect, test } from 'vitest'
import type { Batches, Operator } from '../../../src/api/operator.ts'
import { PlutinoError } from '../../../src/base/errors.ts'
import type { RowBatch } from '../../../src/data/batch.ts'
import { ErrorPath } from '../../../src/runtime/error-path.ts'
import { NodeMetrics } from '../../../src/runtime/metrics.ts'
import { Pipeline, type Step } from '../../../src/runtime/pipeline.ts'
import { testContext } from '../../support/context.ts'

const rows = (...values: number[]): RowBatch => ({ schema: { columns: [{ name: 'a' }] }, rows: values.map((a) => [a]) })

/** Passes what comes on, with the port and its own name in front. */
const echo = (name: string): Operator => ({
  name,
  process: (batch, port) => [{ ...batch, rows: batch.rows.map((row) => [`${name}${port}`, ...row]) }],
})

function pipeline(operators: readonly (readonly [Operator, Step['next']])[], entries: ReadonlyMap<number, Step['next']>) {
  const ctx = testContext()
  const out: RowBatch[] = []
  const steps = operators.map(([operator, next], i) => ({
    operator,
    next,
    ctx,
    metrics: [new NodeMetrics(`op_${i + 2}_${operator.name}_0`)],
  }))
  const sink = { offer: (batch: RowBatch) => void out.push(batch), room: () => undefined, failing: false, releaseTokens: () => {} }
  const made = new Pipeline({ steps, entries, sinks: [sink], errors: new ErrorPath(ctx.log, ctx.clock) })
  return { made, steps, rows: () => out.flatMap((batch) => batch.rows) }
}

test('each source enters at its own step and port, and all end in the sinks', () => {
  const { made, rows: given } = pipeline(
    [
      [echo('x'), { step: 1, port: 1 }],
      [echo('y'), undefined],
    ],
    new Map([
      [0, { step: 1, port: 0 }],
      [1, { step: 0, port: 0 }],
      [2, undefined],
    ]),
  )
  for (const port of [0, 1, 2]) void made.accept(port, rows(port), undefined)
  expect(given()).toEqual([['y0', 0], ['y1', 'x0', 1], [2]])
})

test('what an operator gives when time moves passes the steps behind it before those hear of the time', () => {
  const heard: string[] = []
  const timed = (name: string): Operator => ({
    ...echo(name),
    advance: (time): Batches => {
      heard.push(`${name} ${time}`)
      return [rows(time)]
    },
    wakeAt: () => (name === 'x' ? 30 : 20),
  })
  const { made, rows: given } = pipeline(
    [
      [timed('x'), { step: 1, port: 0 }],
      [timed('y'), undefined],
    ],
    new Map([[0, { step: 0, port: 0 }]]),
  )
  void made.advance(7)
  expect(heard).toEqual(['x 7', 'y 7'])
  expect(given()).toEqual([['y0', 7], [7]])
  expect(made.wakeAt()).toBe(20)
})

test('an operator that waits gets its next batch when it has answered', async () => {
  const waiting: ((out: Batches) => void)[] = []
  const slow: Operator = { name: 'slow', process: () => new Promise((resolve) => waiting.push(resolve)) }
  const twice: Operator = { name: 'twice', process: (batch) => [batch, batch] }
  const { made, rows: given } = pipeline(
    [
      [twice, { step: 1, port: 0 }],
      [slow, undefined],
    ],
    new Map([[0, { step: 0, port: 0 }]]),
  )
  const done = made.accept(0, rows(1), undefined)
  expect(waiting).toHaveLength(1)
  waiting[0]?.([rows(10)])
  await Promise.resolve()
  await Promise.resolve()
  expect(waiting).toHaveLength(2)
  waiting[1]?.([rows(11)])
  await done
  expect(given()).toEqual([[10], [11]])
})

test('a row that fails counts once, at the step where it failed', () => {
  const failing: Operator = {
    name: 'failing',
    process: (batch) => [{ ...batch, rows: [], errors: [{ at: 0, error: new PlutinoError('row_failed', 'bad') }] }],
  }
  const { made, steps } = pipeline(
    [
      [failing, { step: 1, port: 0 }],
      [echo('y'), undefined],
    ],
    new Map([[0, { step: 0, port: 0 }]]),
  )
  void made.accept(0, rows(1), undefined)
  expect(steps.map(({ metrics }) => metrics[0]?.exceptions)).toEqual([1, 0])
})

test('sinks say how many rows a batch should have, and whether their writes are answered from elsewhere', () => {
  const ctx = testContext()
  const made = (...kinds: readonly { readonly takesAtOnce: boolean; readonly batchLimit?: number }[]): Pipeline => {
    const sinks = kinds.map((kind) => ({ offer() {}, room: () => undefined, failing: false, releaseTokens() {}, ...kind }))
    return new Pipeline({ steps: [], entries: new Map(), sinks, errors: new ErrorPath(ctx.log, ctx.clock) })
  }
  const told = ({ batchLimit, waits }: Pipeline): unknown => [batchLimit, waits]
  expect(told(made())).toEqual([undefined, false])
  expect(told(made({ takesAtOnce: true }, { takesAtOnce: true }))).toEqual([undefined, false])
  expect(told(made({ takesAtOnce: true }, { takesAtOnce: false }))).toEqual([undefined, true])
  expect(told(made({ takesAtOnce: true }, { takesAtOnce: false, batchLimit: 4096 }))).toEqual([4096, true])
})
