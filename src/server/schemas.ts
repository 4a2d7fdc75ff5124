import type { JsonObject } from '../config/json-object.ts'

/** JSON Schemas of answers that several routes give. */
export const names: JsonObject = { type: 'array', items: { type: 'string' } }
export const anyObject: JsonObject = { type: 'object' }
export const anyList: JsonObject = { type: 'array', items: {} }

/** The body of every error. */
export const errorSchema: JsonObject = {
  type: 'object',
  required: ['error', 'message'],
  properties: {
    error: { type: 'integer', description: 'Number of the kind of error, as eKuiper has it.' },
    message: { type: 'string' },
    code: { type: 'string', description: 'Name of the kind of error.' },
    position: {
      type: 'object',
      description: 'Place in the statement; line and column count from 1.',
      required: ['line', 'column'],
      properties: { line: { type: 'integer' }, column: { type: 'integer' }, length: { type: 'integer' } },
    },
    pointer: { type: 'string', description: 'The line of the statement, and a line with ^ under the place.' },
    hint: { type: 'string', description: 'What to do about it.' },
    errors: { type: 'array', description: 'Further errors of the same statement.', items: { $ref: '#/components/schemas/Error' } },
  },
}
