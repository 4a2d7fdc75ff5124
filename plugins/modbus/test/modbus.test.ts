import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { StreamContext } from '../../../src/api/context.ts'
import type { SourceDefinition } from '../../../src/api/definition.ts'
import type { PluginHost } from '../../../src/api/plugin.ts'
import type { Source } from '../../../src/api/source.ts'
import { systemClock } from '../../../src/base/clock.ts'
import type { Json } from '../../../src/config/field.ts'
import type { Struct } from '../../../src/data/value.ts'
import { prebuiltContract } from '../../../test/contract/prebuilt.ts'
import { sourceContract } from '../../../test/contract/source.ts'
import { sourceOf } from '../../../test/support/built-plugins.ts'
import { testContext } from '../../../test/support/context.ts'
import { ModbusServer, registers } from '../../../test/support/modbus-server.ts'
import { SleepersClock } from '../../../test/support/passing-time.ts'
import { packageFrom } from '../../../test/support/plugin-zips.ts'
import { testHost } from '../../../test/support/plugins.ts'
import { service } from '../../../test/support/services.ts'

let host: PluginHost
let definition: SourceDefinition
/** The same without its manifest, so that the plugin itself sees every configuration. */
let unchecked: SourceDefinition
beforeAll(async () => {
  // time of tests runs faster than that of a guest and of a connection
  host = testHost({ clock: systemClock, limits: { callMs: 1e9, waitMs: 1e9 } })
  const plugin = await packageFrom(host, 'modbus')
  definition = sourceOf(host.definitions(plugin))
  const { description, component, files } = plugin
  unchecked = sourceOf(host.definitions({ description, component, files }))
}, 60_000)
afterAll(() => host.close())

let server: ModbusServer
const level = [{ name: 'level', address: 40 }]
const open: Source[] = []
beforeEach(async () => {
  server = await ModbusServer.start()
})
afterEach(async () => {
  for (const source of open.splice(0)) await source.close()
  await server.close()
})

prebuiltContract(path.join(import.meta.dirname, '..'))

interface Reading {
  readonly source: Source
  readonly ctx: StreamContext
}

/** A source that is connected, without pauses between its readings. */
async function connected(points: Json, more: { readonly [name: string]: Json } = {}): Promise<Reading> {
  const ctx = testContext(systemClock)
  const source = definition.create({ datasource: server.address, interval: 1, points, ...more })
  open.push(source)
  await source.connect(ctx)
  return { source, ctx }
}

async function next({ source, ctx }: Reading): Promise<Struct> {
  const batch = await source.read(10, ctx)
  const record = batch?.records?.[batch.from]
  if (record === undefined) throw new Error('no row')
  return record
}

async function row(points: Json, more: { readonly [name: string]: Json } = {}): Promise<Struct> {
  return next(await connected(points, more))
}

sourceContract('the Modbus source', async () => {
  const other = await ModbusServer.start()
  let number = 0
  other.answer = ({ table }) => registers(table, [number++])
  return {
    source: definition.create({ datasource: other.address, interval: 100, timeout: 600_000, points: [{ name: 'n', address: 0 }] }),
    ctx: testContext(new SleepersClock()),
    feed: (from) => {
      number = Math.min(number, from)
    },
    numberOf: (batch, index) => Number(batch.records?.[index]?.['n']),
    cut: () => {
      other.cut()
      number = 10
    },
    cleanup: () => other.close(),
  }
})

describe('what is read', () => {
  test('every table, asked with its function, unit and address', async () => {
    server.setBit('coil', 7)
    server.setBit('discrete', 65_535)
    server.setRegisters('holding', 0, 11)
    server.setRegisters('input', 300, 22)
    const points = [
      { name: 'on', table: 'coil', address: 7 },
      { name: 'off', table: 'coil', address: 8 },
      { name: 'door', table: 'discrete', address: 65_535 },
      { name: 'level', address: 0 },
      { name: 'flow', table: 'input', address: 300 },
    ]
    expect(await row(points, { unit: 17 })).toEqual({ on: true, off: false, door: true, level: 11n, flow: 22n })
    expect(server.requests.slice(0, 5)).toEqual([
      { unit: 17, table: 1, address: 7, count: 1 },
      { unit: 17, table: 1, address: 8, count: 1 },
      { unit: 17, table: 2, address: 65_535, count: 1 },
      { unit: 17, table: 3, address: 0, count: 1 },
      { unit: 17, table: 4, address: 300, count: 1 },
    ])
  })
})

