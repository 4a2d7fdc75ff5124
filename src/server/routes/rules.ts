import { toPlutinoError } from '../../base/errors.ts'
import type { Rules } from '../../catalog/rules.ts'
import { boolean, json as jsonField, list, map, string } from '../../config/field.ts'
import type { JsonObject } from '../../config/json-object.ts'
import { json, jsonText, text } from '../answer.ts'
import { messageOf } from '../errors.ts'
import { route, type Route } from '../route.ts'
import { anyList, anyObject } from '../schemas.ts'

const RULE = {
  fields: {
    id: string('Name of the rule; may be absent where the address has it.', { optional: true, examples: ['rule1'] }),
    name: string('Name for people; the id when absent.', { optional: true }),
    version: string('An update must have a greater one, in alphabetical order.', { optional: true }),
    temp: boolean('Not stored: gone after the next restart of the server.', { default: false }),
    triggered: boolean('Start it; false: create it stopped.', { default: true }),
    tags: list('Labels.', string('A label.'), { optional: true }),
    sql: string('The statement.', { examples: ['SELECT * FROM demo WHERE temperature > 30'] }),
    actions: list('Where the results go.', map('Type of a sink -> its properties.', jsonField('Properties.')), {
      examples: [[{ log: {} }]],
    }),
    options: map('Options of the rule.', jsonField('Value of an option.'), { optional: true }),
  },
  decodeError: 'invalid rule json',
  raw: true,
} as const

const ID = { id: 'Id of the rule.' }
const SUMMARY: JsonObject = {
  type: 'array',
  items: {
    type: 'object',
    required: ['id', 'name', 'status'],
    properties: {
      id: { type: 'string' },
      name: { type: 'string' },
      status: { type: 'string' },
      version: { type: 'string' },
      trace: { type: 'boolean' },
      tags: { type: ['array', 'null'], items: { type: 'string' } },
    },
  },
}
const HEALTH: JsonObject = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['status', 'last_exception', 'exceptions_total'],
    properties: { status: { type: 'string' }, last_exception: { type: 'string' }, exceptions_total: { type: 'integer' } },
  },
}
const STATUS: JsonObject = { type: 'object', additionalProperties: { type: ['string', 'number'] } }

export function ruleRoutes(rules: Rules): readonly Route[] {
  return [...collectionRoutes(rules), ...definitionRoutes(rules), ...runRoutes(rules), ...stateRoutes(rules)]
}

function collectionRoutes(rules: Rules): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/rules',
      tag: 'rules',
      summary: 'All rules with their states.',
      responses: { 200: { doc: 'Sorted by id.', schema: SUMMARY } },
      errorPrefix: 'Show rules error',
      handler: () => json(200, rules.list()),
    }),
    route({
      method: 'POST',
      path: '/rules',
      tag: 'rules',
      summary: 'Creates a rule and starts it.',
      body: RULE,
      responses: { 201: { doc: 'Done.', example: 'Rule rule1 was created successfully.' } },
      handler: async (input) => text(201, `Rule ${await rules.create(input.text())} was created successfully.`),
    }),
    route({
      method: 'POST',
      path: '/rules/validate',
      tag: 'rules',
      summary: 'Checks a rule as creation does, and neither stores nor runs it.',
      body: RULE,
      responses: {
        200: { doc: 'Nothing is wrong.', schema: anyObject },
        422: { doc: 'What is wrong.', example: 'invalid rule json: Missing rule actions.' },
      },
      handler: (input) => {
        try {
          return json(200, { sources: rules.validate(input.text()), valid: true })
        } catch (error) {
          return text(422, messageOf(toPlutinoError(error)))
        }
      },
    }),
    route({
      method: 'GET',
      path: '/rules/status/all',
      tag: 'rules',
      summary: 'State, last error and number of errors of all rules.',
      responses: { 200: { doc: 'Rule -> state.', schema: HEALTH } },
      handler: () => json(200, rules.healths()),
    }),
  ]
}

