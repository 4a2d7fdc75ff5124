import { defineCodec } from '../../api/definition.ts'
import { boolean, string } from '../../config/field.ts'
import { delimitedDecoder } from './decoder.ts'
import { delimitedEncoder } from './encoder.ts'

export const delimited = defineCodec({
  name: 'delimited',
  doc: 'Lines of fields with a delimiter between them, such as CSV',
  fields: {
    delimiter: string('What stands between two fields', { default: ',', minLength: 1, pattern: '^[^"\\r\\n]+$', examples: [';', '\t'] }),
    hasHeader: boolean('The first line of every message names the columns', { default: false }),
    quoted: boolean(
      'Double quotes enclose fields that hold delimiters, quotes or line breaks (RFC 4180). By default they are written where needed, but a quote that is read is a character like any other',
      { optional: true },
    ),
  },
  create: ({ delimiter, hasHeader, quoted }) => ({
    decoder: (request) => delimitedDecoder(request, { delimiter, hasHeader, quoted: quoted ?? false }),
    encoder: (schema) => delimitedEncoder(schema, { delimiter, hasHeader, quoted: quoted ?? true }),
  }),
})
