import { defineCodec } from '../../api/definition.ts'
import { jsonDecoder } from './decoder.ts'
import { jsonEncoder } from './encoder.ts'

export const json = defineCodec({
  name: 'json',
  doc: 'JSON: an object is a row, an array of objects several rows',
  fields: {},
  create: () => ({ decoder: jsonDecoder, encoder: jsonEncoder }),
})
