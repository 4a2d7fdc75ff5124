import { PlutinoError } from '../../src/base/errors.ts'
import type { PlanEnv } from '../../src/plan/environment.ts'
import { planSelect } from '../../src/plan/plan-select.ts'
import type { Statement } from '../../src/sql/ast.ts'
import { Cursor } from '../../src/sql/cursor.ts'
import { readStatement } from '../../src/sql/parser.ts'
import { pointer } from '../../src/sql/position.ts'
import { printStatement } from '../../src/sql/print.ts'
import { BUILT_INS } from '../support/built-ins.ts'

export interface Outcome {
  /** A tree that could be planned, any other tree, or an error. */
  readonly end: 'plan' | 'tree' | 'error'
  readonly fault?: string
}

/** Looks at tokens for each character of a statement, at most. */
const MOST_READS = 60
/** Milliseconds that any statement may take, and for each of its characters. */
const [SLOW, SLOW_CHARACTER] = [20, 0.02]

/** Whatever a statement names is a stream without columns. */
const ENVIRONMENT: PlanEnv = { stream: (name) => ({ name }), streamNames: () => [], functions: BUILT_INS, options: {} }

/** What becomes of a text, and what should not have. */
export function check(text: string): Outcome {
  const limit = SLOW + SLOW_CHARACTER * text.length
  const begin = performance.now()
  const outcome = parsed(text)
  if (outcome.fault !== undefined || performance.now() - begin <= limit) return outcome
  // Others at work on the machine, or the collector, make one try slow, not four.
  const fastest = Math.min(...Array.from({ length: 4 }, () => cpuMillis(() => parsed(text))))
  return fastest > limit ? { ...outcome, fault: `took ${fastest.toFixed(0)} ms` } : outcome
}

function cpuMillis(run: () => unknown): number {
  const begin = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(begin)
  return (user + system) / 1000
}

function parsed(text: string): Outcome {
  let statement: Statement
  try {
    const cursor = new Cursor(text)
    statement = readStatement(cursor)
    if (cursor.reads > MOST_READS * (text.length + 1)) return { end: 'tree', fault: `looked at ${cursor.reads} tokens` }
  } catch (error) {
    return { end: 'error', ...faultOf('parser', error, text) }
  }
  return planned(statement, text)
}

function planned(statement: Statement, text: string): Outcome {
  let part = 'printer'
  try {
    printStatement(statement)
    part = 'planner'
    if (statement.kind !== 'select') return { end: 'tree' }
    planSelect(statement, ENVIRONMENT, text)
    return { end: 'plan' }
  } catch (error) {
    return { end: 'tree', ...faultOf(part, error, text) }
  }
}

/** An error must be one of ours, of the user, with a place inside of the text. */
function faultOf(part: string, error: unknown, text: string): { readonly fault?: string } {
  if (!(error instanceof PlutinoError)) return { fault: `${part} throws ${error instanceof Error ? error.stack : String(error)}` }
  if (error.domain !== 'user') return { fault: `${part}: ${error.code} ${error.message}` }
  const { position } = error
  if (position === undefined) return { fault: `${part}: no place: ${error.message}` }
  const line = text.split(/\r\n|\r|\n/)[position.line - 1]
  const inside = line !== undefined && position.column > 0 && position.column <= Array.from(line).length + 1
  return inside && pointer(text, position).includes('^')
    ? {}
    : { fault: `${part}: a place outside, ${JSON.stringify(position)}: ${error.message}` }
}
