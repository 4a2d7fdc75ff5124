import { expect, test } from 'vitest'
import { Confirmations } from '../../../src/runtime/confirmations.ts'

function start() {
  const committed: unknown[] = []
  return { committed, confirmations: new Confirmations((offset) => committed.push(offset)) }
}

test('an offset is committed when its last holder releases it', () => {
  const { committed, confirmations } = start()
  const token = confirmations.begin(7)
  token.hold()
  token.release()
  expect(committed).toEqual([])
  token.release()
  expect(committed).toEqual([7])
})

test('a later batch waits for the earlier one, and one commit covers both', () => {
  const { committed, confirmations } = start()
  const first = confirmations.begin(1)
  const second = confirmations.begin(2)
  second.release()
  expect(committed).toEqual([])
  expect(confirmations.length).toBe(2)
  first.release()
  expect(committed).toEqual([2])
  expect(confirmations.length).toBe(0)
})

test('thousands of batches in any order end in the last offset', () => {
  const { committed, confirmations } = start()
  const tokens = Array.from({ length: 5000 }, (_, i) => confirmations.begin(i))
  for (let i = 1; i < tokens.length; i += 2) tokens[i]?.release()
  for (let i = 0; i < tokens.length; i += 2) tokens[i]?.release()
  expect(committed.at(-1)).toBe(4999)
  expect(committed).toEqual((committed as number[]).toSorted((a, b) => a - b))
})
