import { expect, test } from 'vitest'
import type { Operator } from '../../../src/api/operator.ts'
import type { RowBatch } from '../../../src/data/batch.ts'
import { ErrorPath } from '../../../src/runtime/error-path.ts'
import { RuleCore } from '../../../src/runtime/rule-core.ts'
import { testContext } from '../../support/context.ts'

const rows = (...values: number[]): RowBatch => ({ schema: { columns: [] }, rows: values.map((a) => [a]) })

function core(operator: Operator) {
  const ctx = testContext()
  const out: RowBatch[] = []
  const failures: unknown[] = []
  const sink = { offer: (batch: RowBatch) => void out.push(batch), room: () => undefined, failing: false, releaseTokens: () => {} }
  const made = new RuleCore({
    steps: [{ operator, metrics: [], ctx, next: undefined }],
    entries: new Map([[0, { step: 0, port: 0 }]]),
    sinks: [sink],
    errors: new ErrorPath(ctx.log, ctx.clock),
    plan: { sources: [] },
    clock: ctx.clock,
    fail: (error) => failures.push(error),
  })
  return { made, failures, rows: () => out.flatMap((batch) => batch.rows), clock: ctx.clock }
}

test.each([
  [
    'at once',
    () => {
      throw new TypeError('a mistake of ours')
    },
  ],
  ['later', () => Promise.reject(new TypeError('a mistake of ours'))],
] as const)('an operator that throws %s ends its rule, and whoever brings rows hears nothing of it', async (_, fail) => {
  const { made, failures, rows: given } = core({ name: 'bad', process: (batch) => (batch.rows[0]?.[0] === 2 ? fail() : [batch]) })
  await made.accept(0, rows(1), undefined)
  await made.accept(0, rows(2), undefined)
  await made.accept(0, rows(3), undefined)
  expect(failures).toEqual([new TypeError('a mistake of ours')])
  expect(given()).toEqual([[1]])
  let taken = false
  await made.snapshot(() => (taken = true))
  expect(taken).toBe(false)
})

test('an operator that throws when its time has come ends its rule', async () => {
  const { made, failures, clock } = core({
    name: 'bad',
    process: () => [],
    wakeAt: () => clock.now() + 10,
    advance: (time) => {
      if (time > 1_700_000_000_000) throw new Error('a mistake of ours')
      return []
    },
  })
  made.start()
  await clock.advance(20)
  expect(failures).toEqual([new Error('a mistake of ours')])
})

test('a state is taken when no batch is on its way', async () => {
  const { promise, resolve } = Promise.withResolvers<RowBatch[]>()
  let kept = 0
  const { made } = core({
    name: 'slow',
    process: async () => {
      const out = await promise
      kept++
      return out
    },
    snapshot: () => kept,
  })
  const accepted = made.accept(0, rows(1), undefined)
  const states: unknown[] = []
  const taken = made.snapshot((state) => states.push(state))
  expect(states).toEqual([])
  resolve([])
  await Promise.all([accepted, taken])
  expect(states).toEqual([{ time: null, operators: { node1: 1 } }])
})
