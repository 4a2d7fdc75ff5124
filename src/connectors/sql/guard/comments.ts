import { PlutinoError } from '../../../base/errors.ts'

/** Quoted text first, so that what looks like a comment inside it does not count. */
const TOKENS =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`[^`]*`|\/\*(?<kind>M?!|\+)?[\s\S]*?(?:\*\/|$)|#[^\n]*|--(?<minus>\S)?[^\n]*/g

/**
 * Refuses comments that MySQL reads otherwise than the parser: it runs those that begin with an exclamation mark (or M!, or +), and two
 * minus signs without a blank behind them are arithmetic there. Other comments never reach the database.
 */
export function refuseTrickyComments(sql: string): void {
  for (const token of sql.matchAll(TOKENS)) {
    const kind = token.groups?.['kind']
    if (kind !== undefined) throw new PlutinoError('denied', `a comment that the database executes (/*${kind} …) is not allowed`)
    if (token.groups?.['minus'] !== undefined) {
      throw new PlutinoError('denied', 'two minus signs without a blank after them are not allowed', {
        hint: 'write a blank after each of them',
      })
    }
  }
}
