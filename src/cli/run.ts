import { parseArgs } from 'node:util'
import { PlutinoError, toPlutinoError } from '../base/errors.ts'
import { nearest } from '../base/suggest.ts'
import { type Command, COMMANDS, readNamed } from './commands.ts'
import { type Answer, RestClient } from './rest-client.ts'
import { commandUsage, usage } from './usage.ts'

export interface Terminal {
  out(text: string): void
  err(text: string): void
}

/** Exit codes: 0 done, 1 the server said no, 2 the command is wrong, 3 nobody answers. */
export type ExitCode = 0 | 1 | 2 | 3

const OPTIONS = {
  host: { type: 'string' },
  port: { type: 'string' },
  file: { type: 'string', short: 'f' },
  zip: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Runs one command of the client against a server. Never throws. */
export async function runClient(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await run(argv, terminal)
  } catch (error) {
    const problem = toPlutinoError(error, 'config_invalid')
    terminal.err(`error: ${problem.message}`)
    if (problem.hint !== undefined) terminal.err(`hint: ${problem.hint}`)
    return problem.code === 'unavailable' ? 3 : 2
  }
}

async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true })
  const command = COMMANDS.find(({ words }) => words.every((word, i) => word === positionals[i]))
  if (command === undefined || values.help === true) return showHelp(command, positionals, terminal)
  const args = positionals.slice(command.words.length)
  checkCount(command, args, values.file !== undefined || values.zip !== undefined)
  const call = command.call({
    args,
    ...(values.file === undefined ? {} : { file: readNamed(values.file).toString('utf8') }),
    ...(values.zip === undefined ? {} : { zip: readNamed(values.zip) }),
  })
  const answer = await new RestClient(values.host ?? '127.0.0.1', portOf(values.port)).send(call)
  return show(command, answer, terminal)
}

function showHelp(command: Command | undefined, positionals: readonly string[], terminal: Terminal): ExitCode {
  if (command !== undefined) {
    terminal.out(commandUsage(command))
    return 0
  }
  if (positionals.length === 0 || positionals[0] === 'help') {
    terminal.out(usage())
    return 0
  }
  const known = COMMANDS.map(({ words }) => words.join(' '))
  const near = nearest(positionals.slice(0, 2).join(' '), known)
  const hint = near === undefined ? '"plutino --help" lists the commands' : `did you mean "plutino ${near}"?`
  throw new PlutinoError('config_invalid', `unknown command "${positionals.slice(0, 2).join(' ')}"`, { hint })
}

function checkCount(command: Command, args: readonly string[], lastInFile: boolean): void {
  const needed = command.args.filter((arg) => arg.startsWith('<')).length - (lastInFile && command.words[1] === 'plugin' ? 1 : 0)
  if (lastInFile && ['stream', 'table'].includes(command.words[1] ?? '')) return
  if (args.length >= needed && args.length <= command.args.length) return
  throw new PlutinoError('config_invalid', `expected ${needed} ${needed === 1 ? 'argument' : 'arguments'}, got ${args.length}`, {
    hint: commandUsage(command).split('\n')[0] ?? '',
  })
}

function portOf(text: string | undefined): number {
  const port = Number(text ?? '9081')
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new PlutinoError('config_invalid', `--port: expected a number from 1 to 65535, got "${text ?? ''}"`)
}

function show(command: Command, answer: Answer, terminal: Terminal): ExitCode {
  if (answer.status >= 400) {
    for (const line of errorLines(answer.text)) terminal.err(line)
    return 1
  }
  if (command.whenEmpty !== undefined && answer.text.trim() === '[]') terminal.out(command.whenEmpty)
  else terminal.out(command.print?.(JSON.parse(answer.text)) ?? readable(answer.text))
  return 0
}

/** Lists of names one a line, other JSON indented, everything else as it is. */
function readable(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text)
    if (Array.isArray(parsed) && parsed.every((item) => typeof item === 'string')) return parsed.join('\n')
    return typeof parsed === 'object' ? JSON.stringify(parsed, null, 2) : text
  } catch {
    return text.trimEnd()
  }
}

function errorLines(text: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null) return [text]
    const { message, pointer, hint } = { message: text, ...parsed } as { message: string; pointer?: unknown; hint?: unknown }
    return [`error: ${message}`, ...(typeof pointer === 'string' ? [pointer] : []), ...(typeof hint === 'string' ? [`hint: ${hint}`] : [])]
  } catch {
    return [`error: ${text.trim()}`]
  }
}
