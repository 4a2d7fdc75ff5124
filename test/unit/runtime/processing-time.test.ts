import { expect, test } from 'vitest'
import type { Row } from '../../../src/data/batch.ts'
import { ErrorPath } from '../../../src/runtime/error-path.ts'
import { InTurn } from '../../../src/runtime/in-turn.ts'
import { ProcessingTime } from '../../../src/runtime/processing-time.ts'
import { RecordingLogger } from '../../support/context.ts'
import { FakeClock } from '../../support/fake-clock.ts'

/** An operator that wants to be woken every 10 ms and does its work in `pieces`, and what it hears: times, and rows with their time. */
function rule(slot = true, pieces = 1) {
  const clock = new FakeClock(1000)
  const heard: string[] = []
  const log = new RecordingLogger()
  let due = 1010
  let piece = 0
  const turn = new InTurn()
  const time = new ProcessingTime({
    clock,
    errors: new ErrorPath(log, clock, { rule: 'r' }),
    sources: [{ op: 'source', place: 0, stream: 's', columns: [], record: false, meta: [], time: slot, width: slot ? 1 : 0 }],
    inTurn: (work) => void turn.run(work),
    pipeline: {
      wakeAt: () => due,
      advance: (to) => {
        heard.push(`| ${to}`)
        if (due <= to && ++piece < pieces) return
        piece = 0
        while (due <= to) due += 10
      },
      setBack: (by, to) => {
        heard.push(`< ${by} ${to}`)
        due = to + 10
      },
      accept: (_, { rows }) => void heard.push(...rows.map(([t]) => String(Number(t)))),
    },
  })
  time.start()
  // Its time begins with the start.
  expect(heard.splice(0)).toEqual(['| 1000'])
  const send = (...times: number[]): void | Promise<void> => {
    const rows = times.map((t): Row => [t])
    return turn.run(() => time.accept(0, { schema: { columns: [] }, rows }, undefined))
  }
  return { clock, heard, time, send, log }
}

test('operators are woken when they want to be, as long as the rule runs', async () => {
  const { clock, heard, time } = rule()
  await clock.advance(25)
  expect(heard).toEqual(['| 1010', '| 1020'])
  time.close()
  await clock.advance(25)
  expect(heard).toHaveLength(2)
  expect(clock.pending).toBe(0)
})

test('what is due fires before the rows that come after it', async () => {
  const { clock, heard, send } = rule()
  await clock.advance(5)
  void send(1003, 1005)
  expect(heard).toEqual(['| 1003', '1003', '1005'])
})

test('a row that was received before a timer fired counts as of then; times that a source brings never lie in the future', async () => {
  const { clock, heard, send } = rule()
  await clock.advance(12)
  void send(1009, 1011, 5000, 3)
  expect(heard).toEqual(['| 1010', '| 1010', '1010', '1011', '1012', '1012'])
})

test('of a gap each due time is caught up with, as long as they are few', async () => {
  const { clock, heard, send } = rule()
  clock.jump(45)
  await send(1045)
  expect(heard).toEqual(['| 1010', '| 1020', '| 1030', '| 1040', '| 1045', '1045'])
})

test('after many, or after a long gap, operators hear of the present at once', async () => {
  const { clock, heard, send } = rule()
  clock.jump(9_000)
  await send(10_000)
  expect(heard).toHaveLength(18)
  expect(heard.slice(15)).toEqual(['| 1160', '| 10000', '10000'])
  heard.length = 0
  clock.jump(86_400_000)
  await send(86_410_000)
  expect(heard).toEqual(['| 86410000', '86410000'])
})

test('an operator that leaves work over gets further turns, others have theirs between them, and rows wait', async () => {
  const { clock, heard, send } = rule(true, 3)
  clock.jump(10)
  const sent = send(1010)
  expect(heard).toEqual(['| 1010'])
  await clock.advance(0)
  await sent
  // The timer of this time, which had to wait too, comes last.
  expect(heard).toEqual(['| 1010', '| 1010', '| 1010', '1010', '| 1010'])
})

test('rows without a time are as of the clock', async () => {
  const { clock, heard, send } = rule(false)
  await clock.advance(3)
  void send(0)
  expect(heard).toEqual(['| 1003', '0'])
})

test('a clock that is set back a little makes time stand still until it has caught up', async () => {
  const { clock, heard, send, log } = rule()
  await clock.advance(5)
  await send(1005)
  clock.set(-1_000)
  await send(5)
  await clock.advance(5)
  expect(heard).toEqual(['| 1005', '1005', '| 1005', '1005'])
  await clock.advance(1_010)
  expect(heard.slice(4)).toEqual(['| 1010', '| 1020'])
  expect(log.lines).toEqual([])
})

test('operators hear of a clock that was set back further, and time goes on from there at its pace', async () => {
  const { clock, heard, send, log } = rule()
  await clock.advance(5)
  clock.set(3_600_000)
  await send(3_601_005)
  heard.length = 0
  await clock.advance(2)
  clock.set(-3_600_000)
  await send(3_601_006, 1007)
  expect(heard.splice(0)).toEqual(['< 3600000 1007', '| 1007', '1007', '1007'])
  await clock.advance(21)
  expect(heard).toEqual(['| 1017', '| 1027'])
  expect(log.lines).toMatchObject([{ level: 'warn', fields: { rule: 'r', by: 3_600_000 } }])
})

test('without rows the next timer notices that the clock was set back', async () => {
  const { clock, heard } = rule()
  await clock.advance(15)
  heard.length = 0
  clock.set(-900)
  clock.set(-60_000)
  await clock.advance(16)
  expect(heard).toEqual(['< 60900 -59880', '| -59880', '| -59870'])
})

test('a time restored from before a restart that lost the clock is one that was set back', async () => {
  const { clock, heard, time, send } = rule()
  time.restore(86_400_000)
  await clock.advance(10)
  expect(heard.splice(0)).toEqual(['< 86398990 1010', '| 1010'])
  await send(1010)
  expect(heard).toEqual(['| 1010', '1010'])
})
