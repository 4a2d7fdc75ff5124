import { describe, expect, test } from 'vitest'
import { PlutinoError } from '../../src/base/errors.ts'
import { isStruct, type Value } from '../../src/data/value.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { type GoldenCase, goldenCases, type GoldenInput, headings } from './golden-case.ts'
import { GoldenRule, goldenSpec } from './golden-rule.ts'

/** Cuts the rows that may come in one read into batches. */
type Cut = (inputs: readonly GoldenInput[]) => readonly (readonly GoldenInput[])[]

const whole: Cut = (inputs) => [inputs]
const rowByRow: Cut = (inputs) => inputs.map((input) => [input])

/** Numbers from 0 to 1, the same ones for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function randomly(seed: number): Cut {
  const next = random(seed)
  return (inputs) => {
    const cuts: GoldenInput[][] = [[]]
    for (const input of inputs) {
      if (next() < 0.4) cuts.push([])
      cuts.at(-1)?.push(input)
    }
    return cuts.filter((cut) => cut.length > 0)
  }
}

/** Rows that one read may bring together: of one stream and one time. */
function reads(input: readonly GoldenInput[]): readonly (readonly GoldenInput[])[] {
  const found: GoldenInput[][] = []
  let now = 0
  let before: GoldenInput | undefined
  for (const one of input) {
    if (before?.stream !== one.stream || (one.time !== undefined && one.time !== now)) found.push([])
    now = one.time ?? now
    found.at(-1)?.push({ ...one, time: now })
    before = one
  }
  return found
}

async function answer(golden: GoldenCase, cut: Cut, restored = false): Promise<readonly Value[]> {
  const spec = goldenSpec(golden)
  const clock = new FakeClock(0)
  const output: Value[] = []
  let rule = new GoldenRule(spec, clock)
  rule.core.start()
  for (const read of reads(golden.input)) {
    await clock.advance(Math.max(0, (read[0]?.time ?? 0) - clock.now()))
    for (const batch of cut(read)) {
      await rule.accept(batch)
      if (!restored) continue
      output.push(...rule.output.splice(0))
      rule = await restart(rule, () => new GoldenRule(spec, clock), batch)
    }
  }
  await clock.advance(Math.max(0, (golden.until ?? 0) - clock.now()))
  rule.core.close()
  return [...output, ...rule.output]
}

/** The rule in a new life; the old one goes on for a batch more, so that a state that is not a copy shows. */
async function restart(old: GoldenRule, make: () => GoldenRule, batch: readonly GoldenInput[]): Promise<GoldenRule> {
  let state: Value | undefined
  await old.core.snapshot((taken) => (state = taken))
  await old.accept(batch)
  old.core.close()
  const rule = make()
  if (state !== undefined) rule.core.restore(structuredClone(state))
  rule.core.start()
  return rule
}

/** An error without a text stands for any. */
function expected(output: readonly Value[]): readonly unknown[] {
  return output.map((message) => (isStruct(message) && message['$error'] === '' ? { $error: expect.any(String) as unknown } : message))
}

const cases = goldenCases(import.meta.dirname)

test('there are cases, and no two have one name', () => {
  expect(cases.length).toBeGreaterThan(0)
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
})

test('everything that we answer otherwise than eKuiper has cases', () => {
  const named = new Set(cases.flatMap(({ differs = [] }) => differs))
  expect([...named].toSorted()).toEqual(headings(import.meta.dirname).toSorted())
})

test.each(cases.filter(({ refused }) => refused !== undefined))('$name', (golden) => {
  let refusal = 'none'
  try {
    goldenSpec(golden)
  } catch (error) {
    if (!(error instanceof PlutinoError)) throw error
    refusal = `${error.message} ${error.hint ?? ''}`
  }
  expect(refusal).toContain(golden.refused)
})

describe.each(cases.filter(({ refused }) => refused === undefined))('$name', (golden) => {
  const { output } = golden

  test('in whole batches', async () => {
    expect(await answer(golden, whole)).toEqual(expected(output))
  })

  test('row by row', async () => {
    expect(await answer(golden, rowByRow)).toEqual(expected(output))
  })

  test('with a restart after every row', async () => {
    expect(await answer(golden, rowByRow, true)).toEqual(expected(output))
  })

  test('in random batches', async () => {
    for (const seed of [1, 2, 3]) expect(await answer(golden, randomly(seed)), `seed ${seed}`).toEqual(expected(output))
  })
})
