import { execFileSync } from 'node:child_process'
import { componentEmbed, componentNew } from '@bytecodealliance/jco'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type CrimeOfKind, CRIMES_OF_KINDS } from '../guests/crimes.ts'
import { declaredFunctions } from '../guests/declared.ts'
import { functionGuest, SPINNING_DECLARATION, TRAPPING_DECLARATION } from '../guests/function-guests.ts'
import { BUSY_SINK } from '../guests/hostile-calls.ts'
import { hostileGuest, STARTS } from '../guests/hostile-exports.ts'
import {
  AGGREGATE_DROP,
  AGGREGATE_LIES,
  AGGREGATE_TRAPS,
  EVERY_KIND,
  liar,
  SCALAR_TRAPS,
  SINK_EXPORTS,
  SOURCE_EXPORTS,
  tripwire,
} from '../guests/tripwire.ts'
import { componentOf, PLUGIN_WIT } from '../support/components.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { createRule, createStream, installMysql, intoTable, SeqTable } from '../support/rules.ts'
import { ServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { zipOf } from '../support/zip.ts'

/*
 * Every kind of crime through a running server: its package is sent, a rule works with it, another rule works beside it. The tests at the seam
 * of the host (test/unit/wasm/hostile-*) have every single lie.
 */

/** How much larger the server may be in the end, beside what V8 keeps for later: far less than what one guest alone grows to. */
const GROWTH_MIB = 250
const WORLDS = { source: 'source-plugin', sink: 'sink-plugin', function: 'function-plugin' } as const

type Status = Readonly<Record<string, string | number>>

let server: ServerProcess
let listener: MqttListener
let table: SeqTable
/** Rows of the calm rule. */
let seq = 0
let slowest = 0
let sizeBefore = 0

beforeAll(async () => {
  server = await ServerProcess.start({ broker: true, env: { PLUTINO__PLUGIN__CALLTIMEOUT: '2500ms' } })
  listener = await MqttListener.connect(server.brokerPort)
  await installMysql(server)
  table = new SeqTable(server.folder, 'calm.db')
  await createStream(server, 'calm_in', { topic: 'calm', port: server.brokerPort })
  await createStream(server, 'rows_in', { topic: 'rows', port: server.brokerPort })
  await createRule(server, 'calm', 'SELECT seq FROM calm_in', intoTable('calm.db'))
  await server.connected('calm')
  const left = [...CRIMES_OF_KINDS]
  const installer = async (): Promise<void> => {
    for (let one = left.pop(); one !== undefined; one = left.pop()) await install(one.name, one.wat, WORLDS[one.kind])
  }
  await Promise.all([installer(), installer(), installer()])
  await install('tripwire', tripwire(), 'every-kind', EVERY_KIND)
  await install('liar', liar(), 'aggregate-plugin')
  sizeBefore = sizeMib()
}, 120_000)

afterAll(async () => {
  await listener.close()
  table.close()
  await server.stop()
})

/** Resident memory of the server. */
function sizeMib(): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(server.pid)], { encoding: 'utf8' })) / 1024
}

async function packed(name: string, wat: string, world: string, wit?: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(zipOf({ [`${name}@v1.0.0.wasm`]: await componentOf(wat, world, wit) }))
}

async function install(name: string, wat: string, world: string, wit?: string): Promise<void> {
  await server.expect('POST', '/plugins', await packed(name, wat, world, wit))
}

async function sourceRule(plugin: string, id: string, options = ''): Promise<void> {
  await server.expect('POST', '/streams', { sql: `CREATE STREAM ${id}_in () WITH (TYPE="${plugin}", FORMAT="JSON"${options})` })
  await createRule(server, id, `SELECT * FROM ${id}_in`, { nop: {} })
}

async function ruleOf({ kind, name }: CrimeOfKind): Promise<void> {
  if (kind === 'source') await sourceRule(name, name)
  else if (kind === 'sink') await createRule(server, name, 'SELECT seq FROM rows_in', { [name]: { url: 'sqlite:own.db' } })
  else await createRule(server, name, `SELECT ${name}(seq) AS x FROM rows_in`, { nop: {} })
}

