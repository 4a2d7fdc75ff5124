import { BUMP_ALLOCATOR } from '../support/components.ts'

const RESULT = 64
const ID = 'plutino:plugin/source@1.0.0#'

interface SourceParts {
  readonly more?: string
  /** Leaves the address of the result. */
  readonly collect?: string
  readonly commit?: string
}

/** A source of rows or payloads whose functions do what `parts` say. */
export function sourceGuest(parts: SourceParts = {}): string {
  const ok = `(i32.const ${RESULT})`
  return `(module
  ${BUMP_ALLOCATOR}
  ${parts.more ?? ''}
  (func (export "${ID}describe") (result i32) ${ok})
  (func (export "${ID}configure") (param i32 i32 i32 i32) (result i32) ${ok})
  (func (export "${ID}open") (param i32 i32 i32) (result i32) ${ok})
  (func (export "${ID}collect") (param i32 i32) (result i32) ${parts.collect ?? ok})
  (func (export "${ID}commit") (param i32 i32) (result i32) ${parts.commit ?? ok})
  (func (export "${ID}close")))`
}

/** Stores words at offsets of the result, whose other bytes are 0: `ok`, a batch of no rows. */
function collected(words: Readonly<Record<number, number>>): string {
  const stores = Object.entries(words).map(([at, word]) => `(i32.store (i32.const ${RESULT + Number(at)}) (i32.const ${word | 0}))`)
  return `${stores.join(' ')} (i32.const ${RESULT})`
}

/** One empty message: case `encoded`, one element. */
const ONE = { 4: 1, 8: 1024, 12: 1 }

/** Guests whose `collect` lies, and what the error says. */
export const HOSTILE_COLLECT: readonly { readonly name: string; readonly wat: string; readonly says: RegExp }[] = [
  { name: 'names messages beyond its memory', wat: sourceGuest({ collect: collected({ ...ONE, 8: -8 }) }), says: /its memory has/ },
  { name: 'gives 4 thousand million messages', wat: sourceGuest({ collect: collected({ ...ONE, 12: -1 }) }), says: /its memory has/ },
  {
    name: 'gives a message beyond its memory',
    wat: sourceGuest({ more: '(data (i32.const 1024) "\\00\\00\\00\\ff\\ff\\00\\00\\00")', collect: collected(ONE) }),
    says: /its memory has/,
  },
  {
    name: 'gives a batch of a form that does not exist',
    wat: sourceGuest({ collect: collected({ 4: 5 }) }),
    says: /case 5 of a type with 2/,
  },
  {
    name: 'gives more times than messages',
    wat: sourceGuest({ collect: collected({ ...ONE, 24: 2048, 28: 3 }) }),
    says: /3 timestamps for 1 messages/,
  },
  {
    name: 'gives metadata of other messages',
    wat: sourceGuest({ collect: collected({ ...ONE, 32: 1, 36: 2048, 40: 0, 44: 2048, 48: 2 }) }),
    says: /metadata of 2 messages for 1/,
  },
  {
    name: 'gives rows with fewer values than columns',
    wat: sourceGuest({ collect: collected({ 4: 0, 8: 2048, 12: 1, 16: 2048, 20: 1 }) }),
    says: /a row of 0 values for 1 columns/,
  },
  {
    name: 'gives an offset that is not UTF-8',
    wat: sourceGuest({ more: '(data (i32.const 2048) "\\ff\\fe")', collect: collected({ ...ONE, 52: 1, 56: 2048, 60: 2 }) }),
    says: /not UTF-8/,
  },
  {
    name: 'answers with an error of a kind that does not exist',
    wat: sourceGuest({ collect: collected({ 0: 1, 4: 77 }) }),
    says: /case 77 of a type with 6/,
  },
  { name: 'traps', wat: sourceGuest({ collect: 'unreachable' }), says: /it trapped/ },
]

export const SPINNING_COLLECT = sourceGuest({ collect: '(loop $l (br $l)) unreachable' })
export const TRAPPING_COMMIT = sourceGuest({ collect: collected(ONE), commit: 'unreachable' })
