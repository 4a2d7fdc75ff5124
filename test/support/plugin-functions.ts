import type { Contribution } from '../../src/api/definition.ts'
import type { BatchFunction, GroupFunction } from '../../src/api/function.ts'
import { systemClock } from '../../src/base/clock.ts'
import { PlutinoError } from '../../src/base/errors.ts'
import type { Cell } from '../../src/data/value.ts'
import { functionOf } from './built-plugins.ts'
import { testContext } from './context.ts'

/** The values of a scalar function of a plugin for some rows; an error as its text. */
export async function valuesOf(
  from: readonly Contribution[],
  name: string,
  rows: readonly (readonly Cell[])[],
): Promise<readonly unknown[]> {
  const batch = await batchOf(from, name, rows[0]?.length ?? 0)
  return (await batch.call(rows)).map((value) => (value instanceof PlutinoError ? value.message : value))
}

async function batchOf(from: readonly Contribution[], name: string, count: number): Promise<BatchFunction> {
  const found = functionOf(from, name)
  if (found.kind !== 'batch') throw new Error(`${name} is no scalar function of a plugin`)
  const args = Array.from({ length: count }, () => ({ expression: 'a' }))
  return found.openBatch({ place: 0, args }, testContext(systemClock))
}

/** An aggregate of a plugin. */
export async function groupsOf(from: readonly Contribution[], name: string): Promise<GroupFunction> {
  const found = functionOf(from, name)
  if (found.kind !== 'groups') throw new Error(`${name} is no aggregate of a plugin`)
  return found.openGroups({ place: 0, args: [{ expression: 'a' }] }, testContext(systemClock))
}
