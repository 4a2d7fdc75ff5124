import type { CallContext, NullRule, Parameter, SqlFunction, TypeName } from '../../src/api/function.ts'
import { PlutinoError } from '../../src/base/errors.ts'
import type { RowBatch } from '../../src/data/batch.ts'
import { castValue, isCastType } from '../../src/data/cast.ts'
import { jsonText } from '../../src/data/json-text.ts'
import { toRecord } from '../../src/data/record.ts'
import type { Cell, Struct } from '../../src/data/value.ts'
import type { FunctionLookup } from '../../src/expression/functions.ts'
import type { PlanEnv, PlanOptions, PlanStream } from '../../src/plan/environment.ts'
import type { RulePlan } from '../../src/plan/nodes.ts'
import { planSelect } from '../../src/plan/plan-select.ts'
import { buildOperators } from '../../src/runtime/build-operators.ts'
import { parseStatement } from '../../src/sql/parser.ts'
import { FakeClock } from './fake-clock.ts'

type Call = (ctx: CallContext, ...args: readonly Cell[]) => Cell
type Shape = {
  readonly params: readonly Parameter[]
  readonly returns: TypeName | 'first'
  readonly nulls: NullRule
  readonly pure?: boolean
}

/** A function with just enough around it for plans and generated code. */
export function rowFunction(name: string, shape: Shape, call: Call): SqlFunction {
  return { kind: 'row', name, category: 'test', doc: '', examples: [], pure: true, ...shape, call }
}

const text = (value: Cell): string => (typeof value === 'string' ? value : jsonText(value ?? null))
const x: Parameter = { name: 'x', type: 'any' }

const TEST_FUNCTIONS: readonly SqlFunction[] = [
  rowFunction('abs', { params: [{ name: 'x', type: 'number' }], returns: 'first', nulls: 'null' }, (_, v) =>
    typeof v === 'bigint' ? (v < 0n ? -v : v) : Math.abs(Number(v)),
  ),
  rowFunction('upper', { params: [{ name: 's', type: 'string' }], returns: 'string', nulls: 'null' }, (_, s) => text(s).toUpperCase()),
  rowFunction('concat', { params: [{ ...x, repeats: true }], returns: 'string', nulls: 'null' }, (_, ...args) => args.map(text).join('')),
  rowFunction('length', { params: [x], returns: 'bigint', nulls: 'zero' }, (_, s) => BigInt(text(s).length)),
  rowFunction('known', { params: [x], returns: 'boolean', nulls: 'false' }, () => true),
  rowFunction('isnull', { params: [x], returns: 'boolean', nulls: 'call' }, (_, v) => v === null || v === undefined),
  rowFunction('echo', { params: [x], returns: 'first', nulls: 'call', pure: false }, (_, v) => v),
  rowFunction('rule_id', { params: [], returns: 'string', nulls: 'call', pure: false }, (ctx) => ctx.rule),
  rowFunction('cast', { params: [x, { name: 'type', type: 'string' }], returns: 'any', nulls: 'null' }, (_, v, type) => {
    if (typeof type !== 'string' || !isCastType(type)) throw new PlutinoError('row_failed', 'no such type')
    return castValue(v, type)
  }),
  {
    kind: 'aggregate',
    name: 'total',
    category: 'test',
    doc: '',
    examples: [],
    params: [x],
    returns: 'float',
    nulls: 'call',
    pure: true,
    init: () => ({ sum: 0 }),
    add: (state, [value]) => {
      state['sum'] = Number(state['sum']) + Number(value ?? 0)
    },
    result: (state) => state['sum'],
  },
]

export function lookup(functions: readonly SqlFunction[] = TEST_FUNCTIONS): FunctionLookup {
  return { find: (name) => functions.find((f) => f.name === name.toLowerCase()), names: () => functions.map((f) => f.name) }
}

export const TEST_CONTEXT: CallContext = { rule: 'r1', clock: new FakeClock(), startedAt: 0, timeZone: 'UTC' }

/** Streams by name: columns, or schemaless. */
export type Streams = Readonly<Record<string, Omit<PlanStream, 'name'>>>

export function environment(streams: Streams = { demo: {} }, options: PlanOptions = {}): PlanEnv {
  return {
    stream: (name) => (streams[name] === undefined ? undefined : { name, ...streams[name] }),
    streamNames: () => Object.keys(streams),
    functions: lookup(),
    options,
  }
}

export function plan(sql: string, env: PlanEnv = environment()): RulePlan {
  const statement = parseStatement(sql)
  if (statement.kind !== 'select') throw new Error('not a SELECT')
  return planSelect(statement, env, sql)
}

/** The error of a statement that cannot be planned. */
export function planError(sql: string, env?: PlanEnv): PlutinoError {
  try {
    plan(sql, env)
  } catch (error) {
    if (error instanceof PlutinoError) return error
    throw error
  }
  throw new Error(`no error: ${sql}`)
}

/** Sends records through the operators of a statement; failed rows answer with their message, at their place. */
export function answers(sql: string, records: readonly Struct[], env?: PlanEnv): readonly (Struct | string)[] {
  const planned = plan(sql, env)
  let batches: readonly RowBatch[] = [{ schema: { columns: [] }, rows: records.map((record) => rowOf(planned, record)) }]
  for (const operator of buildOperators(planned, { functions: env?.functions ?? lookup(), context: TEST_CONTEXT })) {
    batches = batches.flatMap((batch) => operator.process(batch, 0, undefined as never) as readonly RowBatch[])
  }
  return batches.flatMap(resultsOf)
}

/** A row as the source of a plan delivers it. */
export function rowOf(planned: RulePlan, record: Struct): Cell[] {
  const [source] = planned.sources
  if (source === undefined) throw new Error('no source')
  const row: Cell[] = source.columns.map(({ name }) => (Object.hasOwn(record, name) ? record[name] : undefined))
  if (source.record) row.push(record)
  for (const key of source.meta) row.push(key === '*' ? { topic: 't/1', qos: 1 } : key === 'topic' ? 't/1' : undefined)
  if (source.time) row.push(1_000)
  return row
}

/** Rows as records, errors as their messages, in order. */
export function resultsOf(batch: RowBatch): readonly (Struct | string)[] {
  const results: (Struct | string)[] = batch.rows.map((row) => toRecord(batch.schema, row))
  for (const { at, error } of (batch.errors ?? []).toReversed()) results.splice(at, 0, error.message)
  return results
}
