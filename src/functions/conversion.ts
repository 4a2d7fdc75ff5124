import type { FunctionDefinition } from '../api/definition.ts'
import { inRange } from '../data/arithmetic.ts'
import { CAST_TYPES, castValue, isCastType } from '../data/cast.ts'
import { describeValue } from '../data/describe-value.ts'
import { goText } from '../data/go-text.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { Cell } from '../data/value.ts'
import { isEmptyCollection, toNumber, toWhole } from './arguments.ts'
import { isMissing } from './collections.ts'
import { type Compressor, COMPRESSORS } from './compressors.ts'
import { roundTo } from './math.ts'
import { dateOf, toMoment } from './moment.ts'
import { parameter, rowFunction, type RowFunction } from './record.ts'
import { inZone, isZoneName } from '../data/zone-time.ts'

const X = parameter('x', 'any')
const DATA = parameter('data', 'string', { doc: 'Text or bytes.' })
const define = (f: RowFunction): FunctionDefinition => rowFunction('conversion', f)

export const conversionFunctions: readonly FunctionDefinition[] = [
  define({
    name: 'cast',
    doc: `Converts to ${CAST_TYPES.join(', ')}; a value that has no such form is an error of the row.`,
    params: [X, parameter('type', 'string')],
    returns: 'any',
    nulls: 'call',
    examples: [
      ['cast("12", "bigint")', 12n],
      ['cast(3.75, "string")', '3.75'],
      ['cast(array_create(1, "x"), "string")', '[1,"x"]'],
    ],
    call: (ctx, x, type) => {
      if (isMissing(x) || isMissing(type)) return null
      const to = goText(type)
      if (to !== 'string' && isEmptyCollection(x)) return null
      if (!isCastType(to)) throw rowFailed(`cast expects one of ${CAST_TYPES.join(', ')}, got "${to}"`)
      return to === 'datetime' && typeof x === 'string' ? dateOf(toMoment(x, ctx)) : castValue(x, to)
    },
  }),
  define({
    name: 'chr',
    doc: 'The number of a character: of a text with one ASCII character, or of a number of 32 bits that number itself without its fraction.',
    params: [X],
    returns: 'bigint',
    examples: [['chr("A")', 65n]],
    check: ([x]) => (typeof x === 'boolean' || typeof x === 'number' ? 'expected a text of one character or a whole number' : undefined),
    call: (_, x) => codePoint(x),
  }),
  define({
    name: 'encode',
    doc: 'A text in base64.',
    params: [parameter('s', 'string'), parameter('encoding', 'string')],
    returns: 'string',
    examples: [['encode("abc", "base64")', 'YWJj']],
    check: ([, encoding]) => (typeof encoding === 'string' && encoding !== 'base64' ? 'the only encoding is "base64"' : undefined),
    call: (_, s, encoding) => {
      base64Only(encoding)
      if (typeof s !== 'string') throw rowFailed(`expected a text to encode, got ${describeValue(s)}`)
      return Buffer.from(s).toString('base64')
    },
  }),
  define({
    name: 'decode',
    doc: 'The bytes of a text in base64; line breaks in it are passed over.',
    params: [parameter('s', 'string'), parameter('encoding', 'string')],
    returns: 'bytea',
    examples: [['cast(decode("YWJj", "base64"), "string")', 'abc']],
    check: ([, encoding]) => (typeof encoding === 'string' && encoding !== 'base64' ? 'the only encoding is "base64"' : undefined),
    call: (_, s, encoding) => {
      base64Only(encoding)
      if (typeof s !== 'string' || !/^([A-Za-z\d+/]{4})*([A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(s.replace(/[\r\n]/g, ''))) {
        throw rowFailed(`expected a text in base64, got ${describeValue(s)}`)
      }
      return Buffer.from(s, 'base64')
    },
  }),
  define({
    name: 'compress',
    doc: 'Text or bytes compressed with zlib, gzip, flate or zstd. Null for null.',
    params: [DATA, parameter('method', 'string')],
    returns: 'bytea',
    nulls: 'call',
    examples: [['cast(decompress(compress("abc", "gzip"), "gzip"), "string")', 'abc']],
    call: (_, x, method) => (isMissing(x) ? null : compressor(method).pack(bytesOf(x))),
  }),
  define({
    name: 'decompress',
    doc: 'What `compress` made, as bytes. Null for null.',
    params: [DATA, parameter('method', 'string')],
    returns: 'bytea',
    nulls: 'call',
    examples: [['cast(decompress(compress("abc", "zlib"), "zlib"), "string")', 'abc']],
    call: (_, x, method) => (isMissing(x) ? null : unpack(x, compressor(method))),
  }),
  define({
    name: 'trunc',
    doc: 'Rounds to n decimals, as round does.',
    params: [parameter('x', 'number'), parameter('n', 'bigint')],
    returns: 'float',
    examples: [['trunc(3.14159, 2)', 3.14]],
    call: (_, x, n) => roundTo(toNumber(x), truncDigits(n)),
  }),
  define({
    name: 'hex2dec',
    doc: 'The number that a hexadecimal text stands for, with or without 0x in front of its sign.',
    params: [parameter('s', 'string')],
    returns: 'bigint',
    examples: [
      ['hex2dec("0x10")', 16n],
      ['hex2dec("-ff")', -255n],
    ],
    call: (_, s) => {
      const [, sign, digits] = (typeof s === 'string' && /^(?:0x)?([+-]?)0*([\da-fA-F]{1,16})$/.exec(s)) || []
      if (digits === undefined) throw rowFailed(`expected a hexadecimal text of 64 bits, got ${describeValue(s)}`)
      return inRange(BigInt(`0x${digits}`) * (sign === '-' ? -1n : 1n))
    },
  }),
  define({
    name: 'dec2hex',
    doc: 'A whole number as hexadecimal text with 0x in front of its sign.',
    params: [parameter('n', 'any')],
    returns: 'string',
    examples: [
      ['dec2hex(16)', '0x10'],
      ['dec2hex(-16)', '0x-10'],
    ],
    call: (_, n) => `0x${toWhole(n).toString(16)}`,
  }),
  define({
    name: 'to_seconds',
    doc: 'Seconds since 1970 of a datetime, a number of milliseconds or a text in ISO form.',
    params: [X],
    returns: 'bigint',
    examples: [['to_seconds("2024-02-29T12:34:56Z")', 1709210096n]],
    call: (ctx, t) => BigInt(Math.floor(toMoment(t, ctx).time / 1000)),
  }),
  define({
    name: 'convert_tz',
    doc: 'The same instant in another time zone, as text with its offset.',
    params: [parameter('t', 'datetime'), parameter('zone', 'string')],
    returns: 'string',
    examples: [['convert_tz("2024-01-01T00:00:00Z", "Asia/Tokyo")', '2024-01-01T09:00:00+09:00']],
    call: (ctx, t, zone) => {
      const name = goText(zone)
      if (!isZoneName(name))
        throw rowFailed(`time zone "${name}" is not known`, 'give a name such as "Europe/Berlin", in the case that it is written in')
      return inZone(new Date(toMoment(t, ctx).time), name === 'Local' ? ctx.timeZone : name)
    },
  }),
]

function codePoint(x: Cell): bigint {
  if (typeof x !== 'string') return characterNumber(toNumber(x))
  if (x.length !== 1 || x > '\x7f') throw rowFailed(`expected a text of one ASCII character, got ${describeValue(x)}`)
  return BigInt(x.charCodeAt(0))
}

function characterNumber(x: number): bigint {
  const whole = Math.trunc(x)
  if (whole !== (whole | 0)) throw rowFailed(`expected the number of a character, got ${x}`)
  return BigInt(whole)
}

function base64Only(encoding: Cell): void {
  if (encoding !== 'base64') throw rowFailed(`expected the encoding "base64", got ${describeValue(encoding)}`)
}

function compressor(method: Cell): Compressor {
  const name = goText(method)
  const found = Object.hasOwn(COMPRESSORS, name) ? COMPRESSORS[name] : undefined
  if (found === undefined) throw rowFailed(`expected one of ${Object.keys(COMPRESSORS).join(', ')}, got "${name}"`)
  return found
}

function bytesOf(x: Cell): Buffer {
  if (typeof x === 'string') return Buffer.from(x)
  if (x instanceof Uint8Array) return Buffer.from(x.buffer, x.byteOffset, x.byteLength)
  throw rowFailed(`expected a text or bytes, got ${describeValue(x)}`)
}

function unpack(x: Cell, by: Compressor): Buffer {
  const bytes = bytesOf(x)
  try {
    return by.unpack(bytes)
  } catch (error) {
    throw rowFailed(`cannot decompress: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function truncDigits(n: Cell): number {
  if (typeof n !== 'bigint')
    throw rowFailed(`expected a bigint as the number of decimals, got ${describeValue(n)}`, 'write cast(n, "bigint")')
  return Number(n)
}
