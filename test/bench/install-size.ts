import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Figure } from './report.ts'

const ROOT = join(import.meta.dirname, '../..')

/** What a user installs: the packages that the server needs, on the disk. */
export async function installFigures(): Promise<readonly Figure[]> {
  const listed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: ROOT, encoding: 'utf8' })
  const folders = [...new Set(listed.split('\n').filter((folder) => folder.includes('node_modules')))]
  // A package inside another's folder is counted with that one.
  const outer = folders.filter((folder) => folder.lastIndexOf('node_modules') === folder.indexOf('node_modules'))
  const sizes = execFileSync('du', ['-sk', ...outer], { encoding: 'utf8' })
  const kib = sizes.split('\n').reduce((sum, line) => sum + Number(line.split('\t')[0] ?? 0), 0)
  return [{ name: `packages without those for development (${outer.length})`, value: kib / 1024, unit: 'MiB' }]
}
