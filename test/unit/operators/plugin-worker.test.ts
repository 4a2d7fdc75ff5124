import { expect, test } from 'vitest'
import { rowFailed } from '../../../src/data/row-failed.ts'
import { type AddedRow, type Answer, PluginGroup } from '../../../src/operators/aggregate/plugin-group.ts'
import { PluginTurns } from '../../../src/operators/aggregate/plugin-turns.ts'
import { PluginWorker } from '../../../src/operators/aggregate/plugin-worker.ts'
import { ListGroups } from '../../support/group-functions.ts'

test('a plugin that does not take a row out gets the others again: the value is right, and the error is told once', async () => {
  const plugin = Object.assign(new ListGroups({ merges: false, removes: true }), {
    remove: () => Promise.resolve(new Map([[0, rowFailed('it does not go out')]])),
  })
  const worker = new PluginWorker(plugin)
  const group = new PluginGroup(true)
  const rows = ['a', 'b', 'c'].map((value): AddedRow => ({ args: [value] }))
  const [oldest = { args: [] }] = rows
  const answer: Answer = { value: null }
  const turns = new PluginTurns()
  for (const row of rows) {
    group.members?.enter(row)
    turns.put({ do: 'add', of: group, row })
  }
  await worker.performAll(turns.take())
  expect(worker.takeMadeGood()).toBeUndefined()

  group.members?.leave()
  turns.put({ do: 'remove', of: group, row: oldest })
  turns.put({ do: 'finish', of: group, answer, from: 1, to: 3 })
  await worker.performAll(turns.take())
  expect(answer).toEqual({ value: 'b c' })
  expect(worker.takeMadeGood()?.message).toBe('it does not go out')
  expect(worker.takeMadeGood()).toBeUndefined()
})

test('a group whose instance ended does not go with others before its rows are there again', async () => {
  const worker = new PluginWorker(new ListGroups({ merges: false, removes: true }))
  const [first, second, third] = [new PluginGroup(true), new PluginGroup(true), new PluginGroup(true)]
  const answers: readonly Answer[] = [{ value: null }, { value: null }]
  const turns = new PluginTurns()
  turns.put({ do: 'add', of: first, row: { args: ['a'] } })
  turns.put({ do: 'add', of: second, row: { args: ['b'] } })
  await worker.performAll(turns.take())
  turns.put({ do: 'add', of: third, row: { args: ['trap'] } })
  await worker.performAll(turns.take())

  turns.put({ do: 'add', of: second, row: { args: ['c'] } })
  for (const [i, of] of [second, first].entries()) {
    const answer = answers[i]
    if (answer !== undefined) turns.put({ do: 'finish', of, answer, from: 0, to: 0 })
  }
  await worker.performAll(turns.take())
  expect(answers).toEqual([{ value: 'b c' }, { value: 'a' }])
})
