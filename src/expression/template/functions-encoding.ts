import { createHash, randomUUID } from 'node:crypto'
import { jsonText } from '../../data/json-text.ts'
import { rowFailed } from '../../data/row-failed.ts'
import type { Value } from '../../data/value.ts'
import { at, define, textAt, type FunctionSet } from './function-set.ts'
import { kindOf, toText } from './functions-text.ts'
import { goTypeName } from './print.ts'

/** JSON, base64, hashes and what else looks at whole values: eKuiper's own functions and sprig's. */
export const ENCODING_FUNCTIONS: FunctionSet = {
  json: define(1, (args) => jsonText(at(args, 0))),
  toJson: define(1, (args) => jsonText(at(args, 0))),
  base64: define(1, (args) => encode(at(args, 0))),
  b64enc: define(1, (args) => Buffer.from(textAt(args, 0)).toString('base64')),
  b64dec: define(1, (args) => decode(textAt(args, 0))),
  sha1sum: define(1, (args) => createHash('sha1').update(textAt(args, 0)).digest('hex')),
  sha256sum: define(1, (args) => createHash('sha256').update(textAt(args, 0)).digest('hex')),
  uuidv4: define(0, () => randomUUID()),
  typeOf: define(1, (args) => goTypeName(at(args, 0))),
  kindOf: define(1, (args) => kindOf(at(args, 0))),
  kindIs: define(2, (args) => kindOf(at(args, 1)) === textAt(args, 0)),
  fail: define(1, (args) => {
    throw rowFailed(textAt(args, 0))
  }),
}

/** Bytes as they are, scalars by their text, lists and records by their JSON. */
function encode(value: Value): string {
  if (value === null) return ''
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  const scalar = typeof value !== 'object' || value instanceof Date
  return Buffer.from(scalar ? toText(value) : jsonText(value)).toString('base64')
}

function decode(text: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) throw rowFailed('b64dec: the text is not base64')
  return Buffer.from(text, 'base64').toString('utf8')
}
