import { PlutinoError } from '../../src/base/errors.ts'
import { nearest } from '../../src/base/suggest.ts'
import { TEMPLATES, type Template } from '../assemblyscript/build/project.ts'
import { createPlugin, LANGUAGES, type LanguageKey } from '../build/create.ts'
import { type ExitCode, type Given, type Surroundings, textOption } from './command.ts'

const TITLES: Readonly<Record<Template, string>> = {
  source: 'a source',
  sink: 'a sink',
  function: 'functions',
  aggregate: 'aggregate functions',
}

/** `plutino plugin new`. */
export async function newPlugin(given: Given, { terminal }: Surroundings): Promise<ExitCode> {
  const folder = given.args[0] ?? ''
  const kind = choice<Template>('kind', textOption(given, 'kind'), TEMPLATES)
  const lang = choice<LanguageKey>('lang', textOption(given, 'lang') ?? 'as', ['as', 'rust', 'tinygo'])
  const edit = await createPlugin(kind, folder, lang)
  terminal.out(`${folder}: ${TITLES[kind]} in ${LANGUAGES[lang]}. Next:`)
  terminal.out(`  edit ${edit}`)
  for (const step of ['test', 'dev']) terminal.out(`  npx plutino plugin ${step} ${folder}`)
  return 0
}

function choice<T extends string>(name: string, given: string | undefined, known: readonly T[]): T {
  const found = known.find((one) => one === given)
  if (found !== undefined) return found
  const near = given === undefined ? undefined : nearest(given, known)
  const got = given === undefined ? 'it is not given' : `got "${given}"`
  throw new PlutinoError(
    'config_invalid',
    `--${name}: expected ${known.join(', ')}; ${got}`,
    near === undefined ? {} : { hint: `did you mean ${near}?` },
  )
}
