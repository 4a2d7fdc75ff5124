import { PlutinoError } from '../base/errors.ts'

/** So that a name fits into a file name on every system. */
const LONGEST = 128

/** Names of streams, rules and plugins: nothing in them has a meaning to SQL, HTML, URLs or file systems. Throws `config_invalid`. */
export function checkId(id: string): void {
  const problem = problemWith(id)
  if (problem !== undefined) throw new PlutinoError('config_invalid', problem)
}

function problemWith(id: string): string | undefined {
  if (id === '') return 'id cannot be empty'
  if (id.length > LONGEST) return `id is longer than ${LONGEST} characters`
  if (id.trim() !== id) return `id '${id}' contains leading or trailing whitespace`
  if (!/^[a-zA-Z0-9_-]+$/.test(id)) return `id '${id}' contains invalid characters: only alphanumeric, hyphens and underscores are allowed`
  return undefined
}
