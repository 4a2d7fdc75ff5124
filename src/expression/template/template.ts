import { systemClock, type Clock } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import type { Value } from '../../data/value.ts'
import type { Run } from './compile.ts'
import { Compiler } from './execute.ts'
import { positionOf, templateInvalid } from './fault.ts'
import { TEMPLATE_FUNCTIONS } from './functions.ts'
import { parseTemplate } from './parse.ts'

const MAX_SOURCE = 1_048_576
const MAX_LENGTH = 16_777_216
const MAX_STEPS = 10_000_000

/** Renders one row, or one list of rows. Throws `row_failed` with the place in the template. */
export type Template = (data: Value) => string

/**
 * Compiles a template in the language of Go's text/template with the functions of sprig that eKuiper's users know, and `json` and
 * `base64`. Ints are bigints, floats numbers; both print as in Go. Nothing of the text is evaluated as code, and only own members of
 * the data can be reached. Throws `config_invalid` with line and column.
 */
export function compileTemplate(text: string, clock: Pick<Clock, 'now'> = systemClock): Template {
  if (text.length > MAX_SOURCE)
    throw new PlutinoError('config_invalid', `a template has at most ${MAX_SOURCE} characters, got ${text.length}`)
  if (!text.includes('{{')) return () => text
  const names = new Set([...TEMPLATE_FUNCTIONS.keys(), 'and', 'or'])
  const { main, definitions } = parseTemplate(text, names)
  const compiler = new Compiler(TEMPLATE_FUNCTIONS, definitions, { length: MAX_LENGTH }, (at, message) => {
    throw templateInvalid(text, at, message)
  })
  const execute = compiler.body(main)
  return (data) => {
    const run: Run = { clock, made: new WeakSet(), text: '', frame: [], at: 0, steps: MAX_STEPS, depth: 0 }
    try {
      execute(data, run)
    } catch (error) {
      throw located(error, text, run.at)
    }
    return run.text
  }
}

function located(error: unknown, text: string, at: number): unknown {
  if (!(error instanceof PlutinoError)) return error
  const position = positionOf(text, at)
  return new PlutinoError(error.code, `template, line ${position.line}, column ${position.column}: ${error.message}`, {
    position,
    cause: error,
  })
}
