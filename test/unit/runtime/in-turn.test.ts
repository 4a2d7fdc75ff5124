import { expect, test } from 'vitest'
import { InTurn } from '../../../src/runtime/in-turn.ts'

test('work that comes while other work waits begins after it, also when that fails', async () => {
  const turn = new InTurn()
  const log: string[] = []
  const { promise, reject } = Promise.withResolvers<void>()
  expect(turn.run(() => void log.push('at once'))).toBeUndefined()
  const first = turn.run(() => promise)
  const second = turn.run(() => void log.push('second'))
  const third = turn.run(() => void log.push('third'))
  expect(log).toEqual(['at once'])
  reject(new Error('broken'))
  await expect(first).rejects.toThrow('broken')
  await Promise.all([second, third])
  expect(log).toEqual(['at once', 'second', 'third'])
  await Promise.resolve()
  expect(turn.run(() => void log.push('at once again'))).toBeUndefined()
})
