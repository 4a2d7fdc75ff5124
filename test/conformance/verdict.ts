import unmarked from './unmarked.json' with { type: 'json' }
import type { Value } from '../../src/data/value.ts'
import { jsonText } from '../../src/data/json-text.ts'
import { type Answer, isBehaviourCase, readBehaviourCase } from './behaviour/case.ts'
import { sameAnswer } from './behaviour/compare.ts'
import { answerTo } from './behaviour/run-case.ts'
import { failureOfSqlCase, isSqlCase } from './sql-case.ts'

const LONGEST = 600

/** Cases that DIFFERENCES.md decides under a heading although the recording has no mark for it. */
const UNMARKED: ReadonlyMap<string, string> = new Map(Object.entries(unmarked))

/** What became of one case. */
export interface Verdict {
  /** What is wrong with our answer; absent: nothing. */
  readonly failure?: string
  /** The answer is another than the recorded one, and DIFFERENCES.md says under this heading that it may be. */
  readonly decided?: string
}

/** One line of a file: what kind of case it is follows from its members. */
export async function verdictOf(text: string): Promise<Verdict> {
  let line: unknown
  try {
    line = JSON.parse(text)
  } catch {
    return { failure: 'the line is not JSON' }
  }
  if (typeof line !== 'object' || line === null) return { failure: 'the line is not a JSON object' }
  if (isSqlCase(line)) {
    const failure = failureOfSqlCase(line)
    return failure === undefined ? {} : { failure: `${failure}\n  ${text.slice(0, LONGEST)}` }
  }
  if (isBehaviourCase(line)) return behaviourVerdict(text)
  return { failure: `no runner for a case with the members ${Object.keys(line).join(', ')}` }
}

async function behaviourVerdict(text: string): Promise<Verdict> {
  const testCase = readBehaviourCase(text)
  const answer = await answerTo(testCase)
  if (sameAnswer(testCase, answer, testCase.unordered)) return {}
  const { id, sql, streams, input, differs = UNMARKED.get(id) } = testCase
  const failure = [
    `sql      ${sql}`,
    `streams  ${streams.join('; ')}`,
    `input    ${brief(jsonText(input))}`,
    `expected ${shown(testCase)}`,
    `actual   ${shown(answer)}`,
  ].join('\n  ')
  return { failure: `\n  ${failure}`, ...(differs === undefined || answer.error?.phase === 'harness' ? {} : { decided: differs }) }
}

function shown({ output, error }: Answer): string {
  return brief(error === undefined ? jsonText(output as Value) : `error at ${error.phase}: ${error.text}`)
}

function brief(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text
}
