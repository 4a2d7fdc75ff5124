import { expect, test } from 'vitest'
import type { BehaviourCase } from './case.ts'
import { answerTo } from './run-case.ts'

const TRIAL: BehaviourCase = {
  id: 'x/1',
  category: 'x',
  streams: ['CREATE STREAM demo () WITH (DATASOURCE="demo", FORMAT="json")'],
  sql: 'SELECT a + 1 AS r FROM demo',
  input: { demo: [{ a: 1 }, { a: 'text' }, { a: 3 }] },
}

test('each row of a trial is a message, an error stands in its place', async () => {
  const { output } = await answerTo(TRIAL)
  expect(output).toEqual([[{ r: 2 }], { $error: expect.stringContaining('invalid operation') }, [{ r: 4 }]])
})

test('an error alone is the answer', async () => {
  expect(await answerTo({ ...TRIAL, input: { demo: [{ a: 'text' }] } })).toEqual({ error: { phase: 'run', text: expect.any(String) } })
})

test('a real rule decodes its payloads, with all digits, and takes the options of the case', async () => {
  const input = { demo: [{ a: 9007199254740993n }, '{"a":null}', 'broken'] }
  const given = { ...TRIAL, sql: 'SELECT a FROM demo', input, transport: 'rule', options: { sendNilField: true } }
  expect((await answerTo(given)).output).toEqual([[{ a: 9007199254740993n }], [{ a: null }], { $error: expect.any(String) }])
})

test('what is refused says so', async () => {
  expect((await answerTo({ ...TRIAL, streams: ['CREATE STREAM demo ('] })).error?.phase).toBe('create')
  expect((await answerTo({ ...TRIAL, sql: 'SELECT nosuch(a) FROM demo' })).error?.phase).toBe('create')
})

test('a case that cannot be fed is a mistake of the case, not an answer', async () => {
  expect((await answerTo({ ...TRIAL, input: { other: [{ a: 1 }] } })).error?.phase).toBe('harness')
})