function definitionRoutes(rules: Rules): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/rules/{id}',
      tag: 'rules',
      summary: 'A rule as it was given; passwords and other secrets read `***`.',
      params: ID,
      responses: { 200: { doc: 'The rule.', schema: anyObject } },
      errorPrefix: 'Describe rule error',
      handler: ({ params }) => jsonText(200, rules.describe(params.id)),
    }),
    route({
      method: 'PUT',
      path: '/rules/{id}',
      tag: 'rules',
      summary: 'Changes a rule in place, or creates it; values that read `***` stay as they were.',
      params: ID,
      body: RULE,
      responses: { 200: { doc: 'Done.', example: 'Rule rule1 was updated successfully.' } },
      errorPrefix: 'Update rule error',
      handler: async (input) => {
        await rules.update(input.params.id, input.text())
        return text(200, `Rule ${input.params.id} was updated successfully.`)
      },
    }),
    route({
      method: 'DELETE',
      path: '/rules/{id}',
      tag: 'rules',
      summary: 'Stops and drops a rule.',
      params: ID,
      responses: { 200: { doc: 'Done.', example: 'Rule rule1 is dropped.' } },
      errorPrefix: 'Delete rule error',
      handler: async ({ params }) => {
        await rules.delete(params.id)
        return text(200, `Rule ${params.id} is dropped.`)
      },
    }),
  ]
}

function runRoutes(rules: Rules): readonly Route[] {
  const verbs = [
    { verb: 'start', summary: 'Starts a rule.', run: (id: string) => rules.start(id), done: (id: string) => `Rule ${id} was started` },
    { verb: 'stop', summary: 'Stops a rule.', run: (id: string) => rules.stop(id), done: (id: string) => `Rule ${id} was stopped.` },
    {
      verb: 'restart',
      summary: 'Stops and starts a rule.',
      run: (id: string) => rules.restart(id),
      done: (id: string) => `Rule ${id} was restarted`,
    },
  ]
  return verbs.map(({ verb, summary, run, done }) =>
    route({
      method: 'POST',
      path: `/rules/{id}/${verb}`,
      tag: 'rules',
      summary,
      params: ID,
      responses: { 200: { doc: 'Done.', example: done('rule1') } },
      errorPrefix: `${verb} rule error`,
      handler: async ({ params }) => {
        await run(params.id)
        return text(200, done(params.id))
      },
    }),
  )
}

function stateRoutes(rules: Rules): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/rules/{id}/status',
      tag: 'rules',
      summary: 'State and metrics of a rule.',
      params: ID,
      responses: { 200: { doc: 'Metric -> value.', schema: STATUS } },
      errorPrefix: 'get rule status error',
      handler: ({ params }) => json(200, rules.status(params.id), 2),
    }),
    route({
      method: 'GET',
      path: '/v2/rules/{id}/status',
      tag: 'rules',
      summary: 'State and metrics of a rule, without white space.',
      params: ID,
      responses: { 200: { doc: 'Metric -> value.', schema: STATUS } },
      errorPrefix: 'get rule status error',
      handler: ({ params }) => json(200, rules.status(params.id)),
    }),
    route({
      method: 'GET',
      path: '/rules/{id}/topo',
      tag: 'rules',
      summary: 'Nodes of a rule and how they are connected.',
      params: ID,
      responses: { 200: { doc: 'Sources, and node -> nodes after it.', schema: anyObject } },
      errorPrefix: 'get rule topo error',
      handler: ({ params }) => json(200, rules.topology(params.id)),
    }),
    route({
      method: 'GET',
      path: '/rules/{id}/scantables',
      tag: 'rules',
      summary: 'The rows that the scan tables of a rule hold.',
      params: ID,
      responses: { 200: { doc: 'Each row with the name of its table.', schema: anyList } },
      errorPrefix: 'scan table error',
      handler: ({ params }) => jsonText(200, rules.tableRows(params.id)),
    }),
    route({
      method: 'GET',
      path: '/rules/{id}/explain',
      tag: 'rules',
      summary: 'The plan of a rule, one step a line.',
      params: ID,
      responses: { 200: { doc: 'The last step first.', example: '{"op":"ProjectPlan_0","info":"Fields:[ * ]"}' } },
      errorPrefix: 'explain rules error',
      handler: ({ params }) => text(200, rules.explain(params.id)),
    }),
  ]
}
