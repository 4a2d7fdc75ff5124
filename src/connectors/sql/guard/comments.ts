import { PlutinoError } from '../../../base/errors.ts'

/** Quoted text first, so that what looks like a comment inside it does not count. */
const TOKENS = /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`[^`]*`|\/\*(?<kind>M?!|\+)?[\s\S]*?(?:\*\/|$)|#[^\n]*|--(?<minus>\S)?[^\n]*/g

/**
 * Refuses the comments that the database would read otherwise than the parser: `/*! … *\/` and `/*+ … *\/` are run by MySQL,
 * and `--` without a blank after it is two minus signs there. Other comments never reach the database.
 */
export function refuseTrickyComments(sql: string): void {
  for (const token of sql.matchAll(TOKENS)) {
    if (token.groups?.['kind'] !== undefined)
      throw new PlutinoError('denied', `comments that the database executes (/*${token.groups['kind']} … */) are not allowed`)
    if (token.groups?.['minus'] !== undefined)
      throw new PlutinoError('denied', 'two minus signs without a blank after them are not allowed', { hint: 'write a blank between or after them' })
  }
}
