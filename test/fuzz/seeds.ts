import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { goldenCases } from '../sql/golden-case.ts'

const SQL = path.join(import.meta.dirname, '../sql')
/** Statements that lie beside the repository on some machines. */
const OTHERS = path.join(import.meta.dirname, '../../../shared/conformance/sql')

/** Statements of our tests, and others where there are some. */
export function seeds(): readonly string[] {
  const own = goldenCases(SQL).flatMap(({ streams, sql }) => [...streams, sql])
  const others = existsSync(OTHERS) ? readdirSync(OTHERS).filter((file) => file.endsWith('.jsonl')) : []
  const lines = others.flatMap((file) => readFileSync(path.join(OTHERS, file), 'utf8').split('\n'))
  const found = lines.flatMap((line) => {
    if (line.trim() === '') return []
    const one: unknown = JSON.parse(line)
    return typeof one === 'object' && one !== null && 'sql' in one && typeof one.sql === 'string' ? [one.sql] : []
  })
  return [...new Set([...own, ...found])]
}