describe('what becomes of registers', () => {
  const single = new DataView(new ArrayBuffer(4))
  single.setFloat32(0, -12.375)
  const [high, low] = [single.getUint16(0), single.getUint16(2)]

  test.each([
    ['uint16', [65_535], 65_535n],
    ['int16', [65_535], -1n],
    ['int16', [32_768], -32_768n],
    ['uint32', [0xffff, 0xfffe], 4_294_967_294n],
    ['int32', [0xffff, 0xfffe], -2n],
    ['int32', [0x8000, 0], -2_147_483_648n],
    ['float32', [high, low], -12.375],
    ['float32', [0x7f80, 0], Infinity],
  ] as const)('%s of %j', async (type, words, value) => {
    server.setRegisters('holding', 10, ...words)
    expect(await row([{ name: 'v', address: 10, type }])).toEqual({ v: value })
  })

  test.each([
    ['uint32', [2, 1], 65_538n],
    ['int32', [0xfffe, 0xffff], -2n],
    ['float32', [low, high], -12.375],
  ] as const)('%s of %j, low half first', async (type, words, value) => {
    server.setRegisters('input', 10, ...words)
    expect(await row([{ name: 'v', table: 'input', address: 10, type, swap: true }])).toEqual({ v: value })
  })

  test('a scale makes a float of a number; a bit has none', async () => {
    server.setRegisters('holding', 0, 215)
    server.setRegisters('holding', 1, 0xffff)
    server.setBit('coil', 0)
    const points = [
      { name: 'celsius', address: 0, scale: 0.5 },
      { name: 'same', address: 1, type: 'int16', scale: 1 },
      { name: 'on', table: 'coil', address: 0, scale: 3 },
    ]
    expect(await row(points)).toEqual({ celsius: 107.5, same: -1, on: true })
  })

  test('a name of a column is a name, whatever it says', async () => {
    server.setRegisters('holding', 0, 1, 2)
    const read = await row([
      { name: '__proto__', address: 0 },
      { name: 'größe', address: 1 },
    ])
    expect(Object.entries(read)).toEqual([
      ['__proto__', 1n],
      ['größe', 2n],
    ])
  })
})

test('readings keep their interval, and a late one does not make the next ones hurry', async () => {
  const ctx = testContext(new SleepersClock())
  const source = definition.create({ datasource: server.address, interval: 1000, timeout: 600_000, points: [{ name: 'v', address: 0 }] })
  open.push(source)
  await source.connect(ctx)
  const times: number[] = []
  for (let i = 0; i < 6; i++) {
    if (i === 3) ctx.clock.jump(5300)
    const batch = await source.read(10, ctx)
    times.push(batch?.times?.[batch.from] ?? 0)
  }
  const seconds = times.slice(1).map((time, i) => Math.round((time - (times[i] ?? 0)) / 100) / 10)
  expect(seconds).toEqual([1, 1, 5.3, 1, 1])
})

describe('when something is wrong', () => {
  test.each([
    [1, 'config_invalid', 'the server does not have this table (exception 1)'],
    [2, 'config_invalid', 'the server does not have this address (exception 2)'],
    [3, 'config_invalid', 'the server does not accept the request (exception 3)'],
    [4, 'unavailable', 'the server has failed (exception 4)'],
    [6, 'unavailable', 'the server is busy (exception 6)'],
    [11, 'unavailable', 'the device behind the gateway does not answer (exception 11)'],
    [99, 'config_invalid', 'the server refuses the request (exception 99)'],
  ])('exception %i of the server', async (reason, code, text) => {
    server.answer = ({ table }) => Buffer.of(table | 0x80, reason)
    await expect(row(level)).rejects.toMatchObject({ code, message: expect.stringContaining(`level (address 40): ${text}`) })
  })

  const cases: readonly (readonly [string, (frame: Buffer) => Buffer, string])[] = [
    ['the number of another request', (frame) => (frame.writeUInt16BE(9999, 0), frame), 'as a Modbus TCP server does'],
    ['another protocol', (frame) => (frame.writeUInt16BE(1, 2), frame), 'as a Modbus TCP server does'],
    ['a length of nothing', (frame) => (frame.writeUInt16BE(0, 4), frame), 'as a Modbus TCP server does'],
    ['a length beyond the protocol', (frame) => (frame.writeUInt16BE(65_535, 4), frame), 'as a Modbus TCP server does'],
    ['no protocol at all', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'as a Modbus TCP server does'],
    ['another function', (frame) => (frame.writeUInt8(4, 7), frame), 'does not fit the request'],
    ['a count that lies', (frame) => (frame.writeUInt8(200, 8), frame), 'does not fit the request'],
  ]
  test.each(cases)('an answer with %s', async (_, garble, text) => {
    server.garble = garble
    await expect(row(level)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining(text) })
  })

  test('an answer with too few registers', async () => {
    server.answer = ({ table }) => registers(table, [])
    await expect(row(level)).rejects.toMatchObject({ message: expect.stringContaining("level: the server's answer is too short") })
    server.answer = ({ table }) => registers(table, [1])
    await expect(row([{ name: 'v', address: 0, type: 'int32' }])).rejects.toMatchObject({
      message: expect.stringContaining('v: the server'),
    })
  })

  test('silence', async () => {
    server.answer = () => undefined
    await expect(row(level, { timeout: 20 })).rejects.toMatchObject({
      code: 'unavailable',
      retry: 'reconnect',
      message: expect.stringContaining('the server has not answered within 20 ms'),
    })
  })

  test('half an answer, and then nothing', async () => {
    server.garble = (frame) => frame.subarray(0, 5)
    await expect(row(level, { timeout: 20 })).rejects.toMatchObject({ message: expect.stringContaining('not answered within 20 ms') })
  })
})

