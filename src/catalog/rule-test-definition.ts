import { PlutinoError } from '../base/errors.ts'
import { boolean, duration, json, list, map, object, string } from '../config/field.ts'
import type { Json } from '../config/field.ts'
import { isJsonObject, type JsonObject } from '../config/json-object.ts'
import { parseConfig } from '../config/parse.ts'
import type { RuleSettings } from '../config/setting-fields.ts'
import { parseExact } from '../data/exact-json.ts'
import { jsonText } from '../data/json-text.ts'
import { isStruct, type Value } from '../data/value.ts'
import type { StreamSpec } from '../runtime/spec.ts'
import { checkId } from './names.ts'
import type { RuleDefinition } from './rule-definition.ts'
import { parseRuleOptions } from './rule-options.ts'
import type { RuleWorld } from './rule-spec.ts'

/** The source that mocked streams get in place of their own, and the sink of every test. */
const MOCK_SOURCE = 'simulator'
const RESULT_SINK = 'sse'

/** The body of `POST /ruletest`. */
export const RULE_TEST_FIELDS = {
  id: string('Name of the test; without one it gets a random one.', { optional: true, examples: ['test1'] }),
  sql: string('The statement.', { examples: ['SELECT * FROM demo WHERE temperature > 30'] }),
  mockSource: map(
    'Stream -> the rows that it gets in place of its own.',
    object('What the stream gives.', {
      data: list('Rows, one each interval.', map('A row.', json('A value.')), { default: [] }),
      interval: duration('Pause between rows.', { default: 1000 }),
      loop: boolean('Begin again after the last row.', { default: false }),
    }),
    { default: {}, examples: [{ demo: { data: [{ temperature: 31 }], interval: 100, loop: false } }] },
  ),
  sinkProps: map('Properties of the action, such as sendSingle.', json('A value.'), { default: {} }),
  options: json('Options of the rule.', { optional: true }),
  explain: boolean('Also tell, as events named `explain`, what became of each row.', { default: false }),
} as const

/** A rule test as a person wrote it. */
export interface RuleTestDefinition {
  readonly definition: RuleDefinition
  /** Where its results can be read. */
  readonly path: string
  /** Stream -> configuration of the source that takes the place of its own. */
  readonly mocks: ReadonlyMap<string, JsonObject>
  /** It is told what became of each row. */
  readonly explain: boolean
}

/** Throws `rule_invalid` with every problem of the body. */
export function parseRuleTest(text: string, defaults: RuleSettings): RuleTestDefinition {
  const { plain, exact } = readJson(text)
  const parsed = parseConfig(RULE_TEST_FIELDS, plain)
  if (!parsed.ok) throw invalid(parsed.problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '))
  const { id = crypto.randomUUID(), sql, mockSource, sinkProps, options, explain } = parsed.config
  checkId(id)
  const path = `/test/${id}`
  const mocks = Object.entries(mockSource).map(([stream, { interval, loop }]): [string, JsonObject] => {
    const records = jsonText(member(member(member(exact, 'mockSource'), stream), 'data') ?? [])
    return [stream, { records, interval, loop, end: false }]
  })
  const definition: RuleDefinition = {
    id,
    name: id,
    version: '',
    tags: null,
    temp: true,
    triggered: false,
    sql,
    actions: [{ type: RESULT_SINK, config: { ...sinkProps, endpoint: path } }],
    options: { ...parseRuleOptions(id, options ?? {}, defaults), sendError: true },
    json: {},
  }
  return { definition, path, mocks: new Map(mocks), explain }
}

/** The world in which mocked streams have the rows of the test. */
export function mockedWorld({ mocks }: RuleTestDefinition, world: RuleWorld): RuleWorld {
  const { streams } = world
  const resolve = (name: string): StreamSpec => {
    const stream = streams.resolve(name)
    const config = mocks.get(name)
    return config === undefined ? stream : { ...stream, type: MOCK_SOURCE, shared: false, config }
  }
  return {
    ...world,
    streams: {
      plan: (name) => streams.plan(name),
      names: () => streams.names(),
      checkTemporary: (name, temporary) => streams.checkTemporary(name, temporary),
      resolve,
    },
  }
}

/** The body once as plain data, which is checked, and once with all digits of its integers. */
function readJson(text: string): { plain: JsonObject; exact: Value } {
  let plain: Json
  let exact: Value
  try {
    plain = JSON.parse(text)
    exact = parseExact(text)
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error))
  }
  if (!isJsonObject(plain)) throw invalid('expected an object')
  return { plain, exact }
}

function member(value: Value | undefined, name: string): Value | undefined {
  return isStruct(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

function invalid(message: string): PlutinoError {
  return new PlutinoError('rule_invalid', `fail to parse rule definition: ${message}`)
}
