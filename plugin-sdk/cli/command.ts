import type { Clock } from '../../src/base/clock.ts'

/** Where a command writes. */
interface Terminal {
  out(text: string): void
  err(text: string): void
  /** Replaces the line that is shown while something takes its time; an empty text takes it away. Absent where nobody watches. */
  readonly status?: (text: string) => void
}

/** Exit codes: 0 done; 1 the plugin or the server says no; 2 the command is wrong; 3 nobody answers. */
export type ExitCode = 0 | 1 | 2 | 3

/** What a person gave to a command. */
export interface Given {
  readonly args: readonly string[]
  /** Values of the options, by name; those that take none are `true`. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>
}

export interface Surroundings {
  readonly terminal: Terminal
  readonly clock: Clock
  /** Aborted when the person wants the end of a command that goes on for ever. */
  readonly signal: AbortSignal
}

/** One of the commands below `plutino plugin`, as data. */
export interface AuthorCommand {
  readonly name: string
  /** `<needed>` and `[optional]` arguments, as help shows them. */
  readonly args: readonly string[]
  readonly doc: string
  readonly options: readonly AuthorOption[]
  /** Loads its code only when it runs: compilers are large. Throws BuildError or PlutinoError with a message for the author. */
  readonly run: (given: Given, around: Surroundings) => Promise<ExitCode>
}

export interface AuthorOption {
  readonly name: string
  /** What its value is called; absent: it takes none. */
  readonly value?: string
  readonly doc: string
}

/** The text of an option, when one was given. */
export function textOption({ options }: Given, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}
