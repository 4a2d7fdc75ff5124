import type { Databases } from '../../src/api/database.ts'
import { PlutinoError } from '../../src/base/errors.ts'

/** For a host whose plugins are looked at and never run. */
export const noDatabases: Databases = {
  open: () => Promise.reject(new PlutinoError('denied', 'there are no databases here')),
  close: () => Promise.resolve(),
}
