import { parse, YAMLParseError } from 'yaml'
import { PlutinoError } from '../base/errors.ts'
import { nearest } from '../base/suggest.ts'
import type { Json } from './field.ts'
import { isJsonObject, type JsonObject } from './json-object.ts'
import { FLAGS } from './setting-fields.ts'

/** One given setting: where it belongs and where it stands, for messages. */
export interface Entry {
  readonly path: readonly string[]
  readonly value: Json
  /** `etc/plutino.yaml`, `environment variable PLUTINO__DEMO` or `flag --demo`. */
  readonly where: string
}

export interface CommandLine {
  readonly entries: readonly Entry[]
  /** Value of `--config`. */
  readonly file?: string
  readonly problems: readonly string[]
}

const PREFIXES = ['KUIPER', 'PLUTINO'] as const

/** The object that a YAML file holds; an empty file is an empty one. Throws `config_invalid` with line and column. */
export function parseYaml(text: string, file: string): JsonObject {
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error
    const place = error.linePos?.[0]
    const at = place === undefined ? '' : `:${place.line}:${place.col}`
    throw new PlutinoError('config_invalid', `${file}${at}: not valid YAML: ${firstLine(error.message)}`, { cause: error })
  }
  if (value === null || value === undefined) return {}
  if (!isJsonObject(value)) throw new PlutinoError('config_invalid', `${file}: expected keys with values, got ${JSON.stringify(value)}`)
  return value
}

/** Every leaf of a file's tree. A key without a value is not given. */
export function fileEntries(tree: JsonObject, where: string, prefix: readonly string[] = []): Entry[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const path = [...prefix, key]
    if (value === null) return []
    return isJsonObject(value) && Object.keys(value).length > 0 ? fileEntries(value, where, path) : [{ path, value, where }]
  })
}

/** `PLUTINO__BASIC__RESTPORT=9081`: the variables of the server, those with eKuiper's prefix first so that ours win. */
export function environmentEntries(env: Readonly<Record<string, string | undefined>>): Entry[] {
  return PREFIXES.flatMap((prefix) => environmentOf(env, prefix))
}

/** The variables that begin with `<prefix>__`, in any case. */
export function environmentOf(env: Readonly<Record<string, string | undefined>>, prefix: string): Entry[] {
  return Object.entries(env).flatMap(([name, text]) => {
    if (text === undefined || !name.toUpperCase().startsWith(`${prefix}__`)) return []
    return [{ path: name.slice(prefix.length + 2).split('__'), value: environmentValue(text), where: `environment variable ${name}` }]
  })
}

/** Text stays text (a field makes of it what it needs); only `[a,b]` is a list. */
function environmentValue(text: string): Json {
  const list = /^\[(.*)\]$/s.exec(text)?.[1]
  if (list === undefined) return text
  return list.trim() === '' ? [] : list.split(',').map((item) => item.trim())
}

/** Flags as `--port 9081`, `--port=9081`, `--demo`, `--no-demo`. */
export function readFlags(args: readonly string[]): CommandLine {
  const entries: Entry[] = []
  const problems: string[] = []
  let file: string | undefined
  const rest = [...args]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const { name, inline, negated } = splitFlag(word)
    if (!isFlag(word, name)) {
      problems.push(word.startsWith('-') ? unknownFlag(name, word) : `unexpected argument "${word}"`)
      // The value of an unknown flag is not a mistake of its own.
      if (word.startsWith('--') && rest[0]?.startsWith('-') === false) rest.shift()
    } else if (name === 'demo') entries.push({ path: ['demo'], value: inline ?? !negated, where: `flag ${word}` })
    else {
      const value = inline ?? rest.shift()
      if (value === undefined) problems.push(`flag --${name}: expected a value`)
      else if (name === 'config') file = value
      else entries.push(...flagEntries(name, FLAGS[name] ?? '', value))
    }
  }
  return { entries, problems, ...(file === undefined ? {} : { file }) }
}

function isFlag(word: string, name: string): boolean {
  return word.startsWith('--') && (Object.hasOwn(FLAGS, name) || name === 'config')
}

function splitFlag(word: string): { name: string; inline: string | undefined; negated: boolean } {
  const equals = word.indexOf('=')
  const bare = (equals < 0 ? word : word.slice(0, equals)).replace(/^--/, '')
  const negated = bare === 'no-demo'
  return { name: negated ? 'demo' : bare, inline: equals < 0 ? undefined : word.slice(equals + 1), negated }
}

function flagEntries(name: string, path: string, value: string): Entry[] {
  const where = `flag --${name}`
  if (name === 'broker') {
    if (value === 'off') return [{ path: ['broker', 'enabled'], value: false, where }]
    return [
      { path: ['broker', 'enabled'], value: true, where },
      { path: path.split('.'), value, where },
    ]
  }
  return [{ path: path.split('.'), value, where }]
}

function unknownFlag(name: string, word: string): string {
  const known = [...Object.keys(FLAGS), 'config', 'no-demo']
  const near = nearest(name, known)
  const hint = near === undefined ? `known are ${known.map((one) => `--${one}`).join(', ')}` : `did you mean --${near}?`
  return `unknown flag ${word}; ${hint}`
}

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')
