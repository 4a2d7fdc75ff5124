import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ASKING_FOR_ANYTHING } from '../guests/asking.ts'
import { componentOf } from '../support/components.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { createRule, createStream, installMysql, intoTable, SeqTable } from '../support/rules.ts'
import { ServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { zipOf } from '../support/zip.ts'

/*
 * A plugin that asks for what it was not given: databases of other rules, statements that its manifest does not name, places in the network.
 * One rule with it, beside one that uses a database too.
 */

let server: ServerProcess
let listener: MqttListener
let calm: SeqTable
/** Granted by the manifest by its port alone, at any host; must never be reached. */
let forbidden: Web
/** Granted by its address; redirects to wherever the path says. */
let granted: Web

interface Web {
  readonly server: Server
  readonly port: number
  requests: number
}

async function web(location?: (url: string) => string): Promise<Web> {
  const made: { requests: number } = { requests: 0 }
  const one = createServer((request, response) => {
    made.requests++
    if (location === undefined || request.url === '/') response.end('here')
    else response.writeHead(302, { location: location(request.url ?? '') }).end()
  })
  one.on('connection', () => made.requests++)
  await new Promise<void>((resolve) => {
    // every address of this machine
    one.listen(0, resolve)
  })
  return Object.assign(made, { server: one, port: (one.address() as AddressInfo).port })
}

beforeAll(async () => {
  forbidden = await web()
  granted = await web((url) => decodeURIComponent(url.slice(1)))
  server = await ServerProcess.start({ broker: true })
  listener = await MqttListener.connect(server.brokerPort)
  await installMysql(server)
  calm = new SeqTable(server.folder, 'calm.db')
  const own = new DatabaseSync(path.join(server.folder, 'own.db'), { timeout: 5000 })
  own.exec('CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1); CREATE TABLE secrets (a INTEGER)')
  own.close()
  const manifest = {
    fields: { url: { kind: 'string', doc: 'A database.', database: true } },
    capabilities: {
      db: { verbs: ['select', 'insert'], tables: ['t'] },
      http: { origins: [`http://*:${forbidden.port}/*`, `http://127.0.0.1:${granted.port}/*`] },
      tcp: { hosts: [`*:${forbidden.port}`, `127.0.0.1:${granted.port}`] },
    },
  }
  const files = { 'asking@v1.0.0.wasm': await componentOf(ASKING_FOR_ANYTHING), 'asking.json': JSON.stringify(manifest) }
  await server.expect('POST', '/plugins', new Uint8Array(zipOf(files)))
  await createStream(server, 'calm_in', { topic: 'calm', port: server.brokerPort })
  await createStream(server, 'wishes', { topic: 'wishes', port: server.brokerPort, columns: 'what STRING' })
  await createRule(server, 'calm', 'SELECT seq FROM calm_in', intoTable('calm.db'))
  await createRule(server, 'asking', 'SELECT what FROM wishes', {
    asking: { url: 'sqlite:own.db', dataTemplate: '{{.what}}', sendSingle: true },
  })
  await server.connected('calm')
  await server.connected('asking')
})

afterAll(async () => {
  await listener.close()
  calm.close()
  await server.stop()
  for (const one of [forbidden, granted]) {
    one.server.closeAllConnections()
    one.server.close()
  }
})

/** What came of a wish: the error that the rule shows, or "reached". */
async function wish(what: string): Promise<string> {
  const before = await server.status('asking')
  const lines = server.lines.length
  await listener.publish('wishes', { what })
  let answer = ''
  await until(`an answer to ${what}`, async () => {
    const status = await server.status('asking')
    if (Number(status['sink_asking_0_0_exceptions_total']) > Number(before['sink_asking_0_0_exceptions_total']))
      answer = String(status['sink_asking_0_0_last_exception'])
    else if (server.lines.slice(lines).some((line) => line.includes('reached'))) answer = 'reached'
    return answer !== ''
  })
  return answer
}

const refused = async (what: string, says: RegExp): Promise<void> => {
  expect(await wish(what)).toMatch(says)
  expect(forbidden.requests).toBe(0)
  expect(await server.status('calm')).toMatchObject({ status: 'running', sink_mysql_0_0_exceptions_total: 0 })
}

test('what it was given it gets', async () => {
  expect(await wish('ourl')).toBe('reached')
  expect(await wish('qSELECT a FROM t')).toBe('reached')
  expect(await wish('eINSERT INTO t VALUES (2)')).toBe('reached')
  expect(await wish(`hhttp://127.0.0.1:${granted.port}/`)).toBe('reached')
  expect(await wish(`t${String(granted.port).padStart(5, '0')}127.0.0.1`)).toBe('reached')
})

describe('a database that its rule does not name:', () => {
  test.each([
    'calm',
    'mysql',
    'sqlite:calm.db',
    'sqlite::memory:',
    'sqlite:/etc/passwd',
    'mysql://root@127.0.0.1/mysql',
    '',
    'url ',
    '../own.db',
  ])('%j', (name) => refused(`o${name}`, /the rule names no database "/))
})

describe('a statement that its manifest does not grant:', () => {
  test.each([
    ['eDROP TABLE t', /DROP statements are not allowed/],
    ['eDELETE FROM t', /DELETE statements are not allowed/],
    ['eINSERT INTO t VALUES (3); DROP TABLE t', /expected one SQL statement, got 2/],
    ['eINSERT INTO t VALUES (3) /*! , (4) */', /a comment that the database executes/],
    ['eINSERT INTO t VALUES (3) /*M!50000 , (4) */', /a comment that the database executes/],
    ['qSELECT a FROM t WHERE a = 1--1', /two minus signs without a blank/],
    ['eINSERT INTO secrets VALUES (1)', /table secrets is not allowed/],
    ['qSELECT a FROM t WHERE a IN (SELECT a FROM secrets)', /table secrets is not allowed/],
    ['qSELECT a FROM t UNION SELECT a FROM secrets', /table secrets is not allowed/],
    ['qSELECT a FROM other.t', /tables of another database are not allowed/],
    ['qSELECT name FROM sqlite_master', /table sqlite_master is not allowed/],
    ["qSELECT a FROM t INTO OUTFILE '/tmp/plutino-outfile'", /INTO is not allowed in SELECT|OUTFILE/],
    ["qSELECT load_extension('x')", /function load_extension is not allowed/],
    ["eATTACH DATABASE '/tmp/x.db' AS x", /the SQL statement cannot be checked/],
    ['ePRAGMA writable_schema = 1', /the SQL statement cannot be checked/],
    ['eCREATE TABLE x (a INTEGER)', /CREATE statements are not allowed/],
  ] as const)('%s', (what, says) => refused(what, says))
})

describe('a place in the network that was not granted:', () => {
  const LOCAL = /an address of this machine, which is not granted to the plugin/
  const BEYOND = /the plugin may not reach/

  /** As they stand in a URL, and as hosts. */
  const hosts = ['127.0.0.1', 'localhost', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '0.0.0.0', '0', 'LOCALHOST']
  const literals = ['::1', '::', '::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::7f00:1', 'fe80::1', '169.254.169.254']

  test.each([...hosts, ...literals.map((one) => (one.includes(':') ? `[${one}]` : one))])('http to %s', async (host) => {
    await refused(`hhttp://${host}:${forbidden.port}/`, LOCAL)
  })

  test.each([...hosts, ...literals, 'fe80::1%lo', '::1%lo'])('tcp to %s', async (host) => {
    await refused(`t${String(forbidden.port).padStart(5, '0')}${host}`, LOCAL)
  })

  test.each(['127.0.0.1', 'localhost', '2130706433', '[::1]', '[::ffff:7f00:1]', '169.254.169.254'])('a redirect to %s', async (host) => {
    const place = encodeURIComponent(`http://${host}:${forbidden.port}/`)
    await refused(`hhttp://127.0.0.1:${granted.port}/${place}`, LOCAL)
  })

  test('a redirect to a place beyond its grant', async () => {
    await refused(`hhttp://127.0.0.1:${granted.port}/${encodeURIComponent('http://192.0.2.1:1/')}`, BEYOND)
    await refused('hfile:///etc/passwd', /is not a URL of http or https/)
    await refused('hhttp://127.0.0.1:1/', BEYOND)
    await refused('t00001127.0.0.1', BEYOND)
  })
})

test('after all this everything is as it was', async () => {
  await listener.publish('calm', { seq: 1 })
  await until('the row of the other rule', () => calm.count === 1)
  const own = new DatabaseSync(path.join(server.folder, 'own.db'), { timeout: 5000 })
  expect(own.prepare('SELECT a FROM t').all()).toEqual([{ a: 1 }, { a: 2 }])
  expect(own.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()).toEqual([{ name: 't' }, { name: 'secrets' }])
  own.close()
  expect(forbidden.requests).toBe(0)
  const status = await server.status('asking')
  expect(status).toMatchObject({ status: 'running', sink_asking_0_0_plugin_asking_traps_total: 0 })
  expect(server.lines.filter((line) => /unexpectedly|unhandled|internal error/i.test(line))).toEqual([])
})
