import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Ended, freePorts, plutino, ROOT, runProgram, ServerProcess, temporaryFolder } from '../support/server-process.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true }))

function written(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

async function start(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended> {
  const [port = 0] = await freePorts(1)
  const data = args.includes('--data') ? [] : ['--data', path.join(folder, 'data')]
  return plutino(['server', '--port', String(port), '--broker', 'off', '--no-demo', ...data, ...args], env)
}

/** One line that says what, at most one that says what to do; no stack. */
function expectRefusal({ code, err }: Ended, ...lines: readonly (string | RegExp)[]): void {
  expect(code).toBe(1)
  const got = err.trimEnd().split('\n')
  expect(got).toEqual(lines.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line))))
}

test('a port that is taken: one line with what to do, and the first server goes on', async () => {
  const first = await ServerProcess.start()
  try {
    const taken = await start(['--port', String(first.port)])
    expectRefusal(
      taken,
      `error: port ${first.port} of 127.0.0.1 is taken by another program`,
      'hint: end that program, or choose another port: --port 9082',
    )
    expect(await first.expect('GET', '/rules')).toBe('[]')
  } finally {
    expect(await first.stop()).toMatchObject({ code: 0, err: '' })
  }
})

test('a port of the broker that a program takes which is no broker', async () => {
  const other = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1')
  await new Promise((resolve) => {
    other.once('listening', resolve)
  })
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  try {
    expectRefusal(await start(['--broker', String(port)]), new RegExp(`^error: .*${port}`), /^hint: .*--broker/)
  } finally {
    other.close()
  }
})

const DATA_HINT = 'hint: check that the folder is there, may be written to and has room, or choose another one with --data'

test.each([
  ['a folder that is a file', () => written('file', 'x')],
  ['a folder below a file', () => path.join(written('file', 'x'), 'deeper')],
  ['a folder in a file system that refuses it', () => '/proc/plutino/data'],
])('%s cannot hold data', async (_what, make) => {
  const data = make()
  expectRefusal(await start(['--data', data]), new RegExp(`^error: cannot use the data folder ${data}: `), DATA_HINT)
})

test('a database that is none is not touched', async () => {
  const data = path.join(folder, 'broken')
  const file = written('broken/plutino.db', 'this is no database, and somebody may need it\n'.repeat(100))
  const content = readFileSync(file)
  expectRefusal(await start(['--data', data]), `error: cannot use the data folder ${data}: plutino.db: file is not a database`, DATA_HINT)
  expect(readFileSync(file)).toEqual(content)
})

describe('settings', () => {
  test.each([
    ['an unknown flag', ['--prot', '1'], {}, 'error: unknown flag --prot; did you mean --port?'],
    ['an unexpected word', ['now'], {}, 'error: unexpected argument "now"'],
    ['a flag without a value', ['--host'], {}, 'error: flag --host: expected a value'],
    ['a port that is no number', ['--port', 'http'], {}, /^error: flag --port: basic\.restPort: .*"http"/],
    ['a port that is too large', ['--port', '65536'], {}, /^error: flag --port: basic\.restPort: .*65536/],
    ['a file that is not there', ['--config', '/nowhere/plutino.yaml'], {}, 'error: flag --config: there is no file /nowhere/plutino.yaml'],
    [
      'an unknown setting in the environment',
      [],
      { PLUTINO__BASIC__RESTPROT: '1' },
      /PLUTINO__BASIC__RESTPROT.*did you mean basic\.restPort\?/,
    ],
    ['a bad value in the environment', [], { PLUTINO__BASIC__LOGLEVEL: 'loud' }, /PLUTINO__BASIC__LOGLEVEL.*"loud"/],
    [
      'a name of eKuiper that protects something',
      [],
      { KUIPER__BASIC__AUTHENTICATION: 'true' },
      /KUIPER__BASIC__AUTHENTICATION.*not supported yet/,
    ],
    ['an unknown time zone', [], { PLUTINO__BASIC__TIMEZONE: 'Europe/Berln' }, /unknown time zone "Europe\/Berln"/],
  ] as [string, string[], Record<string, string>, string | RegExp][])('%s', async (_what, args, env, line) => {
    expectRefusal(await start(args, env), line)
  })

  test.each([
    ['an unknown setting', 'basic:\n  restProt: 1\n', /restProt.*did you mean basic\.restPort\?/],
    ['an unknown part', 'basci:\n  restPort: 1\n', /basci.*did you mean basic\?/],
    ['a value of the wrong type', 'rule:\n  bufferLength: many\n', /rule\.bufferLength.*"many"/],
    ['a text that is no YAML', 'basic: [\n', /config\.yaml/],
    ['a name of JavaScript', '__proto__:\n  a: 1\n', /__proto__/],
  ])('%s in the file', async (_what, text, line) => {
    const file = written('config.yaml', text)
    const { code, err } = await start(['--config', file])
    expect({ code, lines: err.trimEnd().split('\n').length }).toEqual({ code: 1, lines: 1 })
    expect(err).toMatch(line)
    expect(err).toContain('config.yaml')
  })

  test('all mistakes come at once', async () => {
    expectRefusal(
      await start(['--prot', '1', '--hots', 'x']),
      'error: unknown flag --prot; did you mean --port?',
      'error: unknown flag --hots; did you mean --host?',
    )
  })

  test('flags win over the environment, the environment over the file', async () => {
    const file = written('all.yaml', 'basic:\n  restPort: 1\n  logLevel: error\n')
    const [port = 0] = await freePorts(1)
    const server = await ServerProcess.start({
      env: { PLUTINO__BASIC__RESTPORT: String(port), KUIPER__BASIC__LOGLEVEL: 'warn' },
      args: ['--config', file],
    })
    try {
      expect(server.port).not.toBe(port)
      expect(server.lines.filter((line) => line.includes('"level"'))).toEqual([])
    } finally {
      await server.stop()
    }
  })
})

test('an older Node says in one line what to do', async () => {
  const { code, out, err } = await old()
  expect(code).toBe(1)
  expect(out).toBe('')
  expect(err).toMatch(/^plutino needs Node 24 or newer, this is v2\d\.[\d.]+: run "npm start"[^\n]*\n$/)
})

/** With the machine's own Node when that is old, else with ours under another number. */
function old(): Promise<Ended> {
  const entry = path.join(ROOT, 'src/plutino.js')
  const own = ['/usr/bin/node', '/usr/local/bin/node'].find((program) => isOld(program))
  if (own !== undefined) return runProgram(own, [entry, 'server']).ended
  const pretend =
    "Object.defineProperties(process, { version: { value: 'v22.1.0' }, versions: { value: { ...process.versions, node: '22.1.0' } } })"
  return runProgram(process.execPath, ['--input-type=module', '-e', `${pretend}; await import(${JSON.stringify(entry)})`]).ended
}

function isOld(program: string): boolean {
  try {
    return Number(/^v(\d+)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[1]) < 24
  } catch {
    return false
  }
}
