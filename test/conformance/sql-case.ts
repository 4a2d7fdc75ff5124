import { parseStatement } from '../../src/sql/parser.ts'
import type { Statement } from '../../src/sql/ast.ts'
import { checkSelect, checkStream } from './ekuiper-checks.ts'
import type { Tree } from './sql-tree.ts'
import { toRecordedTree } from './sql-tree.ts'

/** A statement with the verdict of eKuiper's parser: `valid` or `err`, and for a SELECT that it accepts the tree. */
export interface SqlCase {
  readonly sql: string
  readonly valid?: boolean
  readonly err?: string
  readonly ast?: Tree
}

export function isSqlCase(line: object): line is SqlCase {
  return 'sql' in line && typeof line.sql === 'string' && ('valid' in line || 'err' in line || 'ast' in line) && !('streams' in line)
}

/** What is wrong with our answer, or nothing. */
export function failureOfSqlCase({ sql, valid, err, ast }: SqlCase): string | undefined {
  const accepted = valid !== false && err === undefined
  let statement: Statement
  try {
    statement = parseStatement(sql)
    if (statement.kind === 'select') checkSelect(statement, sql)
    if (statement.kind === 'create') checkStream(statement, sql)
  } catch (error) {
    return accepted ? `refused: ${error instanceof Error ? error.message : String(error)}` : undefined
  }
  if (!accepted) return `accepted, expected a refusal${err === undefined ? '' : `: ${err.slice(0, 160)}`}`
  if (ast === undefined || ast === null) return undefined
  if (statement.kind !== 'select') return `a ${statement.kind} statement, expected a SELECT`
  return difference(toRecordedTree(statement, sql), ast, '')
}

/**
 * The first place where the trees differ. Names of functions and of the fields that they give are compared without regard to case:
 * eKuiper writes those of its own functions in lower case and leaves others as written.
 */
function difference(ours: Tree, theirs: Tree, path: string): string | undefined {
  if (typeof ours !== 'object' || typeof theirs !== 'object' || ours === null || theirs === null) {
    return ours === theirs ? undefined : `${path}: ${JSON.stringify(ours)}, expected ${JSON.stringify(theirs)}`
  }
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)])
  for (const name of names) {
    const [a, b] = [member(ours, name), member(theirs, name)]
    if (a === undefined || b === undefined) return `${path}.${name}: ${JSON.stringify(a)}, expected ${JSON.stringify(b)}`
    if (name === 'name' && sameCallName(theirs, a, b)) continue
    const found = difference(a, b, `${path}.${name}`)
    if (found !== undefined) return found
  }
  return undefined
}

function member(tree: object, name: string): Tree | undefined {
  return Object.hasOwn(tree, name) ? (tree as Record<string, Tree>)[name] : undefined
}

function sameCallName(field: object, ours: Tree, theirs: Tree): boolean {
  const expr = member(field, 'expr')
  const call = typeof expr === 'object' && expr !== null && member(expr, 't') === 'call'
  return call && typeof ours === 'string' && typeof theirs === 'string' && ours.toLowerCase() === theirs.toLowerCase()
}
