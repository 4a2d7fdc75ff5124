import type { FunctionDefinition } from '../api/definition.ts'
import { inRange } from '../data/arithmetic.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { Cell } from '../data/value.ts'
import { toIndex, toNumber, toWhole } from './arguments.ts'
import { convertBase } from './convert-base.ts'
import { parameter, rowFunction, type RowFunction } from './record.ts'

const X = parameter('x', 'number')
const define = (f: RowFunction): FunctionDefinition => rowFunction('math', f)

type Example = RowFunction['examples'][number]

/** A float function of one number whose result is null where it is not defined. */
function partial(name: string, doc: string, f: (x: number) => number, ...examples: readonly Example[]): FunctionDefinition {
  return define({
    name,
    doc: `${doc} Null where it is not defined.`,
    params: [X],
    returns: 'float',
    examples,
    call: (_, x) => {
      const result = f(toNumber(x))
      return Number.isNaN(result) ? null : result
    },
  })
}

function total(name: string, doc: string, f: (x: number) => number, ...examples: readonly Example[]): FunctionDefinition {
  return define({ name, doc, params: [X], returns: 'float', examples, call: (_, x) => f(toNumber(x)) })
}

function bitwise(name: string, doc: string, f: (a: bigint, b: bigint) => bigint, ...examples: readonly Example[]): FunctionDefinition {
  const params = [parameter('a', 'bigint'), parameter('b', 'bigint')]
  return define({ name, doc, params, returns: 'bigint', examples, call: (_, a, b) => f(toWhole(a), toWhole(b)) })
}

const trigonometry: readonly FunctionDefinition[] = [
  partial('acos', 'Arc cosine in radians.', Math.acos, ['acos(1)', 0]),
  partial('asin', 'Arc sine in radians.', Math.asin, ['asin(0)', 0]),
  partial('atan', 'Arc tangent in radians.', Math.atan, ['atan(0)', 0]),
  define({
    name: 'atan2',
    doc: 'Angle of the point (x, y) in radians.',
    params: [parameter('y', 'number'), X],
    returns: 'float',
    examples: [['atan2(0, 1)', 0]],
    call: (_, y, x) => Math.atan2(toNumber(y), toNumber(x)),
  }),
  partial('cos', 'Cosine of an angle in radians.', Math.cos, ['cos(0)', 1]),
  partial('cosh', 'Hyperbolic cosine.', (x) => (Math.exp(x) + Math.exp(-x)) / 2, ['cosh(0)', 1]),
  partial('sin', 'Sine of an angle in radians.', Math.sin, ['sin(0)', 0]),
  partial('sinh', 'Hyperbolic sine.', (x) => (Math.abs(x) > 21 ? (Math.exp(x) - Math.exp(-x)) / 2 : Math.sinh(x)), ['sinh(0)', 0]),
  partial('tan', 'Tangent of an angle in radians.', Math.tan, ['tan(0)', 0]),
  partial('tanh', 'Hyperbolic tangent.', Math.tanh, ['tanh(0)', 0]),
  define({
    name: 'cot',
    doc: 'Cotangent of an angle in radians.',
    params: [X],
    returns: 'float',
    examples: [['round(cot(1), 3)', 0.642]],
    call: (_, x) => cotangent(toNumber(x)),
  }),
  total('degrees', 'Radians as degrees.', (x) => x * (180 / Math.PI), ['degrees(0)', 0]),
  total('radians', 'Degrees as radians.', (x) => x * (Math.PI / 180), ['radians(0)', 0]),
]

const rounding: readonly FunctionDefinition[] = [
  define({
    name: 'abs',
    doc: 'Absolute value; a bigint stays one.',
    params: [X],
    returns: 'first',
    examples: [
      ['abs(-3.5)', 3.5],
      ['abs(-7)', 7n],
    ],
    call: (_, x) => absolute(x),
  }),
  define({
    name: 'ceil',
    aliases: ['ceiling'],
    doc: 'Smallest whole number not below x, as a float.',
    params: [X],
    returns: 'float',
    examples: [['ceil(1.2)', 2]],
    call: (_, x) => Math.ceil(toNumber(x)),
  }),
  total('floor', 'Largest whole number not above x, as a float.', Math.floor, ['floor(1.8)', 1]),
  define({
    name: 'round',
    doc: 'Rounds half away from zero, to `digits` decimals; negative digits round in front of the point. A fraction of `digits` is cut off. A float.',
    params: [X, parameter('digits', 'number', { optional: true })],
    returns: 'float',
    examples: [
      ['round(2.5)', 3],
      ['round(3.14159, 2)', 3.14],
      ['round(1234.5, -2)', 1200],
      ['round(1.005, 2)', 1],
    ],
    call: (_, x, digits) => roundTo(toNumber(x), digits === undefined ? 0 : Math.trunc(toNumber(digits))),
  }),
  define({
    name: 'sign',
    doc: '-1, 0 or 1.',
    params: [X],
    returns: 'bigint',
    examples: [['sign(-2.5)', -1n]],
    call: (_, x) => BigInt(Math.sign(toNumber(x)) || 0),
  }),
]