/** Exports whose failure ends the rule, as its restart strategy says. */
const ENDING: ReadonlySet<string> = new Set(['prepare', 'restore'])
/** Functions whose lie makes a checkpoint impossible, no result wrong: it is told in the log. */
const LOGGED: ReadonlySet<string> = new Set(['lsa8', 'lsa9'])
/** In which windows an export is called. */
const WINDOWS: ReadonlyMap<string, string> = new Map([
  ['remove', 'SLIDINGWINDOW(ms, 500)'],
  ['merge', 'HOPPINGWINDOW(ms, 400, 100)'],
  ['save', 'TUMBLINGWINDOW(ss, 1)'],
  ['restore', 'COUNTWINDOW(1000000)'],
])

/** A rule whose window has `name` called of an aggregate function. */
async function aggregateRule(id: string, own: string, name: string): Promise<void> {
  const sql = `SELECT ${own}(seq) AS x FROM rows_in GROUP BY ${WINDOWS.get(name) ?? 'COUNTWINDOW(2)'}`
  const options = name === 'save' || name === 'restore' ? { qos: 1, checkpointInterval: '100ms' } : {}
  await server.expect('POST', '/rules', { id, sql, actions: [{ nop: {} }], options })
  if (name !== 'restore') return
  await server.connected(id)
  await listener.publish('rows', { seq: 1 })
  await until('the row', async () => sum(await statusOf(id), '_records_in_total') > 0)
  await server.expect('POST', `/rules/${id}/restart`)
}

/** Rows come until the log has such a line. */
async function logged(says: RegExp): Promise<void> {
  await until(`a line ${says}`, async () => {
    await listener.publish('rows', { seq: 1 })
    return server.lines.some((line) => says.test(line))
  })
}

/** The window takes more rows and gives more results, or errors in their place. */
async function goesOn(id: string): Promise<void> {
  const given = async (): Promise<number> => {
    const status = await statusOf(id)
    return sum(status, '_nop_0_0_records_in_total') + sum(status, '_exceptions_total')
  }
  const before = await given()
  await until('more of the window', async () => {
    await listener.publish('rows', { seq: 1 })
    return (await given()) > before
  })
}

async function statusOf(id: string): Promise<Status> {
  const asked = performance.now()
  const status = await server.status(id)
  slowest = Math.max(slowest, performance.now() - asked)
  return status
}

/** The sum of all values whose key ends so. */
function sum(status: Status, end: string): number {
  return Object.entries(status).reduce((all, [key, value]) => (key.endsWith(end) ? all + Number(value) : all), 0)
}

/** The newest exceptions, and what the rule as a whole says. */
function said(status: Status): string {
  const told = Object.entries(status).filter(([key]) => /(^|_)(message|last_exception)$/.test(key))
  return told.map(([, value]) => String(value)).join('\n')
}

/** Rows come until the rule shows this. */
async function shows(id: string, says: RegExp, traps = 0): Promise<Status> {
  let status: Status = {}
  await until(
    () => `${says} ${traps} times in ${JSON.stringify(status)}`,
    async () => {
      await listener.publish('rows', { seq: 1 })
      status = await statusOf(id)
      return says.test(said(status)) && sum(status, '_traps_total') >= traps
    },
    20_000,
  )
  return status
}

/** The rule beside it gets everything and has nothing to tell. */
async function expectCalm(): Promise<void> {
  const sent = ++seq
  await listener.publish('calm', { seq: sent })
  await until('the row of the other rule', () => table.count >= sent)
  const status = await server.status('calm')
  expect(status).toMatchObject({ status: 'running', sink_mysql_0_0_exceptions_total: 0, source_calm_in_0_exceptions_total: 0 })
  expect([sum(status, '_traps_total'), sum(status, '_restarts_total')]).toEqual([0, 0])
}

/** The rule goes at once, whatever its plugin is doing. */
async function expectGone(id: string): Promise<void> {
  await server.expect('DELETE', `/rules/${id}`)
  await expectCalm()
}

vi.setConfig({ maxConcurrency: 3 })

