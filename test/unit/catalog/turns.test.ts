import { expect, test } from 'vitest'
import { Turns } from '../../../src/catalog/turns.ts'

test('steps of one key run one after another, those of others side by side', async () => {
  const turns = new Turns()
  const done: string[] = []
  const gate = Promise.withResolvers<void>()
  const first = turns.run('a', async () => {
    await gate.promise
    done.push('a1')
  })
  const second = turns.run('a', async () => void done.push('a2'))
  await turns.run('b', async () => void done.push('b'))
  gate.resolve()
  await Promise.all([first, second])
  expect(done).toEqual(['b', 'a1', 'a2'])
})

test('a step that fails does not stop the next', async () => {
  const turns = new Turns()
  const first = turns.run('a', () => Promise.reject(new Error('no')))
  const second = turns.run('a', async () => 'yes')
  await expect(first).rejects.toThrow('no')
  expect(await second).toBe('yes')
})
