import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createConnection } from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import { MqttListener } from '../support/mqtt-listener.ts'
import { type Block, readBlocks } from '../support/readme.ts'
import { freePorts, plutino, ROOT, runProgram, ServerProcess } from '../support/server-process.ts'
import { service } from '../support/services.ts'
import { until } from '../support/until.ts'

const TEXT = readFileSync(path.join(ROOT, 'README.md'), 'utf8')
const BLOCKS = readBlocks(TEXT)
const STEPS = BLOCKS.filter(({ part }) => part !== 'Two commands')
const MARKERS = /^(run|answer|answer contains|message \S+|sql|rows)$/
const URL_OF_README = 'user:test@tcp(localhost:3306)/user'

/** Where the tutorial's table is. */
interface Database {
  readonly url: string
  /** Rows with a blank between their columns; integers with all their digits. */
  run(sql: string): Promise<readonly string[]>
}

test('every block of the README outside of the two commands says what it is to this test', () => {
  expect(STEPS.length).toBeGreaterThan(10)
  for (const { line, marker = 'no marker' } of STEPS) expect(`line ${line}: ${marker}`).toMatch(new RegExp(`: ${MARKERS.source.slice(1)}`))
})

test('what the README points to is there', () => {
  const places = [...TEXT.matchAll(/\]\(([^)]+)\)/g)].map(([, place = '']) => place)
  expect(places.length).toBeGreaterThan(2)
  expect(places.filter((place) => !existsSync(path.join(ROOT, place)))).toEqual([])
})

test('the commands of the README are scripts of package.json', () => {
  const scripts = Object.keys((JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { scripts: object }).scripts)
  const commands = BLOCKS.filter(({ part }) => part === 'Two commands').map(({ text }) => text)
  expect(commands).toEqual(['npm ci && npm start', 'npm ci && npm test'])
  const named = [...TEXT.matchAll(/`npm (?:run )?(\w+)/g)].map(([, name = '']) => name)
  expect(scripts).toEqual(expect.arrayContaining(named))
})

describe('the README, line by line', () => {
  test('with a database file', { timeout: 120_000 }, () =>
    tutorial((server) => Promise.resolve(databaseFile(path.join(server.folder, 'readings.db')))),
  )

  const mysql = service('PLUTINO_TEST_MYSQL')
  test.skipIf(mysql === undefined)('with MariaDB', { timeout: 120_000 }, () => tutorial(() => mariaDb(mysql ?? '')))
})

async function tutorial(open: (server: ServerProcess) => Promise<Database>): Promise<void> {
  const [dataPort = 0] = await freePorts(1)
  const server = await ServerProcess.start({ broker: true, env: { PLUTINO__SOURCE__HTTPSERVERPORT: String(dataPort) } })
  const listener = await MqttListener.connect(server.brokerPort)
  try {
    await new Reader({ server, listener, database: await open(server), dataPort }).follow(STEPS)
    const commands = [...TEXT.matchAll(/`npx plutino ([^`]+)`/g)].map(([, words = '']) => words)
    expect(commands).toContain('getstatus rule warm')
    for (const words of commands)
      expect({ words, ...(await plutino([...words.split(' '), ...portOf(words, server)])) }).toMatchObject({ words, code: 0, err: '' })
  } finally {
    await listener.close()
    await server.stop()
  }
}

function portOf(words: string, { port }: ServerProcess): readonly string[] {
  return words === '--help' ? [] : ['--port', String(port)]
}

/** What stands around somebody who reads. */
interface Surroundings {
  readonly server: ServerProcess
  readonly listener: MqttListener
  readonly database: Database
  /** In place of the port for data that the README names. */
  readonly dataPort: number
}

/** Does what a person does who reads from the top to the end. */
class Reader {
  readonly #server: ServerProcess
  readonly #listener: MqttListener
  readonly #database: Database
  readonly #dataPort: number
  #command = ''
  #answer = ''
  #query = ''

  constructor({ server, listener, database, dataPort }: Surroundings) {
    this.#server = server
    this.#listener = listener
    this.#database = database
    this.#dataPort = dataPort
  }

  async follow(blocks: readonly Block[]): Promise<void> {
    for (const block of blocks) {
      try {
        await this.#step(block)
      } catch (error) {
        throw new Error(`README.md, line ${block.line}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
      }
    }
  }

  async #step({ marker = '', text }: Block): Promise<void> {
    const [what, topic = ''] = marker.split(' ')
    if (what === 'run') await this.#run(text)
    else if (marker === 'answer') expect(this.#answer).toBe(text)
    else if (marker === 'answer contains') await this.#contains(text)
    else if (what === 'message') await until(`message ${text}`, () => this.#listener.of(topic).includes(text))
    else if (what === 'sql') await this.#sql(text)
    else await this.#rows(text)
  }

  async #run(text: string): Promise<void> {
    // a person is slower than a connection; a program has to wait for it
    if (text.includes('mqtt pub')) await this.#rulesConnected()
    this.#command = text
      .replaceAll('127.0.0.1:9081', `127.0.0.1:${this.#server.port}`)
      .replaceAll('127.0.0.1:10081', `127.0.0.1:${this.#dataPort}`)
      .replaceAll('npx mqtt pub', `mqtt pub -p ${this.#server.brokerPort}`)
      .replaceAll(URL_OF_README, this.#database.url)
    await this.#execute()
  }

  async #execute(): Promise<void> {
    const PATH = `${path.join(ROOT, 'node_modules/.bin')}${path.delimiter}${process.env['PATH'] ?? ''}`
    const { code, out, err } = await runProgram('sh', ['-c', this.#command], { PATH }).ended
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' })
    this.#answer = out.replaceAll(`"port":${this.#dataPort}`, '"port":10081')
  }

  /** What is asked may still be going on: then it is asked again. */
  async #contains(text: string): Promise<void> {
    if (/-X|mqtt pub/.test(this.#command)) {
      expect(this.#answer).toContain(text)
      return
    }
    await until(`${text} in the answer`, async () => {
      await this.#execute()
      return this.#answer.includes(text)
    })
  }

  async #sql(text: string): Promise<void> {
    this.#query = text
    if (!/^select/i.test(text)) await this.#database.run(text)
  }

  async #rows(text: string): Promise<void> {
    await until(`rows ${text}`, async () => (await this.#database.run(this.#query)).join('\n') === text)
  }

  async #rulesConnected(): Promise<void> {
    const rules = JSON.parse(await this.#server.expect('GET', '/rules')) as { id: string }[]
    for (const { id } of rules) await this.#server.connected(id)
  }
}

function databaseFile(file: string): Database {
  return {
    url: `sqlite:${path.basename(file)}`,
    run(sql) {
      using database = new DatabaseSync(file, { timeout: 5000 })
      const statement = database.prepare(sql)
      statement.setReadBigInts(true)
      return Promise.resolve(statement.all().map((row) => Object.values(row).map(String).join(' ')))
    },
  }
}

async function mariaDb(address: string): Promise<Database> {
  const { username, password, host, pathname } = new URL(address)
  const run = async (sql: string): Promise<readonly string[]> => {
    const connection = await createConnection({ uri: address, supportBigNumbers: true, bigNumberStrings: true })
    try {
      const [rows] = await connection.query({ sql, rowsAsArray: true })
      return Array.isArray(rows) ? rows.map((row) => Object.values(row).map(String).join(' ')) : []
    } finally {
      await connection.end()
    }
  }
  await run('DROP TABLE IF EXISTS readings')
  return { url: `${username}:${password}@tcp(${host})${pathname}`, run }
}
