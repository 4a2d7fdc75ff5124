import { expect, test } from 'vitest'
import type { Schema } from '../../../src/data/batch.ts'
import { SinkQueue } from '../../../src/runtime/sink-queue.ts'

const schema: Schema = { columns: [{ name: 'a' }] }
const batch = (...values: number[]) => ({ schema, rows: values.map((value) => [value]) })
const values = (queue: SinkQueue, flush = false) => queue.take(flush)?.input.rows.map((row) => row[0])

function token() {
  const counts = { held: 0 }
  return { counts, token: { hold: () => void counts.held++, release: () => void counts.held-- } }
}

test('batches of one schema leave together', () => {
  const queue = new SinkQueue(0)
  queue.push(batch(1, 2), undefined)
  queue.push(batch(3), undefined)
  expect(queue.rows).toBe(3)
  expect(values(queue)).toEqual([1, 2, 3])
  expect(queue.rows).toBe(0)
  expect(queue.take(false)).toBeUndefined()
})

test('batches of another schema leave on their own, in order', () => {
  const queue = new SinkQueue(0)
  queue.push(batch(1), undefined)
  queue.push({ schema: { columns: [{ name: 'error' }] }, rows: [['x']] }, undefined)
  queue.push(batch(2), undefined)
  expect([values(queue), values(queue), values(queue)]).toEqual([[1], ['x'], [2]])
})

test('results of windows keep their bounds', () => {
  const queue = new SinkQueue(0)
  queue.push({ ...batch(1, 2, 4), results: [0, 2, 2, 3] }, undefined)
  queue.push({ ...batch(3), results: [0, 1] }, undefined)
  expect(queue.take(false)?.input.bounds).toEqual([0, 2, 2, 3, 4])
})

test('with a batch size only whole messages leave, the rest waits with its token', () => {
  const queue = new SinkQueue(2)
  const { counts, token: held } = token()
  queue.push(batch(1, 2, 3), held)
  const chunk = queue.take(false)
  expect(chunk?.input).toMatchObject({ rows: [[1], [2]], bounds: [0, 2] })
  chunk?.tokens.forEach((t) => t.release())
  expect(counts.held).toBe(1)
  expect(queue.take(false)).toBeUndefined()
  expect(queue.rows).toBe(1)
  const rest = queue.take(true)
  rest?.tokens.forEach((t) => t.release())
  expect(rest?.input.bounds).toEqual([0, 1])
  expect(counts.held).toBe(0)
})

test('one large batch makes one chunk, small ones are gathered up to a limit', () => {
  const queue = new SinkQueue(0)
  queue.push(batch(...Array.from({ length: 20_000 }, (_, i) => i)), undefined)
  queue.push(batch(1), undefined)
  expect(values(queue)).toHaveLength(20_000)
  expect(values(queue)).toEqual([1])
})
