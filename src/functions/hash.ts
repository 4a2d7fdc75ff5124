import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { FunctionDefinition } from '../api/definition.ts'
import { goText } from '../data/go-text.ts'
import type { Cell } from '../data/value.ts'
import { parameter, rowFunction, type RowFunction } from './record.ts'

function hash(name: string, what: string, f: (text: string) => string, example: RowFunction['examples'][number]): FunctionDefinition {
  return rowFunction('hash', {
    name,
    doc: `${what} of a text, in lower-case hexadecimal digits. Other values are hashed as their text.`,
    params: [parameter('s', 'string')],
    returns: 'string',
    examples: [example],
    call: (_, s) => f(textOf(s)),
  })
}

const digest =
  (algorithm: string): ((text: string) => string) =>
  (text) =>
    createHash(algorithm).update(text).digest('hex')

export const hashFunctions: readonly FunctionDefinition[] = [
  hash('md5', 'The MD5 hash', digest('md5'), ['md5("abc")', '900150983cd24fb0d6963f7d28e17f72']),
  hash('sha1', 'The SHA-1 hash', digest('sha1'), ['sha1("abc")', 'a9993e364706816aba3e25717850c26c9cd0d89d']),
  hash('sha256', 'The SHA-256 hash', digest('sha256'), ['substring(sha256("abc"), 0, 8)', 'ba7816bf']),
  hash('sha384', 'The SHA-384 hash', digest('sha384'), ['substring(sha384("abc"), 0, 8)', 'cb00753f']),
  hash('sha512', 'The SHA-512 hash', digest('sha512'), ['substring(sha512("abc"), 0, 8)', 'ddaf35a1']),
  hash('crc32', 'The CRC-32 checksum (IEEE), without zeros in front,', (text) => crc32(text).toString(16), ['crc32("abc")', '352441c2']),
]

/** Bytes are hashed as the text `[97 98 99]`, as users of eKuiper know it. */
function textOf(value: Cell): string {
  return value instanceof Uint8Array ? `[${value.join(' ')}]` : goText(value)
}
