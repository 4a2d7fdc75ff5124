import { describe, expect, test } from 'vitest'
import type { Cell } from '../../../../src/data/value.ts'
import { ParameterWriter } from '../../../../src/connectors/sql/mysql/parameter-writer.ts'

const NULL = 6

interface Parameter {
  readonly type: number
  readonly unsigned: boolean
  readonly bytes: Buffer
}

/** Reads the command as a server does, https://mariadb.com/docs/server/reference/clientserver-protocol/3-binary-protocol-prepared-statements/com_stmt_execute */
function read(packet: Buffer, count: number): { statement: number; parameters: Parameter[] } {
  expect([packet[4], packet[9], packet.readUInt32LE(10)]).toEqual([0x17, 0, 1])
  const nulls = packet.subarray(14, 14 + Math.ceil(count / 8))
  const types = 14 + nulls.length + 1
  expect(packet[types - 1]).toBe(1)
  let at = types + count * 2
  const parameters = Array.from({ length: count }, (_, i): Parameter => {
    const type = packet[types + i * 2] ?? 0
    const isNull = (((nulls[i >> 3] ?? 0) >> (i & 7)) & 1) === 1
    expect(isNull).toBe(type === NULL)
    const [head, size] = isNull ? [0, 0] : sizeOf(packet, type, at)
    const bytes = packet.subarray(at + head, at + head + size)
    at += head + size
    return { type, unsigned: packet[types + i * 2 + 1] === 0x80, bytes }
  })
  expect(at).toBe(packet.length)
  return { statement: packet.readUInt32LE(5), parameters }
}

function sizeOf(packet: Buffer, type: number, at: number): [number, number] {
  if (type === 1) return [0, 1]
  if (type === 5 || type === 8) return [0, 8]
  const first = packet[at] ?? 0
  if (first < 251) return [1, first]
  return first === 0xfc ? [3, packet.readUInt16LE(at + 1)] : [9, Number(packet.readBigUInt64LE(at + 1))]
}

function one(cell: Cell, typed = false): Parameter {
  const writer = new ParameterWriter([[cell]], { width: 1, typed })
  const [parameter] = read(writer.packet(1, 0, 1), 1).parameters
  if (parameter === undefined) throw new Error('no parameter')
  return parameter
}

describe('a value that is stored', () => {
  test.each([
    ['null', null, 6, ''],
    ['a missing one', undefined, 6, ''],
    ['true', true, 1, '\u0001'],
    ['false', false, 1, '\u0000'],
    ['a text', 'abc', 253, 'abc'],
    ['an empty text', '', 253, ''],
    ['a text beyond ASCII', 'x日y', 253, 'x日y'],
    ['a lone surrogate', '\ud800', 253, '\ufffd'],
    ['a long text', 'x'.repeat(300), 253, 'x'.repeat(300)],
    ['a longer text', 'ü'.repeat(40_000), 253, 'ü'.repeat(40_000)],
    ['an integer beyond a double', 9_007_199_254_740_993n, 253, '9007199254740993'],
    ['a whole double that would be written with an exponent', 1e15, 253, '1000000000000000'],
    ['an object', { a: 1 }, 253, '{"a":1}'],
    ['bytes', new Uint8Array([97, 98]), 252, 'ab'],
  ])('%s', (_name, cell, type, text) => {
    expect(one(cell)).toMatchObject({ type, unsigned: false })
    expect(one(cell).bytes.toString()).toBe(text)
  })

  test.each([0, -0, 1.5, -7, 1e300])('the number %d goes as a double', (number) => {
    const { type, bytes } = one(number)
    expect([type, bytes.readDoubleLE()]).toEqual([5, number])
  })

  test('a datetime goes in UTC with its milliseconds', () => {
    const { type, bytes } = one(new Date(Date.UTC(2024, 1, 29, 12, 34, 56, 789)))
    expect([type, bytes.readUInt16LE(0), [...bytes.subarray(2, 7)], bytes.readUInt32LE(7)]).toEqual([
      12,
      2024,
      [2, 29, 12, 34, 56],
      789_000,
    ])
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('%d has no form in SQL', (number) => {
    expect(() => one(number)).toThrow('expected a finite number')
  })
})

describe('a value to calculate with', () => {
  test.each([
    [5, false, 5n],
    [-5n, false, -5n],
    [2n ** 63n - 1n, false, 2n ** 63n - 1n],
  ])('%s goes as a signed integer', (cell, unsigned, value) => {
    const parameter = one(cell, true)
    expect([parameter.type, parameter.unsigned, parameter.bytes.readBigInt64LE()]).toEqual([8, unsigned, value])
  })

  test('an integer beyond the signed ones is unsigned, a larger one is text', () => {
    const parameter = one(2n ** 64n - 1n, true)
    expect([parameter.type, parameter.unsigned, parameter.bytes.readBigUInt64LE()]).toEqual([8, true, 2n ** 64n - 1n])
    expect(one(2n ** 64n, true).type).toBe(253)
  })
})

test.each<[string, Cell, boolean]>([
  ['numbers', 1.5, false],
  ['booleans', true, false],
  ['texts', 'abc', false],
  ['integers', 7, true],
  ['datetimes', new Date(0), false],
  ['bytes', new Uint8Array([1, 2, 3]), false],
])('%s beyond the first buffer are as good as the first', (_name, cell, typed) => {
  const writer = new ParameterWriter(
    Array.from({ length: 65_530 }, () => [cell]),
    { width: 1, typed },
  )
  const { parameters } = read(writer.packet(1, 0, 65_530), 65_530)
  expect(new Set(parameters.map(({ type, bytes }) => `${type}:${bytes.toString('hex')}`)).size).toBe(1)
})

test('packets are cut from the rows wherever asked', () => {
  const rows = Array.from({ length: 1000 }, (_, i): Cell[] => [i % 3 === 0 ? null : i, `text ${i} ${'x'.repeat(i % 100)}`, i % 2 === 0])
  const writer = new ParameterWriter(rows, { width: 3, typed: false })
  for (const [from, to] of [
    [0, 1],
    [0, 1000],
    [123, 456],
    [999, 1000],
  ] as const) {
    const { statement, parameters } = read(writer.packet(77, from, to), (to - from) * 3)
    expect(statement).toBe(77)
    expect(parameters[0]?.type).toBe(from % 3 === 0 ? NULL : 5)
    expect(parameters.at(-2)?.bytes.toString()).toBe(rows[to - 1]?.[1])
    expect(parameters.at(-1)?.bytes[0]).toBe((to - 1) % 2 === 0 ? 1 : 0)
    const sizes = Array.from({ length: to - from }, (_, i) => writer.size(from + i)).reduce((sum, size) => sum + size, 0)
    expect(writer.packet(77, from, to).length).toBeLessThanOrEqual(sizes + 20)
  }
})
