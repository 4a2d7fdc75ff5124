import { expect, test } from 'vitest'
import { settle } from '../../support/engine-fakes.ts'
import { spec, world } from '../../support/engine-world.ts'

test('rows that wait for the end of their interval are given when the clock is set back, and later ones are not held by them', async () => {
  const { sources, sinks, rule, clock } = world()
  const now = clock.now()
  await rule('r').start(spec('r', 'SELECT a, dedup_trigger(s, e, n, 100000) AS d FROM demo'))
  sources[0]?.push([{ a: 1, s: now, e: now + 5_000, n: now }])
  await clock.advance(1_000)
  clock.set(-3_600_000)
  const back = clock.now()
  sources[0]?.push([{ a: 2, s: back, e: back + 2_000, n: back }])
  await settle()
  expect(sinks[0]?.written).toMatchObject([{ a: 1 }])
  await clock.advance(2_000)
  expect(sinks[0]?.written).toMatchObject([{ a: 1 }, { a: 2 }])
})