describe.each(['sink', 'source', 'function'] as const)('a %s that', (wanted) => {
  test.concurrent.each(CRIMES_OF_KINDS.filter(({ kind }) => kind === wanted))('$does', async (crime) => {
    await ruleOf(crime)
    const status = await shows(crime.name, crime.says, 1)
    expect(status['status']).toBe('running')
    // thrown away, and another one in its place
    await until('a new instance', async () => {
      await listener.publish('rows', { seq: 1 })
      return sum(await statusOf(crime.name), '_restarts_total') > 0
    })
    await expectGone(crime.name)
  })
})

describe('a trap in', () => {
  test.each(SINK_EXPORTS.filter((name) => name !== 'none' && name !== 'close'))('%s of a sink', async (name) => {
    await createRule(server, 'trap', 'SELECT seq FROM rows_in', { tripwire: { trap: SINK_EXPORTS.indexOf(name) } })
    await shows('trap', new RegExp(`plugin tripwire in sink\\.${name} failed: it trapped: unreachable`), 2)
    await expectGone('trap')
  })

  test.each(SOURCE_EXPORTS.filter((name) => name !== 'none' && name !== 'close'))('%s of a source', async (name) => {
    await sourceRule('tripwire', `trap_${name}`, `, DATASOURCE="${SOURCE_EXPORTS.indexOf(name)}"`)
    await shows(`trap_${name}`, new RegExp(`plugin tripwire in source\\.${name} failed: it trapped: unreachable`), 2)
    await expectGone(`trap_${name}`)
  })

  test.each(Object.entries(SCALAR_TRAPS))('%s of a function', async (name, own) => {
    await createRule(server, 'trap', `SELECT ${own}(seq) AS x FROM rows_in`, { nop: {} })
    const status = await shows('trap', new RegExp(`plugin tripwire in scalar\\.${name} failed: it trapped: unreachable`))
    // what cannot be prepared stops the rule, as its restart strategy says
    expect(status['status']).toBe(name === 'prepare' ? 'stopped by error' : 'running')
    await expectGone('trap')
  })

  test.each(Object.entries(AGGREGATE_TRAPS))('%s of an aggregate function', async (name, own) => {
    const says = new RegExp(`plugin tripwire in aggregate\\.${name} failed: it trapped: unreachable`)
    await aggregateRule(own, own, name)
    const status = await shows(own, says, ENDING.has(name) ? 0 : 2)
    expect(status['status']).toBe(ENDING.has(name) ? 'stopped by error' : 'running')
    if (!ENDING.has(name)) await goesOn(own)
    await expectGone(own)
  })

  test('drop of an aggregate function is a line of the log', async () => {
    await createRule(server, 'trap', `SELECT ${AGGREGATE_DROP}(seq) AS x FROM rows_in GROUP BY COUNTWINDOW(2)`, { nop: {} })
    await shows('trap', /^/, 2)
    expect(server.lines.some((line) => line.includes('plugin tripwire in aggregate.drop failed: it trapped: unreachable'))).toBe(true)
    await expectGone('trap')
  })

  test('close, when the rule stops, is a line of the log', async () => {
    await createRule(server, 'trap', 'SELECT seq FROM rows_in', { tripwire: { trap: SINK_EXPORTS.indexOf('close') } })
    await server.connected('trap')
    await server.expect('POST', '/rules/trap/stop')
    await until('the line', () => server.lines.some((line) => line.includes('plugin tripwire in sink.close failed')))
    await expectGone('trap')
  })
})

test.each(AGGREGATE_LIES)('$export of an aggregate function that $does', async ({ export: name, name: own, says }) => {
  await aggregateRule(own, own, name)
  const wanted = new RegExp(`plugin liar in aggregate\\.${name}.*${says.source}`)
  if (LOGGED.has(own)) await logged(wanted)
  const status = await shows(own, LOGGED.has(own) ? /^/ : wanted, ENDING.has(name) ? 0 : 1)
  expect(status['status']).toBe(ENDING.has(name) ? 'stopped by error' : 'running')
  if (!ENDING.has(name)) await goesOn(own)
  await expectGone(own)
})

