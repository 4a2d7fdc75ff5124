import { RULE_TEST_FIELDS } from '../../catalog/rule-test-definition.ts'
import type { RuleTests } from '../../catalog/rule-tests.ts'
import type { JsonObject } from '../../config/json-object.ts'
import { json, text } from '../answer.ts'
import { route, type Route } from '../route.ts'

const ID = { id: 'Id of the test.' }
const CREATED: JsonObject = {
  type: 'object',
  required: ['id', 'port'],
  properties: { id: { type: 'string' }, port: { type: 'integer' } },
}

export function ruleTestRoutes(tests: RuleTests): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/ruletest',
      tag: 'rules',
      summary: 'Prepares a rule that runs for a try over given rows; its results are server-sent events at `GET :port/test/{id}`.',
      body: { fields: RULE_TEST_FIELDS, decodeError: 'Invalid body', raw: true },
      responses: {
        200: { doc: 'Where the results can be read. Start it when you listen there; it ends by itself after 5 minutes.', schema: CREATED },
      },
      handler: async (input) => json(200, await tests.create(input.text())),
    }),
    route({
      method: 'POST',
      path: '/ruletest/{id}/start',
      tag: 'rules',
      summary: 'Starts a rule test.',
      params: ID,
      responses: { 200: { doc: 'Done.', example: 'Test rule test1 was started' } },
      errorPrefix: 'start rule error',
      handler: async ({ params }) => {
        await tests.start(params.id)
        return text(200, `Test rule ${params.id} was started`)
      },
    }),
    route({
      method: 'DELETE',
      path: '/ruletest/{id}',
      tag: 'rules',
      summary: 'Ends a rule test, if it exists.',
      params: ID,
      responses: { 200: { doc: 'Done.', example: 'Test rule test1 was stopped.' } },
      handler: async ({ params }) => {
        await tests.delete(params.id)
        return text(200, `Test rule ${params.id} was stopped.`)
      },
    }),
  ]
}
