import { PlutinoError } from '../base/errors.ts'
import { nearest } from '../base/suggest.ts'
import type { Field, Fields, Json } from './field.ts'
import { parseConfig } from './parse.ts'
import { environmentEntries, type Entry, fileEntries, parseYaml, readFlags } from './setting-entries.ts'
import { IGNORED_SETTINGS, REFUSED_SETTINGS, SETTING_FIELDS, type Settings } from './setting-fields.ts'

/** Where settings come from; a later one wins: the file, the environment, the flags. */
export interface SettingSources {
  /** The flags, without the names of program and command. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The file that is read unless `--config` names another; it may be absent. */
  readonly defaultFile: string
  /** Text of a file, undefined when there is none. */
  readonly readFile: (path: string) => string | undefined
}

export interface LoadedSettings {
  readonly settings: Settings
  /** Lines for the log: settings that were taken without effect. */
  readonly warnings: readonly string[]
  /** The file that was read, undefined when there was none. */
  readonly file: string | undefined
}

/** Reads and checks all settings. Throws `config_invalid` with one line for each problem, which says where the setting stands. */
export function loadSettings(sources: SettingSources): LoadedSettings {
  const flags = readFlags(sources.args)
  const file = flags.file ?? sources.defaultFile
  const text = sources.readFile(file)
  if (text === undefined && flags.file !== undefined) throw new PlutinoError('config_invalid', `flag --config: there is no file ${file}`)
  const given = [
    ...(text === undefined ? [] : fileEntries(parseYaml(text, file), file)),
    ...environmentEntries(sources.env),
    ...flags.entries,
  ]
  const { settings, problems, warnings } = checkEntries(given)
  const all = [...flags.problems, ...problems]
  if (settings === undefined || all.length > 0) throw new PlutinoError('config_invalid', all.join('\n'))
  return { settings, warnings, file: text === undefined ? undefined : file }
}

interface Checked {
  readonly settings: Settings | undefined
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

function checkEntries(given: readonly Entry[]): Checked {
  const problems: string[] = []
  const warnings: string[] = []
  const tree: Tree = {}
  const places = new Map<string, string>()
  for (const entry of given) {
    const written = entry.path.join('.')
    const refusal = refusalOf(written, entry.value)
    const known = resolvePath(SETTING_FIELDS, entry.path)
    if (refusal !== undefined) problems.push(`${entry.where}: ${written}: ${refusal}`)
    else if (typeof known !== 'string') {
      put(tree, known, entry.value)
      places.set(known.join('.'), entry.where)
    } else if (isListed(IGNORED_SETTINGS, written)) warnings.push(`${entry.where}: ${written} has no effect`)
    else problems.push(`${entry.where}: ${known}`)
  }
  const parsed = parseConfig(SETTING_FIELDS, tree)
  if (!parsed.ok) problems.push(...parsed.problems.map((p) => `${placeOf(places, p.path)}${p.path}: ${p.message}`))
  else problems.push(...checkTimeZone(parsed.config.basic.timezone, placeOf(places, 'basic.timezone')))
  return { settings: parsed.ok ? resolved(parsed.config) : undefined, problems, warnings }
}

function resolved(settings: Settings): Settings {
  const { basic } = settings
  return {
    ...settings,
    basic: {
      ...basic,
      logLevel: basic.debug ? 'debug' : basic.logLevel,
      timezone: basic.timezone === 'Local' ? Intl.DateTimeFormat().resolvedOptions().timeZone : basic.timezone,
    },
  }
}

function checkTimeZone(name: string, place: string): string[] {
  if (name === 'Local') return []
  try {
    Intl.DateTimeFormat('en', { timeZone: name })
    return []
  } catch {
    return [
      `${place}basic.timezone: unknown time zone ${JSON.stringify(name)}; expected an IANA name such as "Europe/Berlin", "UTC" or "Local"`,
    ]
  }
}

function placeOf(places: ReadonlyMap<string, string>, path: string): string {
  const place = places.get(path.replace(/\[\d+\].*$/, ''))
  return place === undefined ? '' : `${place}: `
}

function refusalOf(path: string, value: Json): string | undefined {
  if (value === null || value === false || value === '' || value === 'false') return undefined
  return Object.entries(REFUSED_SETTINGS).find(([name]) => isListed([name], path))?.[1]
}

function isListed(names: readonly string[], path: string): boolean {
  const wanted = path.toLowerCase()
  const known = [...names, ...(names === IGNORED_SETTINGS ? Object.keys(REFUSED_SETTINGS) : [])]
  return known.some((name) => wanted === name.toLowerCase() || wanted.startsWith(`${name.toLowerCase()}.`))
}

/** The path with the names as declared (they match without regard to case), or what is wrong with it. */
function resolvePath(fields: Fields, path: readonly string[]): string[] | string {
  const found: string[] = []
  let level: Fields | undefined = fields
  for (const part of path) {
    const names: string[] = Object.keys(level ?? {})
    const name: string | undefined = names.find((candidate) => candidate.toLowerCase() === part.toLowerCase())
    const field: Field | undefined = name === undefined ? undefined : level?.[name]
    if (name === undefined || field === undefined) return unknownSetting([...found, part], names)
    found.push(name)
    level = field.kind === 'object' ? field.fields : undefined
  }
  return found
}

function unknownSetting(path: readonly string[], known: readonly string[]): string {
  const near = nearest(path.at(-1) ?? '', known)
  return `unknown setting ${path.join('.')}${near === undefined ? '' : `; did you mean ${[...path.slice(0, -1), near].join('.')}?`}`
}

interface Tree {
  [key: string]: Json | Tree
}

/** The path consists of declared names only, so none of them reaches a prototype. */
function put(tree: Tree, path: readonly string[], value: Json): void {
  let level = tree
  for (const name of path.slice(0, -1)) {
    const next = level[name]
    if (isTree(next)) level = next
    else level = level[name] = {}
  }
  level[path.at(-1) ?? ''] = value
}

function isTree(value: Json | Tree | undefined): value is Tree {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
