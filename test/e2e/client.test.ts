import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ended, freePorts, plutino, ROOT, ServerProcess, temporaryFolder } from '../support/server-process.ts'

const ZIP = path.join(ROOT, 'plugins/mysql/prebuilt/mysql.zip')

const folder = temporaryFolder()
let server: ServerProcess

beforeAll(async () => {
  server = await ServerProcess.start()
  writeFileSync(path.join(folder, 'stream.sql'), 'CREATE STREAM filed () WITH (TYPE="memory", DATASOURCE="filed")')
  writeFileSync(path.join(folder, 'rule.json'), '{"sql":"SELECT b FROM demo","actions":[{"nop":{}}]}')
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

const client = (args: readonly string[]): Promise<Ended> => plutino([...args, '--port', String(server.port)])
const rule = '{"sql":"SELECT a FROM demo","actions":[{"nop":{}}]}'

/** One after the other, on one server: what is asked, how it ends, what is printed. */
const STEPS: readonly (readonly [command: string, args: readonly string[], code: number, out: string | RegExp, err?: string | RegExp])[] = [
  ['show streams', [], 0, 'No stream definitions are found.\n'],
  ['show rules', [], 0, 'No rule definitions are found.\n'],
  ['show plugins', ['sink'], 0, 'No plugin is found.\n'],
  ['create stream', ['demo', '() WITH (TYPE="memory", DATASOURCE="demo")'], 0, 'Stream demo is created.\n'],
  [
    'create stream',
    ['demo', '() WITH (DATASOURCE="demo")'],
    1,
    '',
    /^error: Stream command error: Create stream fails: Item demo already exists\.\n/,
  ],
  ['create stream', ['-f', 'stream.sql'], 0, 'Stream filed is created.\n'],
  ['create stream', ['bad', '( WITH'], 1, '', /^error: Stream command error: .*\nCREATE STREAM bad \( WITH\n +\^+/],
  ['show streams', [], 0, 'demo\nfiled\n'],
  ['describe stream', ['demo'], 0, /"Name": "demo"/],
  [
    'describe stream',
    ['dmo'],
    1,
    '',
    'error: describe stream error: Describe stream fails, dmo is not found.\nhint: did you mean "demo"?\n',
  ],
  ['drop stream', ['filed'], 0, 'Stream filed is dropped.\n'],
  ['validate rule', ['r1', rule], 0, /"valid": true/],
  ['create rule', ['r1', rule], 0, 'Rule r1 was created successfully.\n'],
  ['create rule', ['r1', rule], 1, '', 'error: rule r1 already exists\nhint: PUT /rules/r1 changes it\n'],
  ['create rule', ['r2', '-f', 'rule.json'], 0, 'Rule r2 was created successfully.\n'],
  [
    'create rule',
    ['r3', '{"sql":"SELECT a FROM dmo","actions":[{"nop":{}}]}'],
    1,
    '',
    /^error: .*dmo.*\nSELECT a FROM dmo\n {14}\^\^\^\nhint: did you mean "demo"\?\n$/,
  ],
  ['create rule', ['r3', '{'], 2, '', /^error: the JSON cannot be read: /],
  ['create rule', ['r3'], 2, '', /^error: expected JSON/],
  ['show rules', [], 0, /"id": "r1",[^]*"status": "running"/],
  ['describe rule', ['r1'], 0, /"sql": "SELECT a FROM demo"/],
  ['getstatus rule', ['r1'], 0, /"status": "running"/],
  ['gettopo rule', ['r1'], 0, /"source_demo"/],
  ['explain rule', ['r1'], 0, /"ProjectPlan_0"/],
  ['explain select', ['SELECT * FROM demo'], 0, /"parallelism":"stateless"/],
  ['stop rule', ['r1'], 0, 'Rule r1 was stopped.\n'],
  ['getstatus rule', ['r1'], 0, /"status": "stopped"/],
  ['start rule', ['r1'], 0, 'Rule r1 was started\n'],
  ['restart rule', ['r1'], 0, 'Rule r1 was restarted\n'],
  ['start rule', ['nobody'], 1, '', /^error: start rule error: Rule nobody is not found in registry/],
  ['drop stream', ['demo'], 1, '', /^error: stream demo has been referenced by other rules\nhint: delete r1, r2 first/],
  ['drop rule', ['r1'], 0, 'Rule r1 is dropped.\n'],
  ['drop rule', ['r2'], 0, 'Rule r2 is dropped.\n'],
  ['drop rule', ['r1'], 1, '', 'error: Delete rule error: rule r1 not found\n'],
  ['create plugin', ['sink', 'mysql', '--zip', ZIP], 0, 'sinks plugin mysql is created\n'],
  ['show plugins', ['sinks'], 0, 'mysql\n'],
  ['describe plugin', ['sink', 'mysql'], 0, /"version": "1\.0\.0"/],
  ['drop plugin', ['sink', 'mysql'], 0, 'sinks plugin mysql is deleted\n'],
  ['create plugin', ['sink', 'mysql', `{"file":"file://${ZIP}"}`], 0, 'sinks plugin mysql is created\n'],
  ['drop plugin', ['sink', 'mysql'], 0, 'sinks plugin mysql is deleted\n'],
  ['drop plugin', ['sink', 'mysql'], 1, '', /^error: .*not found/],
  ['create plugin', ['sink', 'mysql', '--zip', '/nowhere.zip'], 2, '', /^error: the file \/nowhere\.zip cannot be read/],
  ['show plugins', ['snk'], 2, '', 'error: expected source, sink or function, got "snk"\n'],
  ['shw rules', [], 2, '', 'error: unknown command "shw rules"\nhint: did you mean "plutino show rules"?\n'],
  ['describe rule', [], 2, '', 'error: expected 1 argument, got 0\nhint: plutino describe rule <id>\n'],
  ['show rules', ['--prot', '1'], 2, '', /^error: .*--prot/],
]

test('every command, on one server', { timeout: 60_000 }, async () => {
  for (const [command, args, code, out, err = ''] of STEPS) {
    const ended = await client([
      ...command.split(' '),
      ...args.map((arg) => (/^\w+\.(sql|json)$/.test(arg) ? path.join(folder, arg) : arg)),
    ])
    const got = { call: [command, ...args], ...ended }
    expect(got).toEqual({ call: [command, ...args], code, out: matching(out), err: matching(err) })
  }
})

function matching(text: string | RegExp): unknown {
  return typeof text === 'string' ? text : expect.stringMatching(text)
}

test('a server that is not there has an exit code of its own', async () => {
  const [port = 0] = await freePorts(1)
  expect(await plutino(['show', 'rules', '--port', String(port)])).toMatchObject({
    code: 3,
    out: '',
    err: expect.stringMatching(`^error: no answer from http://127.0.0.1:${port}: .*\nhint: start the server with "plutino server"`),
  })
})

test.each([[['--help']], [[]], [['help']], [['server', '--help']]])('plutino %j shows all commands', async (args) => {
  const { code, out, err } = await plutino(args)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  for (const words of new Set(STEPS.map(([command]) => command).filter((command) => !command.startsWith('shw'))))
    expect(out).toContain(`  ${words}`)
  for (const flag of ['--host', '--port', '--data', '--config', '--broker', '--no-demo']) expect(out).toContain(flag)
})

test('plutino <command> --help shows one', async () => {
  const { code, out } = await plutino(['create', 'rule', '--help'])
  expect(code).toBe(0)
  expect(out).toMatch(/^plutino create rule <id> \[json\]\n/)
})
