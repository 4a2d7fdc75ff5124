import net from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MqttListener } from '../support/mqtt-listener.ts'
import { type Body, ServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'

const MIB = 1024 * 1024

let server: ServerProcess
let listener: MqttListener
/** Connections that never finish a request: what becomes of them is seen at the end of the file. */
let unfinished: readonly Unfinished[]

beforeAll(async () => {
  server = await ServerProcess.start({ broker: true })
  unfinished = ['', 'POST /streams HTTP/1.1\r\nhost: localhost\r\n'].map((text) => new Unfinished(server.port, text))
  listener = await MqttListener.connect(server.brokerPort)
  await server.expect('POST', '/streams', { sql: 'CREATE STREAM free () WITH (DATASOURCE="free", FORMAT="json")' })
  await server.expect('POST', '/streams', {
    sql: 'CREATE STREAM typed (id BIGINT, temperature FLOAT, constructor STRING) WITH (DATASOURCE="typed", FORMAT="json", STRICT_VALIDATION="true")',
  })
})
afterAll(async () => {
  for (const one of unfinished) one.end()
  await listener.close()
  await server.stop()
})

class Unfinished {
  closed = false
  readonly #socket: net.Socket

  constructor(port: number, text: string) {
    this.#socket = net.connect(port, '127.0.0.1', () => this.#socket.write(text))
    this.#socket.on('error', () => {}).on('close', () => (this.closed = true))
    this.#socket.resume()
  }

  end(): void {
    this.#socket.destroy()
  }
}

async function state(): Promise<readonly string[]> {
  return Promise.all(['/streams', '/rules', '/plugins'].map((target) => server.expect('GET', target)))
}

const rule = (more: object): object => ({ id: 'bad', sql: 'SELECT * FROM free', actions: [{ log: {} }], ...more })
const parentheses = (count: number): string => `SELECT ${'('.repeat(count)}1${')'.repeat(count)} FROM free`
const long = `SELECT ${'a'.repeat(MIB)} FROM free`

interface Refused {
  readonly what: string
  readonly call: string
  readonly body: Body
  readonly status?: number
  readonly says: object
}

const text = (part: string): unknown => expect.stringContaining(part)

const STATEMENTS: readonly Refused[] = [
  {
    what: 'a statement of 1 MB as a stream',
    call: 'POST /streams',
    body: { sql: `CREATE STREAM x () WITH (DATASOURCE="${'x'.repeat(MIB)}")` },
    says: { code: 'sql_invalid', message: text('characters long, 262144 are allowed'), hint: text('split') },
  },
  {
    what: 'a statement of 1 MB in a rule',
    call: 'POST /rules',
    body: rule({ sql: long }),
    says: { code: 'sql_invalid', message: text('characters long, 262144 are allowed') },
  },
  {
    what: '10,000 nested parentheses in a rule',
    call: 'POST /rules',
    body: rule({ sql: parentheses(10_000) }),
    says: { code: 'sql_syntax', message: text('nested'), position: expect.anything() },
  },
  {
    what: '10,000 nested parentheses as a stream',
    call: 'POST /streams',
    body: { sql: `CREATE STREAM x (a ${'ARRAY('.repeat(10_000)}BIGINT${')'.repeat(10_000)}) WITH (DATASOURCE="x")` },
    says: { code: 'sql_syntax', message: text('nested'), position: expect.anything() },
  },
  {
    what: 'an unknown stream',
    call: 'POST /rules',
    body: rule({ sql: 'SELECT a FROM fre' }),
    says: { message: text('fre'), hint: 'did you mean "free"?', position: { line: 1, column: 15, length: 3 } },
  },
  {
    what: 'an unknown column of a stream with columns',
    call: 'POST /rules',
    body: rule({ sql: 'SELECT id,\n  temprature FROM typed' }),
    says: {
      code: 'sql_invalid',
      message: text('temprature'),
      hint: 'did you mean "temperature"?',
      position: { line: 2, column: 3, length: 10 },
    },
  },
  {
    what: 'a column with a name of JavaScript that is not there',
    call: 'POST /rules',
    body: rule({ sql: 'SELECT toString FROM typed' }),
    says: { code: 'sql_invalid', message: text('toString') },
  },
  {
    what: 'an unknown function',
    call: 'POST /rules',
    body: rule({ sql: 'SELECT uper(a) FROM free' }),
    says: { code: 'sql_invalid', message: text('uper'), hint: 'did you mean "upper"?', position: { line: 1, column: 8, length: 7 } },
  },
  {
    what: 'a function with a name of JavaScript',
    call: 'POST /rules',
    body: rule({ sql: 'SELECT constructor(a) FROM free' }),
    says: { code: 'sql_invalid', message: text('constructor') },
  },
  {
    what: 'an aggregate in WHERE',
    call: 'POST /rules',
    body: rule({ sql: 'SELECT a FROM free WHERE count(*) > 1' }),
    says: { code: 'sql_invalid', message: text('WHERE'), position: { line: 1, column: 26, length: 12 } },
  },
  {
    what: 'a window of no length',
    call: 'POST /rules',
    body: rule({ sql: 'SELECT a FROM free GROUP BY TUMBLINGWINDOW(ss, 0)' }),
    says: { code: 'sql_syntax', message: text('above 0'), position: { line: 1, column: 48, length: 1 } },
  },
  {
    what: 'an unknown type of stream',
    call: 'POST /streams',
    body: { sql: 'CREATE STREAM x () WITH (DATASOURCE="x", TYPE="mqt")' },
    says: { message: text('mqt'), hint: text('mqtt') },
  },
]

const DEFINITIONS: readonly Refused[] = [
  {
    what: 'a rule without actions',
    call: 'POST /rules',
    body: { id: 'bad', sql: 'SELECT * FROM free' },
    says: { code: 'rule_invalid', message: 'invalid rule json: Missing rule actions.', hint: text('"actions":[{"log":{}}]') },
  },
  {
    what: 'an action of an unknown kind',
    call: 'POST /rules',
    body: rule({ actions: [{ log: {} }, { mqqt: {} }] }),
    says: { message: 'actions[1]: there is no sink of type "mqqt"', hint: 'did you mean "mqtt"?' },
  },
  {
    what: 'an action with a name of JavaScript',
    call: 'POST /rules',
    body: rule({ actions: [{ constructor: {} }] }),
    says: { message: 'actions[0]: there is no sink of type "constructor"' },
  },
  {
    what: 'an unknown property of an action',
    call: 'POST /rules',
    body: rule({ actions: [{ mqtt: { topic: 'a', retaned: true } }] }),
    says: { message: text('unknown field "retaned"; did you mean "retained"?') },
  },
  {
    what: 'a property of the wrong type',
    call: 'POST /rules',
    body: rule({ actions: [{ mqtt: { topic: 'a', qos: 'many' } }] }),
    says: { message: text('qos') },
  },
  {
    what: 'an unknown option of a rule',
    call: 'POST /rules',
    body: rule({ options: { bufferLenght: 5 } }),
    says: { message: text('bufferLenght') },
  },
  ...['a/b', ' a', 'a b', 'a\n', '../a', 'ä', '<b>'].map((id): Refused => ({
    what: `the id ${JSON.stringify(id)}`,
    call: 'POST /rules',
    body: rule({ id }),
    says: { code: 'config_invalid', message: text(`id '${id}' contains`) },
  })),
  {
    what: 'an id in the address with a slash',
    call: `PUT /rules/${encodeURIComponent('a/b')}`,
    body: rule({ id: undefined }),
    says: { code: 'config_invalid', message: text("id 'a/b' contains invalid characters") },
  },
  {
    what: 'a body that is no JSON',
    call: 'POST /rules',
    body: 'SELECT 1',
    says: { code: 'rule_invalid', message: text('invalid rule json') },
  },
  { what: 'no body', call: 'POST /streams', body: '', says: { message: text('Invalid body') } },
  { what: 'a body that is no object', call: 'POST /streams', body: '[1]', says: { message: text('expected an object') } },
  { what: 'a body that is not UTF-8', call: 'POST /streams', body: new Uint8Array([0x7b, 0xff, 0xfe]), says: { message: text('UTF-8') } },
  { what: 'a body nested 100,000 levels deep', call: 'POST /rules', body: '['.repeat(100_000), says: { message: text('levels deep') } },
  {
    what: 'a body over the limit',
    call: 'POST /rules',
    body: Buffer.alloc(30 * MIB, 0x20),
    status: 413,
    says: { message: `the body is larger than ${10 * MIB} bytes` },
  },
]

describe('what is refused says what and where, and leaves nothing behind', () => {
  test.each([...STATEMENTS, ...DEFINITIONS])('$what', async ({ call, body, status = 400, says }) => {
    const before = await state()
    const [method = '', target = ''] = call.split(' ')
    const refusal = await server.refusal(method, target, body)
    expect(refusal).toMatchObject({ error: expect.any(Number), status, ...says })
    expect(refusal.message.length).toBeLessThan(1000)
    expect(JSON.stringify(refusal)).not.toMatch(/node_modules|src\/|at \w+ \(/)
    expect(await state()).toEqual(before)
  })

  test('a duplicate id leaves the first rule as it is', async () => {
    const first = { id: 'twice', sql: 'SELECT a FROM free', actions: [{ nop: {} }] }
    await server.expect('POST', '/rules', first)
    expect(await server.refusal('POST', '/rules', { ...first, sql: 'SELECT b FROM free' })).toMatchObject({
      code: 'already_exists',
      message: 'rule twice already exists',
      hint: 'PUT /rules/twice changes it',
    })
    expect(JSON.parse(await server.expect('GET', '/rules/twice'))).toEqual(first)
    await server.expect('DELETE', '/rules/twice')
  })
})

describe('pages of other sites in a browser of this machine', () => {
  test.each([
    [{ origin: 'https://evil.example' }, 'requests of pages of other sites are not accepted'],
    [{ origin: 'null' }, 'requests of pages of other sites are not accepted'],
    [{ 'sec-fetch-site': 'cross-site' }, 'requests of pages of other sites are not accepted'],
    [{ host: 'evil.example' }, 'host evil.example is not this machine'],
  ] as [Record<string, string>, string][])('%j', async (headers, message) => {
    const answer = await raw('POST', '/streams', headers)
    expect(answer).toMatch(/^HTTP\/1\.1 403 /)
    expect(answer).toContain(`"message":"${message}"`)
  })

  test('a page of this machine may ask', async () => {
    expect(await raw('GET', '/streams', { origin: `http://localhost:${server.port}` })).toMatch(/^HTTP\/1\.1 200 /)
  })
})

/** As it goes over the wire: fetch does not let everybody set every header. */
function raw(method: string, target: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const lines = Object.entries({ host: `127.0.0.1:${server.port}`, connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = net.connect(server.port, '127.0.0.1', () =>
      socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`),
    )
    socket.setEncoding('utf8')
    socket.on('data', (part: string) => (received += part)).on('error', reject)
    socket.on('close', () => resolve(received))
  })
}

describe('a bad message goes to the error path, and the next one is processed', () => {
  let topic = 0
  const rules: string[] = []
  /** A rule of its own for each test; gives its id, which is the topic of its results. */
  const watch = async (sql: string): Promise<string> => {
    const id = `watch${++topic}`
    await server.expect('POST', '/rules', { id, sql, actions: [{ mqtt: { topic: id, sendSingle: true } }] })
    await server.connected(id)
    rules.push(id)
    return id
  }
  const exceptions = async (id: string): Promise<number> =>
    Object.entries(await server.status(id)).reduce((sum, [key, value]) => sum + (key.endsWith('_exceptions_total') ? Number(value) : 0), 0)
  afterAll(async () => {
    for (const id of rules) await server.expect('DELETE', `/rules/${id}`)
  })

  const deep = 100_000
  test.each([
    ...['{"a":', '', 'null', '7', '[[1]]', '\u0000', '{"a":1}}', '{"a":1,}', '{"a":01}', 'nonsense'].map((payload) => ({
      what: JSON.stringify(payload),
      payload,
    })),
    { what: 'a million brackets', payload: '['.repeat(1_000_000) },
    { what: '100,000 objects in each other', payload: `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}` },
    { what: '100,000 lists in a column that nobody reads', payload: `{"more":${'['.repeat(deep)}${']'.repeat(deep)}}` },
    { what: 'a number beyond all doubles', payload: `{"a":${'9'.repeat(deep)}}` },
  ])('broken JSON: $what', async ({ payload }) => {
    const id = await watch('SELECT a FROM free')
    await listener.publish('free', payload)
    await listener.publish('free', { a: 'next' })
    expect(await listener.received(id, 1)).toEqual(['{"a":"next"}'])
    expect(await exceptions(id)).toBeGreaterThan(0)
    const status = await server.status(id)
    expect(status['status']).toBe('running')
    expect(Object.entries(status).find(([key, value]) => key.endsWith('_last_exception') && value !== '')).toBeDefined()
  })

  test('a message larger than 10 MB is left out and reported', async () => {
    const id = await watch('SELECT a FROM free')
    await listener.publish('free', `{"a":"large","more":"${'x'.repeat(10 * MIB)}"}`)
    await listener.publish('free', { a: 'next' })
    expect(await listener.received(id, 1)).toEqual(['{"a":"next"}'])
    await until('a line of the log', () =>
      server.lines.some((line) => line.includes('larger than maxMessageSize') && line.includes('"topic":"free"')),
    )
  })

  test('a message just below 10 MB passes', async () => {
    const id = await watch('SELECT a, length(more) AS size FROM free')
    await listener.publish('free', `{"a":"large","more":"${'x'.repeat(10 * MIB - 100)}"}`)
    expect(await listener.received(id, 1)).toEqual([`{"a":"large","size":${10 * MIB - 100}}`])
  })

  test('keys with names of JavaScript are keys like others, in and out', async () => {
    const all = await watch('SELECT * FROM free')
    const some = await watch('SELECT `__proto__`, constructor, toString, hasOwnProperty FROM free')
    await listener.publish('free', '{"__proto__":{"polluted":1},"constructor":"c","toString":"t","hasOwnProperty":0}')
    await listener.publish('free', '{"a":1}')
    expect(await listener.received(all, 2)).toEqual([
      '{"__proto__":{"polluted":1},"constructor":"c","toString":"t","hasOwnProperty":0}',
      '{"a":1}',
    ])
    expect(await listener.received(some, 2)).toEqual([
      '{"__proto__":{"polluted":1},"constructor":"c","toString":"t","hasOwnProperty":0}',
      '{}',
    ])
    expect(await server.expect('GET', '/ping')).toBe('')
  })

  test('a declared column may be called constructor', async () => {
    const id = await watch('SELECT constructor FROM typed')
    await listener.publish('typed', '{"id":1,"temperature":2,"constructor":"c"}')
    expect(await listener.received(id, 1)).toEqual(['{"constructor":"c"}'])
  })

  test('a value of the wrong type', async () => {
    const id = await watch('SELECT id FROM typed')
    await listener.publish('typed', '{"id":"many","temperature":2,"constructor":"c"}')
    await listener.publish('typed', '{"id":9007199254740993,"temperature":2,"constructor":"c"}')
    expect(await listener.received(id, 1)).toEqual(['{"id":9007199254740993}'])
    expect(await exceptions(id)).toBeGreaterThan(0)
  })

  test('an expression that fails for one row', async () => {
    const id = await watch('SELECT a % b AS c FROM free')
    await listener.publish('free', { a: 1, b: 0 })
    await listener.publish('free', { a: 7, b: 4 })
    expect(await listener.received(id, 1)).toEqual(['{"c":3}'])
    expect(await exceptions(id)).toBeGreaterThan(0)
  })
})

test('connections that never finish a request are closed, others go on meanwhile', async () => {
  expect(await server.expect('GET', '/ping')).toBe('')
  await until('the end of idle connections', () => unfinished.every(({ closed }) => closed), 15_000)
  expect(await server.expect('GET', '/ping')).toBe('')
})

test('nothing of all this is left, and the server has logged no mistake of its own', async () => {
  expect(await state()).toEqual(['["free","typed"]', '[]', '[]'])
  expect(server.lines.filter((line) => /unexpectedly|unhandled|internal error/i.test(line))).toEqual([])
})