const powers: readonly FunctionDefinition[] = [
  total('exp', 'e to the power of x.', Math.exp, ['exp(0)', 1]),
  define({
    name: 'ln',
    doc: 'Natural logarithm; an error below zero.',
    params: [X],
    returns: 'float',
    examples: [['ln(1)', 0]],
    call: (_, x) => Math.log(notNegative(toNumber(x))),
  }),
  define({
    name: 'log',
    doc: 'Logarithm to base 10, or with two arguments to the base that stands first.',
    params: [parameter('baseOrX', 'number'), parameter('x', 'number', { optional: true })],
    returns: 'float',
    examples: [
      ['log(1000)', 3],
      ['log(2, 8)', 3],
    ],
    call: (_, first, x) => (x === undefined ? Math.log10(notNegative(toNumber(first))) : logarithm(toNumber(first), toNumber(x))),
  }),
  define({
    name: 'power',
    aliases: ['pow'],
    doc: 'x to the power of y.',
    params: [X, parameter('y', 'number')],
    returns: 'float',
    examples: [['power(2, 3)', 8]],
    call: (_, x, y) => toNumber(x) ** toNumber(y),
  }),
  define({
    name: 'sqrt',
    doc: 'Square root; an error below zero.',
    params: [X],
    returns: 'float',
    examples: [['sqrt(9)', 3]],
    call: (_, x) => Math.sqrt(notNegative(toNumber(x))),
  }),
  define({
    name: 'mod',
    doc: 'Remainder as a float, with the sign of x; NaN for y = 0. The operator % keeps whole numbers.',
    params: [X, parameter('y', 'number')],
    returns: 'float',
    examples: [
      ['mod(10, 3)', 1],
      ['mod(-10, 3)', -1],
    ],
    call: (_, x, y) => toNumber(x) % lenientNumber(y),
  }),
]

const bits: readonly FunctionDefinition[] = [
  bitwise('bitand', 'Bitwise and of two whole numbers.', (a, b) => BigInt.asIntN(64, a & b), ['bitand(12, 10)', 8n]),
  bitwise('bitor', 'Bitwise or of two whole numbers.', (a, b) => BigInt.asIntN(64, a | b), ['bitor(12, 10)', 14n]),
  bitwise('bitxor', 'Bitwise exclusive or of two whole numbers.', (a, b) => BigInt.asIntN(64, a ^ b), ['bitxor(12, 10)', 6n]),
  define({
    name: 'bitnot',
    doc: 'Bitwise complement of a whole number.',
    params: [parameter('a', 'bigint')],
    returns: 'bigint',
    examples: [['bitnot(5)', -6n]],
    call: (_, a) => ~toWhole(a),
  }),
]

const others: readonly FunctionDefinition[] = [
  define({
    name: 'conv',
    doc: 'A number from one base to another, 2 to 36, with capital letters as digits; a negative base means signed. Null for other bases.',
    params: [parameter('n', 'any'), parameter('from', 'bigint'), parameter('to', 'bigint')],
    returns: 'string',
    examples: [
      ['conv("ff", 16, 10)', '255'],
      ['conv("5", 10, 2)', '101'],
      ['conv("-255", 10, -16)', '-FF'],
    ],
    call: (_, n, from, to) => convertBase(n, toIndex(from), toIndex(to)),
  }),
  define({ name: 'pi', doc: 'The number pi.', params: [], returns: 'float', examples: [['round(pi())', 3]], call: () => Math.PI }),
  define({
    name: 'rand',
    doc: 'A random float from 0 up to, not including, 1.',
    params: [],
    returns: 'float',
    pure: false,
    examples: [['rand() < 1', true]],
    call: () => Math.random(),
  }),
]

export const mathFunctions: readonly FunctionDefinition[] = [...trigonometry, ...rounding, ...powers, ...bits, ...others]

function cotangent(x: number): number {
  const result = 1 / Math.tan(x)
  if (!Number.isFinite(result)) throw rowFailed(`cot(${x}) is out of range`)
  return result
}

function absolute(x: Cell): Cell {
  if (typeof x === 'bigint') return x < 0n ? inRange(-x) : x
  return Math.abs(toNumber(x))
}

/** Text in place of the divisor acts as 0, as users of eKuiper know it. */
function lenientNumber(value: Cell): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0
}

function notNegative(x: number): number {
  if (x < 0) throw rowFailed(`expected a number that is not negative, got ${x}`)
  return x
}

function logarithm(base: number, x: number): number | null {
  if (base < 0 || x < 0) throw rowFailed(`expected numbers that are not negative, got log(${base}, ${x})`)
  const result = base === 2 ? Math.log2(x) : base === 10 ? Math.log10(x) : Math.log(x) / Math.log(base)
  return Number.isNaN(result) ? null : result
}

/** Half away from zero, of what x times ten to the power of `digits` is as a float: 1.005 to two digits is 1, because 100.49… comes out. */
export function roundTo(x: number, digits: number): number {
  const factor = 10 ** digits
  if (factor === 0) return 0
  const scaled = x * factor
  // So many digits no float has.
  if (!Number.isFinite(scaled)) return x
  return (Math.sign(scaled) * Math.round(Math.abs(scaled))) / factor
}