describe('when the connection is lost', () => {
  test('that is told, and the next connect goes on', async () => {
    server.setRegisters('holding', 40, 5)
    const reading = await connected(level)
    expect(await next(reading)).toEqual({ level: 5n })
    server.cut()
    await expect(next(reading)).rejects.toMatchObject({ code: 'unavailable', retry: 'reconnect' })
    await reading.source.connect(reading.ctx)
    expect(await next(reading)).toEqual({ level: 5n })
    expect(server.connections).toBe(2)
  })

  test('a server that is not there', async () => {
    const { address } = server
    await server.close()
    const source = definition.create({ datasource: address, points: level })
    await expect(source.connect(testContext(systemClock))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    })
    server = await ModbusServer.start()
  })

  test('a place in the network that nobody names', async () => {
    const source = definition.create({ datasource: '127.0.0.1', points: level })
    await expect(source.connect(testContext(systemClock))).rejects.toMatchObject({ code: 'denied' })
  })
})

describe('a configuration that makes no sense', () => {
  const good = { name: 'v', address: 0 }
  test.each([
    [{}, 'points'],
    [{ points: [{ ...good, table: 'register' }] }, 'points[0].table'],
    [{ points: [{ ...good, address: 65_536 }] }, 'points[0].address'],
    [{ points: [{ name: 'v' }] }, 'points[0].address'],
    [{ points: [{ ...good, typ: 'int16' }] }, 'points[0]'],
    [{ points: [good], unit: 256 }, 'unit'],
    [{ points: [good], interval: 'soon' }, 'interval'],
  ] as const)('the manifest refuses %j', (config, where) => {
    expect(() => definition.check(config as Json)).toThrow(where)
  })

  test.each([
    ['', { points: [good] }, 'DATASOURCE: expected host:port, got nothing'],
    ['plc:modbus', { points: [good] }, 'DATASOURCE: expected host:port, got "plc:modbus"'],
    ['plc:65536', { points: [good] }, 'DATASOURCE: expected host:port'],
    ['plc', {}, 'points: expected a list such as'],
    ['plc', { points: [] }, 'points: expected a list such as'],
    ['plc', { points: [7] }, 'points[0]: expected an object'],
    ['plc', { points: [{ address: 0 }] }, 'points[0]: name is missing'],
    [
      'plc',
      { points: [good, { ...good, table: 'register' }] },
      'points[1]: table: expected coil, discrete, holding or input, got "register"',
    ],
    ['plc', { points: [{ ...good, type: 'bool' }] }, 'points[0]: type: expected uint16, int16, uint32, int32 or float32, got "bool"'],
    ['plc', { points: [{ ...good, table: 'coil', type: 'int16' }] }, 'points[0]: type: a coil or discrete input is bool, got "int16"'],
    ['plc', { points: [{ name: 'v' }] }, 'points[0]: address: expected 0 to 65535'],
    ['plc', { points: [{ name: 'v', address: -1 }] }, 'points[0]: address: expected 0 to 65535'],
    ['plc', { points: [{ name: 'v', address: 65_535, type: 'int32' }] }, 'points[0]: address: 65535 is the last register'],
    ['plc', { points: [good, good] }, 'points[1]: name: there is a column v already'],
    ['plc', { points: [good], unit: 256 }, 'unit: expected a whole number from 0 to 255'],
    ['plc', { points: [good], interval: 0 }, 'interval: expected a whole number from 1 to 86400000'],
    ['plc', { points: [good], timeout: 0 }, 'timeout: expected a whole number from 1 to 600000'],
  ] as const)('the plugin refuses %j with %j', async (datasource, config, message) => {
    const source = unchecked.create({ datasource, ...config })
    await expect(source.connect(testContext(systemClock))).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(message),
    })
  })
})

/** What .ci/modbus-server.py holds. */
const real = service('PLUTINO_TEST_MODBUS')
test.skipIf(real === undefined)('a server of another make', async () => {
  const points = [
    { name: 'coil', table: 'coil', address: 1 },
    { name: 'off', table: 'coil', address: 2 },
    { name: 'discrete', table: 'discrete', address: 3 },
    { name: 'u16', address: 10 },
    { name: 'i16', address: 11, type: 'int16' },
    { name: 'u32', address: 12, type: 'uint32' },
    { name: 'i32', table: 'input', address: 20, type: 'int32' },
    { name: 'f32', table: 'input', address: 22, type: 'float32', scale: 2 },
  ]
  expect(await row(points, { datasource: real ?? '' })).toEqual({
    coil: true,
    off: false,
    discrete: true,
    u16: 65_535n,
    i16: -2n,
    u32: 305_419_896n,
    i32: -70_000n,
    f32: 43.5,
  })
  await expect(row([{ name: 'v', address: 9999 }], { datasource: real ?? '' })).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('exception 2'),
  })
})
