import type { Operator } from '../../src/api/operator.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { Row } from '../../src/data/batch.ts'
import { buildOperators } from '../../src/runtime/build-operators.ts'
import type { Executor } from '../../src/wasm/program/code-request.ts'
import { BUILT_INS } from '../support/built-ins.ts'
import { testContext } from '../support/context.ts'
import { packageFrom } from '../support/plugin-zips.ts'
import { testHost } from '../support/plugins.ts'
import { environment, plan, TEST_CONTEXT } from '../support/sql.ts'
import { measure } from './measure.ts'

const ROWS = 1000

/** Microseconds a row where an aggregate of a plugin in Rust is asked after each row, over that row and the 100 before it. */
export async function slidingAggregate(executor: Executor): Promise<number> {
  const host = testHost({ clock: systemClock, executor })
  const ctx = testContext(systemClock)
  const window = await operatorOf(host.definitions(await packageFrom(host, 'anomaly')))
  let time = 0
  const batch = (): readonly Row[] => Array.from({ length: ROWS }, (): Row => [Math.sin(++time), time])
  const take = async (): Promise<void> => {
    const given = [await window.process({ schema: { columns: [] }, rows: batch() }, 0, ctx), await window.advance?.(time, ctx)]
    const results = given.flatMap((batches) => (batches ?? []).flatMap(({ rows }) => rows))
    if (results.some((row) => typeof row.at(-1) !== 'number')) throw new Error('a row without a value')
  }
  await window.process({ schema: { columns: [] }, rows: batch() }, 0, ctx)
  await window.advance?.(time, ctx)
  const micros = await measure(ROWS, take)
  ctx.stop()
  await host.close()
  return micros
}

async function operatorOf(defined: ReturnType<ReturnType<typeof testHost>['definitions']>): Promise<Operator> {
  const byName = new Map(defined.map((one) => [one.name, one.kind === 'function' ? one.function : undefined]))
  const functions = { ...BUILT_INS, find: (name: string) => byName.get(name.toLowerCase()) ?? BUILT_INS.find(name) }
  const statement = 'SELECT z_score(x) AS z FROM demo GROUP BY SLIDINGWINDOW(ms, 100)'
  const [window] = buildOperators(plan(statement, { ...environment(), functions }), { functions, context: TEST_CONTEXT })
  if (window === undefined) throw new Error('the statement has no window')
  return window
}
