import { parseArgs } from 'node:util'
import { PlutinoError } from '../../src/base/errors.ts'
import { nearest } from '../../src/base/suggest.ts'
import { BuildError } from '../assemblyscript/build/project.ts'
import type { AuthorCommand, ExitCode, Given, Surroundings } from './command.ts'
import { AUTHOR_COMMANDS, authorUsage, commandUsage } from './commands.ts'

/** Runs one of the commands `plutino plugin …`. Never throws, but for mistakes of ours. */
export async function runAuthorCommand(argv: readonly string[], around: Surroundings): Promise<ExitCode> {
  const { terminal } = around
  try {
    const [name, ...rest] = argv
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      terminal.out(authorUsage())
      return 0
    }
    const command = find(name)
    const given = read(command, rest)
    if (given !== undefined) return await command.run(given, around)
    terminal.out(commandUsage(command))
    return 0
  } catch (error) {
    return report(error, around)
  }
}

function find(name: string): AuthorCommand {
  const command = AUTHOR_COMMANDS.find((one) => one.name === name)
  if (command !== undefined) return command
  const near = nearest(
    name,
    AUTHOR_COMMANDS.map((one) => one.name),
  )
  throw new PlutinoError('config_invalid', `unknown command "plugin ${name}"`, {
    hint: near === undefined ? '"plutino plugin --help" lists the commands' : `did you mean "plutino plugin ${near}"?`,
  })
}

/** Undefined: help is wanted. */
function read(command: AuthorCommand, argv: readonly string[]): Given | undefined {
  const named = command.options.map(({ name, value }) => [name, { type: value === undefined ? 'boolean' : 'string' }] as const)
  const { values, positionals } = parsed(command, [...argv], Object.fromEntries(named))
  if (values['help'] === true) return undefined
  const needed = command.args.filter((arg) => arg.startsWith('<')).length
  if (positionals.length < needed || positionals.length > command.args.length) {
    const wanted = needed === command.args.length ? String(needed) : `at most ${command.args.length}`
    throw wrong(
      command,
      `expected ${wanted} ${wanted === '1' || wanted.endsWith(' 1') ? 'argument' : 'arguments'}, got ${positionals.length}`,
    )
  }
  return { args: positionals, options: values }
}

type Parsed = { readonly values: Given['options']; readonly positionals: readonly string[] }

function parsed(command: AuthorCommand, args: string[], named: Readonly<Record<string, { readonly type: 'boolean' | 'string' }>>): Parsed {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { ...named, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
    return {
      values: Object.fromEntries(Object.entries(values).filter(([, value]) => !Array.isArray(value))) as Given['options'],
      positionals,
    }
  } catch (error) {
    throw wrong(command, error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error))
  }
}

function wrong(command: AuthorCommand, message: string): PlutinoError {
  return new PlutinoError('config_invalid', message, { hint: commandUsage(command).split('\n')[0] ?? '' })
}

function report(error: unknown, { terminal }: Surroundings): ExitCode {
  if (error instanceof BuildError) {
    terminal.err(`error: ${error.message}`)
    return 1
  }
  if (!(error instanceof PlutinoError)) throw error
  terminal.err(`error: ${error.message}`)
  if (error.hint !== undefined) terminal.err(`hint: ${error.hint}`)
  if (error.code === 'config_invalid') return 2
  return error.code === 'unavailable' ? 3 : 1
}
