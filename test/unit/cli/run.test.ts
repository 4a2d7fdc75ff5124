import { createServer, type Server } from 'node:http'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runClient } from '../../../src/cli/run.ts'

interface Seen {
  method: string | undefined
  url: string | undefined
  body: string
}

async function server(status: number, text: string) {
  const seen: Seen[] = []
  const http: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += String(part)))
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, body })
      response.statusCode = status
      response.end(text)
    })
  })
  const port = await new Promise<number>((resolve) => {
    http.listen(0, '127.0.0.1', () => {
      const address = http.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  return { seen, port: String(port) }
}

async function run(...argv: string[]) {
  const out: string[] = []
  const err: string[] = []
  const code = await runClient(argv, { out: (text) => out.push(text), err: (text) => err.push(text) })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

test('rows of a rule test keep the digits of their integers', async () => {
  const { seen, port } = await server(200, '{"id":"t1","port":1}')
  const body = '{"id":"t1","mockSource":{"demo":{"data":[{"a":9223372036854775807}]}}}'
  expect((await run('create', 'ruletest', body, '--port', port)).code).toBe(0)
  expect(seen[0]?.body).toBe(body)
})

test.each([
  [['create', 'stream', 'demo', '() WITH (DATASOURCE="x")'], 'POST', '/streams', { sql: 'CREATE STREAM demo () WITH (DATASOURCE="x")' }],
  [['show', 'streams'], 'GET', '/streams', undefined],
  [['describe', 'stream', 'a b'], 'GET', '/streams/a%20b', undefined],
  [['drop', 'table', 't'], 'DELETE', '/tables/t', undefined],
  [['create', 'rule', 'r1', '{"sql":"SELECT 1"}'], 'POST', '/rules', { id: 'r1', sql: 'SELECT 1' }],
  [['restart', 'rule', 'r1'], 'POST', '/rules/r1/restart', undefined],
  [['getstatus', 'rule', 'r1'], 'GET', '/rules/r1/status', undefined],
  [['create', 'ruletest', '{"sql":"SELECT 1"}'], 'POST', '/ruletest', { sql: 'SELECT 1' }],
  [['start', 'ruletest', 't1'], 'POST', '/ruletest/t1/start', undefined],
  [['drop', 'ruletest', 't1'], 'DELETE', '/ruletest/t1', undefined],
  [['create', 'plugin', 'sink', 'mysql', '{"file":"http://h/x.zip"}'], 'POST', '/plugins/sinks', { name: 'mysql', file: 'http://h/x.zip' }],
  [['describe', 'plugin', 'sink', 'mysql'], 'GET', '/plugins/sinks/mysql', undefined],
])('%j is one request', async (argv, method, url, body) => {
  const { seen, port } = await server(200, 'done')
  expect(await run(...argv, '--port', port)).toMatchObject({ code: 0, out: 'done' })
  expect(seen).toEqual([{ method, url, body: body === undefined ? '' : JSON.stringify(body) }])
})

test('names are printed one a line, other JSON indented, an empty list in words', async () => {
  expect((await run('show', 'streams', '--port', (await server(200, '["a","b"]')).port)).out).toBe('a\nb')
  expect((await run('show', 'rules', '--port', (await server(200, '[{"id":"r"}]')).port)).out).toBe('[\n  {\n    "id": "r"\n  }\n]')
  expect((await run('show', 'streams', '--port', (await server(200, '[]')).port)).out).toBe('No stream definitions are found.')
})

test('an error shows message, pointer and hint, and ends with 1', async () => {
  const { port } = await server(
    400,
    '{"error":2001,"message":"unexpected FORM","pointer":"SELECT * FORM a\\n         ^^^^","hint":"did you mean FROM?"}',
  )
  expect(await run('create', 'stream', 'a', 'x', '--port', port)).toEqual({
    code: 1,
    out: '',
    err: 'error: unexpected FORM\nSELECT * FORM a\n         ^^^^\nhint: did you mean FROM?',
  })
})

test('a statement, a rule and a zip can come from files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plutino-cli-'))
  writeFileSync(join(folder, 's.sql'), 'CREATE STREAM s () WITH (DATASOURCE="s")')
  writeFileSync(join(folder, 'r.json'), '{"sql":"SELECT * FROM s"}')
  writeFileSync(join(folder, 'p.zip'), 'PK-zip')
  const { seen, port } = await server(201, 'ok')
  await run('create', 'stream', '-f', join(folder, 's.sql'), '--port', port)
  await run('create', 'rule', 'r', '-f', join(folder, 'r.json'), '--port', port)
  await run('create', 'plugin', 'sink', 'p', '--zip', join(folder, 'p.zip'), '--port', port)
  expect(seen.map((s) => s.body)).toEqual([
    '{"sql":"CREATE STREAM s () WITH (DATASOURCE=\\"s\\")"}',
    '{"id":"r","sql":"SELECT * FROM s"}',
    'PK-zip',
  ])
})

test.each([
  [['shwo', 'streams'], /unknown command "shwo streams"[^]*did you mean "plutino show streams"/],
  [['create', 'rule', 'r', 'no json'], /the JSON cannot be read/],
  [['create', 'rule'], /expected 1 argument, got 0/],
  [['describe', 'plugin', 'sinc', 'x'], /expected source, sink or function, got "sinc"/],
  [['show', 'streams', '--port', 'x'], /--port: expected a number/],
  [['show', 'streams', '--prot', '1'], /--prot/],
  [['create', 'stream', 'a', '-f', '/no/such/file'], /cannot be read/],
])('%j is refused with what to do', async (argv, message) => {
  const { code, err } = await run(...argv)
  expect(code).toBe(2)
  expect(err).toMatch(message)
})

test('without a server the exit code is 3 and the hint says how to start one', async () => {
  const { code, err } = await run('show', 'streams', '--port', '1')
  expect(code).toBe(3)
  expect(err).toContain('plutino server')
})

test('help lists every command, and help of one shows its arguments', async () => {
  expect((await run('--help')).out).toContain('create plugin <source|sink|function> <name>')
  expect(await run('create', 'plugin', '--help')).toMatchObject({ code: 0, out: expect.stringContaining('--zip') })
})

const ROUND = {
  name: 'round',
  aliases: ['rnd'],
  signature: 'round(x number, [digits number]) float',
  hint: { en_US: 'Rounds.' },
  args: [
    { name: 'x', hint: { en_US: 'x' } },
    { name: 'digits', hint: { en_US: 'How many.' } },
  ],
  examples: [
    { sql: 'round(2.5)', result: 3 },
    { sql: 'lag(a)', rows: [{ a: 1 }, { a: 2 }], results: [null, 1] },
  ],
}

test('functions are listed by category, and one is shown with its examples', async () => {
  const list = await server(200, JSON.stringify([{ name: 'math', functions: [ROUND] }]))
  expect((await run('show', 'functions', '--port', list.port)).out).toBe('math\n  round(x number, [digits number]) float')
  expect(list.seen[0]?.url).toBe('/metadata/functions')
  const one = await server(200, JSON.stringify(ROUND))
  expect((await run('show', 'functions', 'round', '--port', one.port)).out.split('\n')).toEqual([
    'round(x number, [digits number]) float',
    'also: rnd',
    '',
    'Rounds.',
    '  digits: How many.',
    '',
    'round(2.5) = 3',
    'lag(a) over {"a":1} {"a":2} = null, 1',
  ])
  expect(one.seen[0]?.url).toBe('/metadata/functions/round')
})
