import type { CallContext, SqlFunction } from '../../../src/api/function.ts'
import { PlutinoError } from '../../../src/base/errors.ts'
import type { Cell } from '../../../src/data/value.ts'
import { functions } from '../../../src/functions/index.ts'
import { FakeClock } from '../../support/fake-clock.ts'

/** 2024-02-29 12:34:56.789 UTC. */
export const NOW = 1_709_210_096_789

const byName = new Map<string, SqlFunction>(
  functions.flatMap((f) => [f.name, ...(f.function.aliases ?? [])].map((name) => [name, f.function] as const)),
)

function contextIn(timeZone: string): CallContext {
  return { rule: 'rule1', clock: new FakeClock(NOW), startedAt: 0, timeZone }
}

/** The value of a built-in function, or the message of the error of the row; anything else that is thrown is thrown. */
export function answer(name: string, args: readonly Cell[], timeZone = 'UTC'): Cell {
  const f = byName.get(name)
  if (f?.kind !== 'row') throw new Error(`no row function ${name}`)
  try {
    return f.call(contextIn(timeZone), ...args)
  } catch (error) {
    if (error instanceof PlutinoError && error.code === 'row_failed') return `! ${error.message}`
    throw error
  }
}
