import type { Parameter, TypeName } from '../../api/function.ts'
import type { PluginFunction } from '../../api/plugin.ts'
import { PlutinoError } from '../../base/errors.ts'
import { member, type WitValue } from '../values/codec.ts'

const TYPES: ReadonlyMap<WitValue, TypeName> = new Map<WitValue, TypeName>([
  ['any', 'any'],
  ['number', 'number'],
  ['int', 'bigint'],
  ['float', 'float'],
  ['text', 'string'],
  ['boolean', 'boolean'],
  ['bytes', 'bytea'],
  ['timestamp', 'datetime'],
  ['array', 'array'],
  ['object', 'struct'],
])

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/
const MOST_FUNCTIONS = 256
const MOST_PARAMETERS = 64
const LONGEST_DOC = 2000

/** What `scalar.functions` or `aggregate.aggregates` gave, checked: every text and number of it is the guest's. Throws `plugin_invalid`. */
export function readSignatures(declared: WitValue, from: PluginFunction['interface']): readonly PluginFunction[] {
  const list = listOf(declared)
  if (list.length > MOST_FUNCTIONS) throw invalid(`it declares ${list.length} functions; ${MOST_FUNCTIONS} are allowed`)
  const found = list.map((one, index) => readOne(one, from, index))
  const double = found.find((one, i) => found.findIndex((other) => other.name.toLowerCase() === one.name.toLowerCase()) !== i)
  if (double !== undefined) throw invalid(`it declares the function ${double.name} twice`)
  return found
}

function readOne(declared: WitValue, from: PluginFunction['interface'], index: number): PluginFunction {
  const signature = from === 'aggregate' ? member(declared, 'signature') : declared
  const name = textOf(member(signature, 'name'))
  if (!NAME.test(name)) {
    throw invalid(`function ${index + 1} has the name ${JSON.stringify(name.slice(0, 80))}: expected letters, digits and _, at most 64`)
  }
  const parameters = listOf(member(signature, 'parameters'))
  if (parameters.length > MOST_PARAMETERS)
    throw invalid(`function ${name} has ${parameters.length} parameters; ${MOST_PARAMETERS} are allowed`)
  const repeats = member(signature, 'repeats') === true
  if (repeats && parameters.length === 0) throw invalid(`function ${name} repeats its last parameter, but has none`)
  const params = parameters.map((one, i) => readParameter(one, repeats && i === parameters.length - 1))
  const bad = params.findIndex((one, i) => one.optional !== true && params[i - 1]?.optional === true)
  if (bad >= 0) throw invalid(`function ${name} needs parameter ${bad + 1}, but the one before it is optional`)
  return {
    name,
    doc: docOf(signature),
    interface: from,
    index,
    params,
    returns: typeOf(member(signature, 'returns')),
    nulls: member(signature, 'nulls') === 'skip' ? 'null' : 'call',
    effect: effectOf(member(signature, 'effect')),
    ...(from === 'aggregate' ? { removes: member(declared, 'removes') === true, merges: member(declared, 'merges') === true } : {}),
  }
}

function readParameter(given: WitValue, repeats: boolean): Parameter {
  const name = textOf(member(given, 'name'))
  return {
    name: NAME.test(name) ? name : 'value',
    type: typeOf(member(given, 'accepts')),
    doc: docOf(given),
    ...(member(given, 'optional') === true ? { optional: true } : {}),
    ...(repeats ? { repeats: true } : {}),
  }
}

function typeOf(given: WitValue): TypeName {
  return TYPES.get(given) ?? 'any'
}

function effectOf(given: WitValue): PluginFunction['effect'] {
  return given === 'pure' || given === 'stateful' ? given : 'volatile'
}

function docOf(given: WitValue): string {
  return textOf(member(given, 'doc')).slice(0, LONGEST_DOC)
}

function textOf(given: WitValue): string {
  return typeof given === 'string' ? given : ''
}

function listOf(given: WitValue): readonly WitValue[] {
  return Array.isArray(given) ? given : []
}

function invalid(message: string): PlutinoError {
  return new PlutinoError('plugin_invalid', `the component cannot be used: ${message}`, {
    hint: 'correct the declaration and build it again',
  })
}
