import { floatText } from '../../data/cast.ts'
import { rowFailed } from '../../data/row-failed.ts'
import type { Value } from '../../data/value.ts'
import { ANY, at, countAt, define, type FunctionSet } from './function-set.ts'

/**
 * Sprig's arithmetic: `add`, `sub`, `mul`, `div`, `mod`, `max`, `min` make ints of 64 bits of everything first (a float loses its
 * fraction); the forms with `f` work on floats.
 */
export const MATH_FUNCTIONS: FunctionSet = {
  add: define([0, ANY], (args) => wrap(args.reduce<bigint>((sum, arg) => sum + toInt(arg), 0n))),
  add1: define(1, (args) => wrap(toInt(at(args, 0)) + 1n)),
  sub: define(2, (args) => wrap(toInt(at(args, 0)) - toInt(at(args, 1)))),
  mul: define([1, ANY], (args) => args.reduce<bigint>((product, arg) => wrap(product * toInt(arg)), 1n)),
  div: define(2, (args) => wrap(toInt(at(args, 0)) / divisor(at(args, 1)))),
  mod: define(2, (args) => toInt(at(args, 0)) % divisor(at(args, 1))),
  max: define([1, ANY], (args) => args.map((arg) => toInt(arg)).reduce((a, b) => (b > a ? b : a))),
  min: define([1, ANY], (args) => args.map((arg) => toInt(arg)).reduce((a, b) => (b < a ? b : a))),
  addf: define([0, ANY], (args) => args.reduce<number>((sum, arg) => sum + toFloat(arg), 0)),
  add1f: define(1, (args) => toFloat(at(args, 0)) + 1),
  subf: define([1, ANY], ([first = null, ...others]) => others.reduce<number>((rest, arg) => rest - toFloat(arg), toFloat(first))),
  mulf: define([1, ANY], (args) => args.reduce<number>((product, arg) => product * toFloat(arg), 1)),
  divf: define([1, ANY], ([first = null, ...others]) => others.reduce<number>((rest, arg) => rest / toFloat(arg), toFloat(first))),
  maxf: define([1, ANY], (args) => Math.max(...args.map((arg) => toFloat(arg)))),
  minf: define([1, ANY], (args) => Math.min(...args.map((arg) => toFloat(arg)))),
  floor: define(1, (args) => Math.floor(toFloat(at(args, 0)))),
  ceil: define(1, (args) => Math.ceil(toFloat(at(args, 0)))),
  round: define([2, 3], (args) => round(toFloat(at(args, 0)), countAt(args, 1), args.length > 2 ? toFloat(at(args, 2)) : 0.5)),
  int: define(1, (args) => toInt(at(args, 0))),
  int64: define(1, (args) => toInt(at(args, 0))),
  float64: define(1, (args) => toFloat(at(args, 0))),
  atoi: define(1, (args) => toInt(at(args, 0))),
}

/** Sprig's conversion: what is no number counts as 0. */
function toInt(value: Value): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number') return Number.isFinite(value) ? wrap(BigInt(Math.trunc(value))) : 0n
  if (typeof value !== 'string' || !/^[+-]?\d{1,40}(?:\.0*)?$/.test(value)) return 0n
  return wrap(BigInt(value.replace(/^\+/, '').replace(/\.0*$/, '')))
}

function toFloat(value: Value): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value)
  if (typeof value !== 'string' || !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value)) return 0
  return Number(value)
}

/** Go's ints overflow silently. */
function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value)
}

function divisor(value: Value): bigint {
  const size = toInt(value)
  if (size === 0n) throw rowFailed('division by zero')
  return size
}

/** Decimal rounding; from `roundOn` of the last digit on away from zero. */
function round(value: number, places: number, roundOn: number): number {
  if (!Number.isFinite(value)) return value
  const size = Math.abs(value)
  if (places < 0 || places > 20) {
    const power = 10 ** places
    return Number.isFinite(power) && power !== 0 ? (Math.sign(value) * Math.round(size * power)) / power : value
  }
  const text = floatText(size)
  const [whole = '0', fraction = ''] = text.split('.')
  const rest = Number(`0.${fraction.slice(places) || '0'}`)
  const kept = BigInt(whole + fraction.slice(0, places).padEnd(places, '0')) + (rest > 0 && rest >= roundOn ? 1n : 0n)
  const digits = String(kept).padStart(places + 1, '0')
  const result = Number(places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`)
  return value < 0 ? -result : result
}