test('a sink that calls the host ten million times is only slow', async () => {
  // however long that takes on a busy machine
  const patient = await ServerProcess.start({ env: { PLUTINO__PLUGIN__CALLTIMEOUT: '100s' } })
  await patient.expect('POST', '/plugins', await packed('busy', BUSY_SINK, 'sink-plugin'))
  await createStream(patient, 'rows_in', { topic: 'rows', port: server.brokerPort })
  await createRule(patient, 'busy', 'SELECT seq FROM rows_in', { busy: {} })
  await patient.connected('busy')
  await listener.publish('rows', { seq: 1 })
  await until('the row', async () => (await patient.status('busy'))['sink_busy_0_0_records_out_total'] === 1, 100_000)
  expect(sum(await patient.status('busy'), '_traps_total')).toBe(0)
  expect(await patient.stop()).toMatchObject({ code: 0, err: '' })
})

describe('refused at installation:', () => {
  const refused = async (zip: Uint8Array<ArrayBuffer>): Promise<string> => {
    const before = await server.expect('GET', '/plugins/functions')
    const { status, code, message, hint = '' } = await server.refusal('POST', '/plugins', zip)
    expect({ status, code }).toEqual({ status: 400, code: 'plugin_invalid' })
    expect(await server.expect('GET', '/plugins/functions')).toBe(before)
    return `${message} | ${hint}`
  }

  test.each([
    ['sockets', 'tcp', 'wasi:sockets/tcp@0.2.0'],
    ['filesystem', 'types', 'wasi:filesystem/types@0.3.0'],
    ['http', 'outgoing-handler', 'wasi:http/outgoing-handler@0.2.0'],
  ])('a component that imports %s', async (folder, name, id) => {
    const version = id.slice(id.indexOf('@'))
    const wit = `${PLUGIN_WIT}\npackage wasi:${folder}${version} { interface ${name} { go: func(); } }
package test:reaching { world reaching { include plutino:plugin/sink-plugin@1.0.0; import ${id}; } }`
    const component = await componentNew(await componentEmbed({ dummy: true, witSource: wit, world: 'test:reaching/reaching' }), [])
    const text = await refused(new Uint8Array(zipOf({ 'reaching@v1.0.0.wasm': component })))
    expect(text).toContain(`reaching@v1.0.0.wasm needs ${id}, which plugins do not get`)
    expect(text).toContain('use the imports of plutino:plugin@1.0.0 instead (http, tcp, db, state)')
  })

  test.each<readonly [string, string, string]>([
    ['never say what they are', SPINNING_DECLARATION, 'scalar.functions did not return within 2500 ms'],
    ['trap when they are asked', TRAPPING_DECLARATION, 'scalar.functions failed: it trapped: unreachable'],
    ['have the name of a function that is there', declaredFunctions(functionGuest(), ['ceil']), 'function name ceil already exists'],
    ...STARTS.map(
      ({ does, more }) =>
        [`have start code that ${does}`, hostileGuest('scalar', { more }), does === 'never returns' ? 'did not return' : 'it'] as const,
    ),
  ])('functions that %s', async (_, wat, says) => {
    const zip = await packed('probe', wat, 'function-plugin')
    expect((await server.refusal('POST', '/plugins', zip)).message).toContain(says)
  })
})

test('after all this nothing is left: no instance, no memory, no line about a mistake of the server, and it has always answered', async () => {
  const plugins: { name: string; uses: object[] }[] = JSON.parse(await server.expect('GET', '/plugins'))
  expect(plugins.filter(({ uses }) => uses.length > 0)).toMatchObject([{ name: 'mysql', uses: [{ rule: 'calm', traps: 0, restarts: 0 }] }])
  expect(sizeMib() - sizeBefore).toBeLessThan(GROWTH_MIB)
  expect(server.lines.filter((line) => /unexpectedly|unhandled|internal error/i.test(line))).toEqual([])
  // an answer that waited for a guest would have waited for as long as a call may take
  expect(slowest).toBeLessThan(2400)
})
