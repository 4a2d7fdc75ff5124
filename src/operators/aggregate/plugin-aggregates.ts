import type { StreamContext } from '../../api/context.ts'
import { type Batches, NOTHING, type Operator } from '../../api/operator.ts'
import { PlutinoError } from '../../base/errors.ts'
import type { Row, RowBatch } from '../../data/batch.ts'
import { rowFailed } from '../../data/row-failed.ts'
import type { Cell, Value } from '../../data/value.ts'
import type { RowResults } from '../../expression/compile-rows.ts'
import { RowOperator } from '../row-operator.ts'
import type { PluginCall } from './plugin-call.ts'

/** An operator that does not wait by itself. */
type Prompt = Omit<Operator, 'process' | 'advance' | 'setBack'> & {
  process(batch: RowBatch, port: number, ctx: StreamContext): Batches
  advance?(time: number, ctx: StreamContext): Batches
  setBack?(by: number, time: number, ctx: StreamContext): Batches
}

/** `operator`, whose groups are in plugins for some calls: what it has noted for them is done, and what they give put into its rows. */
export function withPlugins(operator: Prompt, calls: readonly PluginCall[]): Operator {
  if (calls.length === 0) return operator
  const advance = operator.advance?.bind(operator)
  const setBack = operator.setBack?.bind(operator)
  const { everyWatermark } = operator
  return {
    name: operator.name,
    ...(everyWatermark === undefined ? {} : { everyWatermark }),
    process: (batch, port, ctx) => settled(operator.process(batch, port, ctx), calls, ctx),
    ...(advance === undefined ? {} : { advance: (time, ctx) => settled(advance(time, ctx), calls, ctx) }),
    ...(setBack === undefined ? {} : { setBack: (by, time, ctx) => settled(setBack(by, time, ctx), calls, ctx) }),
    ...(operator.wakeAt === undefined ? {} : { wakeAt: () => operator.wakeAt?.() }),
    ...(operator.snapshot === undefined ? {} : { snapshot: () => operator.snapshot?.() ?? null }),
    ...(operator.snapshot === undefined && !calls.some(({ keepsState }) => keepsState)
      ? {}
      : {
          async gather(ctx: StreamContext): Promise<void> {
            for (const call of calls) await call.gather(ctx)
          },
        }),
    restore: (state: Value) => operator.restore?.(state),
  }
}

function settled(batches: Batches, calls: readonly PluginCall[], ctx: StreamContext): Batches | Promise<Batches> {
  return calls.some(({ pending }) => pending) || batches.length > 0 ? answered(batches, calls, ctx) : NOTHING
}

async function answered(batches: Batches, calls: readonly PluginCall[], ctx: StreamContext): Promise<Batches> {
  for (const call of calls) await call.run(ctx)
  const answers = batches.flatMap((batch) => filled(batch, calls))
  for (const call of calls) call.forgetAnswers()
  return withMadeGood(answers, calls)
}

/** A plugin that failed is told of with the next results, also when they are right all the same. */
function withMadeGood(answers: Batches, calls: readonly PluginCall[]): Batches {
  const last = answers.at(-1)
  if (last === undefined) return answers
  const told = calls.flatMap((call) => call.takeMadeGood() ?? [])
  if (told.length === 0) return answers
  const errors = told.map((error) => ({ at: last.rows.length, error: selectError(error) }))
  return [...answers.slice(0, -1), { ...last, errors: [...(last.errors ?? []), ...errors] }]
}

const selectError = ({ message, hint }: PlutinoError): PlutinoError => rowFailed(`run Select error: ${message}`, hint)

/** A row with its aggregates, or why it failed. */
type Outcome = Cell[] | PlutinoError

function filled(batch: RowBatch, calls: readonly PluginCall[]): Batches {
  const outcomes = batch.rows.map((row) => outcomeOf(row, calls))
  const put = (_: readonly Row[], from: number, to: number, { rows, errors }: RowResults): void => {
    for (const outcome of outcomes.slice(from, to)) {
      if (outcome instanceof PlutinoError) errors.push({ at: rows.length, error: outcome })
      else rows.push(outcome)
    }
  }
  return new RowOperator('aggregate', put, { filters: false, apart: true }).process(batch)
}

function outcomeOf(row: Row, calls: readonly PluginCall[]): Outcome {
  const whole = [...row]
  for (const call of calls) {
    const answer = call.answerOf(whole[call.slot])
    if (answer?.error !== undefined) return selectError(answer.error)
    if (answer !== undefined) whole[call.slot] = answer.value
  }
  return whole
}
