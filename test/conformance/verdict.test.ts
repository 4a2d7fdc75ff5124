import { expect, test } from 'vitest'
import { verdictOf } from './verdict.ts'

const CASE = {
  id: 'x/1',
  category: 'x',
  streams: ['CREATE STREAM demo () WITH (DATASOURCE="demo", FORMAT="json")'],
  sql: 'SELECT a FROM demo',
  input: { demo: [{ a: 1 }] },
}

test('a case passes, fails, or is decided otherwise', async () => {
  expect(await verdictOf(JSON.stringify({ ...CASE, output: [[{ a: 1 }]] }))).toEqual({})
  const wrong = { ...CASE, output: [[{ a: 2 }]] }
  expect(await verdictOf(JSON.stringify(wrong))).toEqual({ failure: expect.stringContaining('expected [[{"a":2}]]') })
  expect(await verdictOf(JSON.stringify({ ...wrong, differs: 'limit' }))).toMatchObject({ decided: 'limit' })
})

test('statements with the verdict of a parser are cases too', async () => {
  expect(await verdictOf('{"sql":"SELECT a FROM s","valid":true}')).toEqual({})
  expect(await verdictOf('{"sql":"SELECT a FROM s","valid":false}')).toMatchObject({ failure: expect.stringContaining('accepted') })
})

test.each(['{', '[]', '1', '{"a":1}'])('the line %s fails', async (line) => {
  expect(await verdictOf(line)).toMatchObject({ failure: expect.any(String) })
})
