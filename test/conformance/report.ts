import type { Line } from './lines.ts'
import type { Verdict } from './verdict.ts'

export interface Result {
  readonly line: Line
  readonly verdict: Verdict
}

export interface ReportOptions {
  /** How many failures are printed in full. */
  readonly show: number
  /** Cases decided otherwise are printed like failures. */
  readonly decided: boolean
}

/** Failures, then a line for each category, then `N passed, N failed`; what is decided otherwise counts neither way. */
export function report(results: readonly Result[], { show, decided }: ReportOptions): string {
  const failed = results.filter((result) => stateOf(result) === 'failed')
  const otherwise = results.filter((result) => stateOf(result) === 'otherwise')
  const printed = decided ? [...failed, ...otherwise] : failed
  const full = printed.slice(0, show)
  const rest = printed.slice(full.length).map(({ line }) => line.id)
  return [
    ...full.map(({ line, verdict }) => `FAIL ${line.id}: ${verdict.failure}\n`),
    ...(rest.length === 0 ? [] : [`also failed: ${rest.join(' ')}\n`]),
    ...[...Map.groupBy(results, ({ line }) => line.category)].map(([category, members]) => categoryLine(category, members)),
    ...[...Map.groupBy(otherwise, ({ verdict }) => verdict.decided)].map(
      ([heading, members]) => `decided otherwise, ${heading}: ${members.length}`,
    ),
    `${results.length - failed.length - otherwise.length} passed, ${failed.length} failed`,
  ].join('\n')
}

function categoryLine(category: string, members: readonly Result[]): string {
  const count = (state: string): string => `${members.filter((result) => stateOf(result) === state).length}`.padStart(5)
  return `${category.padEnd(14)}${count('passed')} passed ${count('failed')} failed ${count('otherwise')} decided otherwise`
}

function stateOf({ verdict }: Result): 'passed' | 'failed' | 'otherwise' {
  if (verdict.failure === undefined) return 'passed'
  return verdict.decided === undefined ? 'failed' : 'otherwise'
}
