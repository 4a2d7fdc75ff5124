import { defineCodec } from '../../api/definition.ts'
import { boolean, list, string } from '../../config/field.ts'
import { delimitedDecoder } from './decoder.ts'
import { delimitedEncoder } from './encoder.ts'

export const delimited = defineCodec({
  name: 'delimited',
  doc: 'Lines of fields with a delimiter between them, such as CSV',
  fields: {
    delimiter: string('What stands between two fields', { default: ',', minLength: 1, pattern: '^[^"\\r\\n]+$', examples: [';', '\t'] }),
    hasHeader: boolean('The first line of every message names the columns', { default: false }),
    columns: list('Names of the fields in their order, where no line names them', string('Name'), { optional: true, advanced: true }),
    quoted: boolean(
      'Double quotes enclose fields that hold delimiters, quotes or line breaks (RFC 4180). By default they are written where needed, but a quote that is read is a character like any other',
      { optional: true },
    ),
  },
  create: ({ delimiter, hasHeader, columns, quoted }) => ({
    decoder: (request) =>
      delimitedDecoder(columns === undefined ? request : { ...request, declared: columns }, {
        delimiter,
        hasHeader,
        quoted: quoted ?? false,
      }),
    encoder: (schema) => delimitedEncoder(schema, { delimiter, hasHeader, quoted: quoted ?? true }),
  }),
})
