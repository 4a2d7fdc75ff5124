import { onTestFinished } from 'vitest'
import { defineSink, defineSource, type FunctionDefinition } from '../../src/api/definition.ts'
import { Registry } from '../../src/api/registry.ts'
import { codecs } from '../../src/codecs/index.ts'
import { functions } from '../../src/functions/index.ts'
import { planSelect } from '../../src/plan/plan-select.ts'
import { Engine } from '../../src/runtime/engine.ts'
import type { Rule } from '../../src/runtime/rule.ts'
import type { ActionSpec, RuleOptions, RuleSpec, StreamSpec } from '../../src/runtime/spec.ts'
import { parseStatement } from '../../src/sql/parser.ts'
import type { KvStore } from '../../src/store/kv.ts'
import { RecordingLogger } from './context.ts'
import { HandSink, HandSource } from './engine-fakes.ts'
import { FakeClock } from './fake-clock.ts'

export const OPTIONS: RuleOptions = {
  debug: false,
  isEventTime: false,
  lateTolerance: 1000,
  bufferLength: undefined,
  sendMetaToSink: false,
  sendNilField: false,
  sendError: false,
  qos: 0,
  checkpointInterval: 300_000,
  restartStrategy: { attempts: 0, delay: 1000, multiplier: 2, maxDelay: 30_000, jitterFactor: 0 },
}

interface WorldParts {
  /** Of the sources and sinks. */
  readonly keepsState?: boolean
  readonly more?: readonly FunctionDefinition[]
}

/** An engine whose sources and sinks are worked by hand. `store`: keeps the state of rules. */
export function world(store?: KvStore, { keepsState = false, more = [] }: WorldParts = {}) {
  const clock = new FakeClock()
  const log = new RecordingLogger()
  const sources: HandSource[] = []
  const sinks: HandSink[] = []
  const make = <T>(list: T[], item: T): T => {
    list.push(item)
    return item
  }
  const registry = new Registry([
    ...codecs,
    ...functions,
    ...more,
    defineSource({
      name: 'hand',
      doc: 'd',
      payload: 'values',
      delivery: 'at-least-once',
      fields: {},
      keepsState,
      create: () => make(sources, new HandSource()),
    }),
    defineSink({ name: 'keep', doc: 'd', payload: 'bytes', fields: {}, keepsState, create: () => make(sinks, new HandSink()) }),
  ])
  const engine = new Engine({ registry, clock, log, timeZone: 'UTC', ...(store === undefined ? {} : { store }) })
  const rules: Rule[] = []
  onTestFinished(async () => {
    const stopped = Promise.all(rules.map((rule) => rule.stop()))
    await clock.advance(10_000)
    await stopped
  })
  const rule = (id: string): Rule => make(rules, engine.rule(id))
  return { clock, log, sources, sinks, registry, rule, forgetStream: (name: string) => engine.forgetStream(name) }
}

/** `demo` and `other` are streams of the type `hand`. */
export function spec(
  id: string,
  sql: string,
  more: { actions?: ActionSpec[]; shared?: boolean; options?: Partial<RuleOptions>; functions?: readonly FunctionDefinition[] } = {},
): RuleSpec {
  const select = parseStatement(sql)
  if (select.kind !== 'select') throw new Error('expected SELECT')
  const lookup = new Map([...functions, ...(more.functions ?? [])].map((f) => [f.name, f.function]))
  const plan = planSelect(
    select,
    {
      stream: (name) => ({ name, timestamp: 'ts' }),
      streamNames: () => ['demo', 'other'],
      functions: { find: (name) => lookup.get(name.toLowerCase()), names: () => lookup.keys() },
      options: { sendNilField: false, isEventTime: more.options?.isEventTime ?? false },
    },
    sql,
  )
  const stream = (name: string): StreamSpec => ({
    name,
    type: 'hand',
    format: 'json',
    strict: false,
    shared: more.shared ?? false,
    config: {},
    codecConfig: {},
  })
  return {
    id,
    plan,
    streams: [stream('demo'), stream('other')],
    actions: more.actions ?? [{ type: 'keep', config: { sendSingle: true } }],
    options: { ...OPTIONS, ...more.options },
  }
}
