import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { readFileSync, rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MqttListener } from '../support/mqtt-listener.ts'
import { type Ended, ROOT, runProgram, ServerProcess, temporaryFolder } from '../support/server-process.ts'
import { until } from '../support/until.ts'

const RULES = ['demo_alerts', 'demo_devices', 'demo_mysql']

/** How many rows the demo's table has. */
function rowsOfDemo(folder: string, where = ''): number {
  using database = new DatabaseSync(path.join(folder, 'demo.db'), { readOnly: true, timeout: 5000 })
  return Number(database.prepare(`SELECT count(*) AS n FROM demo ${where}`).get()?.['n'])
}

describe('the first start', () => {
  const folder = temporaryFolder()
  let server: ServerProcess
  beforeAll(async () => {
    server = await ServerProcess.start({ folder, broker: true, demo: true })
    await until('three commands in the terminal', () => hints().length >= 3)
  })
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true })
  })
  const hints = (): string[] => {
    const heading = server.lines.findIndex((line) => line.startsWith('Try next'))
    const below = heading < 0 ? [] : server.lines.slice(heading + 1)
    return below.filter((line) => line.startsWith('  ')).map((line) => line.trim())
  }
  const states = async (): Promise<string[]> =>
    (JSON.parse(await server.expect('GET', '/rules')) as { id: string; status: string }[]).map(({ id, status }) => `${id} ${status}`)

  test('rules run at once, the plugin of the tutorial among their sinks', async () => {
    expect(await states()).toEqual(RULES.map((id) => `${id} running`))
    expect(await server.expect('GET', '/streams')).toBe('["demo","devices"]')
    expect(JSON.parse(await server.expect('GET', '/plugins/sinks/mysql'))).toMatchObject({ name: 'mysql', version: '1.0.0' })
  })

  test('the terminal says what runs', () => {
    const [first = '', ...below] = server.lines.slice(server.lines.findIndex((line) => line.startsWith('Plutino ')))
    expect(first).toMatch(new RegExp(`^Plutino \\S+ answers on ${server.url}$`))
    expect(below.slice(0, 5)).toEqual([
      `  MQTT broker  127.0.0.1:${server.brokerPort}`,
      '  streams      demo, devices',
      `  rules        ${RULES.map((id) => `${id} (running)`).join(', ')}`,
      '  plugins      mysql',
      expect.stringMatching(/^Try next/),
    ])
  })

  test('each of the three commands of the terminal does what it promises', async () => {
    await until('rows of the devices', () => rowsOfDemo(folder) > 0)
    const bin = path.join(ROOT, 'node_modules/.bin')
    const PATH = `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`
    const shell = (command = ''): Promise<Ended> => runProgram('sh', ['-c', command.replace(/^npx /, '')], { PATH }).ended
    const [status, publish, look, ...more] = hints()
    expect(more).toEqual([])
    expect(JSON.parse((await shell(status)).out)).toMatchObject({ status: 'running', source_demo_0_connection_status: 1 })
    expect(await shell(publish)).toMatchObject({ code: 0, err: '' })
    await until('the published row', () => rowsOfDemo(folder, "WHERE id = 'mine' AND temperature = 42") === 1)
    await until('the alert', () => server.lines.some((line) => line.includes('rule demo_alerts') && line.includes('mine')))
    expect((await shell(look)).out).toContain("'mine'")
  })

  test('SIGINT ends it within two seconds, and a second start finds everything again and goes on', async () => {
    const before = performance.now()
    const ended = await server.stop('SIGINT')
    expect(ended).toMatchObject({ code: 0, err: '' })
    expect(performance.now() - before).toBeLessThan(2000)
    const rows = rowsOfDemo(folder)
    server = await ServerProcess.start({ folder, broker: true, demo: true })
    await until('the rules again', async () => (await states()).length === 3)
    expect(await states()).toEqual(RULES.map((id) => `${id} running`))
    expect(await server.expect('GET', '/streams')).toBe('["demo","devices"]')
    expect(await server.expect('GET', '/plugins/sinks')).toBe('["mysql"]')
    const listener = await MqttListener.connect(server.brokerPort)
    await server.connected('demo_mysql')
    await listener.publish('demo/again', { id: 'again', temperature: 1, humidity: 2 })
    await listener.close()
    await until('a new row', () => rowsOfDemo(folder, "WHERE id = 'again'") === 1)
    expect(rowsOfDemo(folder)).toBeGreaterThan(rows)
  })
})

test('a plugin that is there already does not keep the demo away', async () => {
  const folder = temporaryFolder()
  const zip = new Uint8Array(readFileSync(path.join(ROOT, 'plugins/mysql/prebuilt/mysql.zip')))
  const first = await ServerProcess.start({ folder })
  try {
    await first.expect('POST', '/plugins', zip)
  } finally {
    await first.stop()
  }
  const second = await ServerProcess.start({ folder, broker: true, demo: true })
  try {
    await until('three rules', async () => (JSON.parse(await second.expect('GET', '/rules')) as unknown[]).length === RULES.length)
  } finally {
    await second.stop()
    rmSync(folder, { recursive: true })
  }
})

test('without the demo the server is empty', async () => {
  const server = await ServerProcess.start({ broker: true })
  try {
    for (const target of ['/streams', '/rules', '/plugins', '/tables']) expect(await server.expect('GET', target)).toBe('[]')
    expect(server.lines.join('\n')).not.toContain('Try next')
  } finally {
    expect(await server.stop()).toMatchObject({ code: 0 })
  }
})

test('a broker that answers on the port already is used', async () => {
  const first = await ServerProcess.start({ broker: true })
  const second = await ServerProcess.start({ broker: 'settings', env: { PLUTINO__BROKER__PORT: String(first.brokerPort) } })
  const listener = await MqttListener.connect(first.brokerPort)
  try {
    expect(second.lines.join('\n')).toContain(`port ${first.brokerPort} is taken by another MQTT broker: that one is used`)
    await second.expect('POST', '/streams', { sql: 'CREATE STREAM near () WITH (DATASOURCE="near")' })
    await second.expect('POST', '/rules', {
      id: 'near',
      sql: 'SELECT a FROM near',
      actions: [{ mqtt: { topic: 'out', sendSingle: true } }],
    })
    await second.connected('near')
    await listener.publish('near', { a: 1, b: 2 })
    expect(await listener.received('out', 1)).toEqual(['{"a":1}'])
  } finally {
    await listener.close()
    await second.stop()
    await first.stop()
  }
})
