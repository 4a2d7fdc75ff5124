import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { failureOfSqlCase, isSqlCase } from './sql-case.ts'

/** Failures printed in full for each file. */
const SHOWN = 10
const SHARED = fileURLToPath(new URL('../../../shared/conformance/sql', import.meta.url))

interface Score {
  passed: number
  failed: number
}

/** One line of a file: what kind of case it is follows from its members. */
function failureOf(text: string): string | undefined {
  let line: unknown
  try {
    line = JSON.parse(text)
  } catch {
    return 'the line is not JSON'
  }
  if (typeof line !== 'object' || line === null) return 'the line is not a JSON object'
  if (isSqlCase(line)) return failureOfSqlCase(line)
  return `no runner for a case with the members ${Object.keys(line).join(', ')}`
}

function runFile(file: string): Score {
  const score = { passed: 0, failed: 0 }
  for (const [index, text] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (text.trim() === '') continue
    const failure = failureOf(text)
    if (failure === undefined) {
      score.passed++
      continue
    }
    score.failed++
    if (score.failed <= SHOWN) print(`${file}:${index + 1}: ${failure}\n  ${text.slice(0, 300)}`)
    if (score.failed === SHOWN + 1) print(`${file}: further failures are only counted`)
  }
  print(`${path.basename(file)}: ${score.passed} passed, ${score.failed} failed`)
  return score
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function filesByDefault(): string[] {
  if (!existsSync(SHARED)) return []
  return readdirSync(SHARED)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
    .map((name) => path.join(SHARED, name))
}

const named = process.argv.slice(2)
const files = named.length > 0 ? named : filesByDefault()
if (files.length === 0) {
  print(`no file named and no folder ${SHARED}: npm run conformance -- file.jsonl …`)
  process.exitCode = 1
} else {
  const scores = files.map(runFile)
  const passed = scores.reduce((sum, score) => sum + score.passed, 0)
  const failed = scores.reduce((sum, score) => sum + score.failed, 0)
  print(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}
