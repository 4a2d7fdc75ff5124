import { defineSource } from '../../src/api/definition.ts'
import type { StreamContext } from '../../src/api/context.ts'
import { Registry } from '../../src/api/registry.ts'
import type { SourceBatch } from '../../src/api/source.ts'
import { parseRule } from '../../src/catalog/rule-definition.ts'
import { buildSpec } from '../../src/catalog/rule-spec.ts'
import { Streams } from '../../src/catalog/streams.ts'
import { valueText } from '../../src/codecs/json/value-text.ts'
import { codecs } from '../../src/codecs/index.ts'
import { loadSettings } from '../../src/config/settings.ts'
import { SourceConfigs } from '../../src/config/source-config.ts'
import { nopSink } from '../../src/connectors/nop/sink.ts'
import type { RowBatch } from '../../src/data/batch.ts'
import { parseExact } from '../../src/data/exact-json.ts'
import { jsonText } from '../../src/data/json-text.ts'
import { toRecord } from '../../src/data/record.ts'
import type { Value } from '../../src/data/value.ts'
import { Compiler } from '../../src/expression/compile.ts'
import { functions } from '../../src/functions/index.ts'
import { ErrorPath, messageOf } from '../../src/runtime/error-path.ts'
import { ExplainWhy } from '../../src/runtime/explain-why/explain-why.ts'
import type { RowFate } from '../../src/runtime/explain-why/fates.ts'
import { RuleCore } from '../../src/runtime/rule-core.ts'
import { SharedCodecs } from '../../src/runtime/shared-codecs.ts'
import { ruleSteps } from '../../src/runtime/rule-steps.ts'
import { readLayout } from '../../src/runtime/row-reader.ts'
import { readerFor } from '../../src/runtime/running-source.ts'
import type { RowConsumer } from '../../src/runtime/source-driver.ts'
import type { RuleSpec } from '../../src/runtime/spec.ts'
import { MemoryStore } from '../../src/store/memory.ts'
import { RecordingLogger } from '../support/context.ts'
import type { FakeClock } from '../support/fake-clock.ts'
import { listFunctions } from '../support/group-functions.ts'
import type { GoldenCase, GoldenInput } from './golden-case.ts'

const { settings } = loadSettings({ args: [], env: {}, defaultFile: '', readFile: () => undefined })
const compiler = new Compiler()

/** Stands for every source of a case. */
const source = {
  doc: 'Rows of a case.',
  payload: 'bytes',
  delivery: 'at-least-once',
  fields: {},
  create: () => {
    throw new Error('not opened')
  },
} as const
const sources = ['mqtt', 'memory', 'file'].map((name) => defineSource({ name, ...source }))
const registry = new Registry([...codecs, ...functions, ...listFunctions(), ...sources, nopSink])

/** The specification of the rule; throws what creating it would answer. */
export function goldenSpec({ streams, sql, options }: Pick<GoldenCase, 'streams' | 'sql' | 'options'>, marked = false): RuleSpec {
  const log = new RecordingLogger()
  const configs = new SourceConfigs('', {}, () => undefined)
  const known = new Streams({ registry, sources: configs, store: new MemoryStore(), log, rulesUsing: () => [], forget: () => {} })
  for (const statement of streams) known.execute(statement)
  const rule = parseRule(JSON.stringify({ id: 'rule1', sql, actions: [{ nop: {} }], options }), settings.rule)
  return buildSpec(rule, { registry, streams: known }, marked)
}

/** One life of a rule between its sources and its sinks, until it is restored in another. */
export class GoldenRule {
  /** What the sinks got, as they would write it. */
  readonly output: Value[] = []
  readonly core: RuleCore
  readonly #spec: RuleSpec
  readonly #clock: FakeClock
  readonly #explain: ExplainWhy | undefined

  /** `tell`: of a rule whose plan has marks. */
  constructor(spec: RuleSpec, clock: FakeClock, tell?: (fate: RowFate) => void) {
    this.#spec = spec
    this.#clock = clock
    const log = new RecordingLogger()
    const engine = { registry, clock, log, timeZone: 'UTC', compiler, codecs: new SharedCodecs(registry) }
    const states = new Map<string, StreamContext['state']>()
    const state = (node: string): StreamContext['state'] => states.get(node) ?? memory()
    this.#explain = tell === undefined ? undefined : new ExplainWhy({ tell, single: false })
    const explain = this.#explain === undefined ? {} : { explain: this.#explain }
    const graph = ruleSteps({ engine, spec, state, signal: new AbortController().signal, ...explain })
    const sink = {
      offer: (batch: RowBatch) => void this.output.push(...messages(batch)),
      room: () => undefined,
      failing: false,
      releaseTokens: () => {},
    }
    const fail = (error: unknown): void => {
      throw error
    }
    const sinks = [this.#explain?.sink(sink) ?? sink]
    this.core = new RuleCore({ ...graph, sinks, errors: new ErrorPath(log, clock), plan: spec.plan, clock, fail })
  }

  /** Rows of one stream that one read has brought. */
  async accept(inputs: readonly GoldenInput[]): Promise<void> {
    const batch = payloads(inputs, this.#clock.now())
    for (const node of this.#spec.plan.sources) {
      if (node.stream !== inputs[0]?.stream) continue
      const stream = this.#spec.streams.find(({ name }) => name === node.stream)
      if (stream === undefined) continue
      const accept: RowConsumer['accept'] = (rows, token) => this.core.accept(node.place, rows, token)
      const take = this.#explain?.source(node, accept) ?? accept
      await take(readerFor({ registry, timeZone: 'UTC' }, stream)(readLayout(node)).read(batch), undefined)
    }
  }
}

function memory(): StreamContext['state'] {
  const values = new Map<string, Value>()
  return {
    get: (key) => values.get(key),
    set: (key, value) => void values.set(key, value),
    delete: (key) => void values.delete(key),
  }
}

function payloads(inputs: readonly GoldenInput[], time: number): SourceBatch {
  const pieces = inputs.map(({ row }) => Buffer.from(typeof row === 'string' ? row : valueText(row)))
  const starts = new Int32Array(pieces.length)
  const ends = new Int32Array(pieces.length)
  let at = 0
  pieces.forEach((piece, i) => {
    starts[i] = at
    ends[i] = at += piece.length
  })
  const { length } = pieces
  return { from: 0, length, payloads: { bytes: Buffer.concat(pieces), starts, ends, from: 0, length }, time }
}

/** The messages that a sink would write for the batch: one for each result, errors at their place. */
function messages(batch: RowBatch): readonly Value[] {
  const records = batch.rows.map((row) => parseExact(jsonText(toRecord(batch.schema, row))))
  const bounds = batch.results ?? Array.from({ length: records.length + 1 }, (_, i) => i)
  const out: Value[] = []
  const errors = [...(batch.errors ?? [])]
  const failed = (until: number): void => {
    while (errors[0] !== undefined && errors[0].at <= until) {
      const error = errors.shift()?.error
      if (error !== undefined) out.push({ $error: messageOf(error) })
    }
  }
  for (let i = 0; i + 1 < bounds.length; i++) {
    failed(bounds[i] ?? 0)
    out.push(records.slice(bounds[i], bounds[i + 1]))
  }
  failed(records.length)
  return out
}
