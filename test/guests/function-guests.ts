import { BUMP_ALLOCATOR } from '../support/components.ts'

/** Where guests keep their result: the first byte is 0, so that it says `ok`. */
const RESULT = 64

/** Bodies of a function plugin's functions in WebAssembly text. */
interface FunctionParts {
  /** Data segments, globals, functions. */
  readonly more?: string
  /** Leaves the address of a list of signatures. */
  readonly functions?: string
  readonly prepare?: string
  /** Parameters: function, place, rows, address and count of columns. Leaves the address of the result. */
  readonly exec?: string
}

const ID = 'plutino:plugin/scalar@1.0.0#'

export function functionGuest(parts: FunctionParts = {}): string {
  const ok = `(i32.const ${RESULT})`
  return `(module
  ${BUMP_ALLOCATOR}
  ${parts.more ?? ''}
  (func (export "${ID}functions") (result i32) ${parts.functions ?? ok})
  (func (export "${ID}prepare") (param i32 i32 i32 i32) (result i32) ${parts.prepare ?? ok})
  (func (export "${ID}exec") (param i32 i32 i32 i32 i32) (result i32) ${parts.exec ?? ok}))`
}

/** Bodies of an aggregate plugin's functions; what is absent succeeds and gives nothing. */
interface AggregateParts {
  readonly add?: string
  readonly finish?: string
  readonly restore?: string
}

export function aggregateGuest(parts: AggregateParts = {}): string {
  const id = 'plutino:plugin/aggregate@1.0.0#'
  const ok = `(i32.const ${RESULT})`
  return `(module
  ${BUMP_ALLOCATOR}
  (func (export "${id}aggregates") (result i32) ${ok})
  (func (export "${id}prepare") (param i32 i32 i32 i32) (result i32) ${ok})
  (func (export "${id}add") (param i32 i32 i32 i32 i32 i32) (result i32) ${parts.add ?? ok})
  (func (export "${id}remove") (param i32 i32 i32 i32 i32 i32) (result i32) ${ok})
  (func (export "${id}merge") (param i32 i32 i32 i32 i32 i32) (result i32) ${ok})
  (func (export "${id}finish") (param i32 i32 i32 i32) (result i32) ${parts.finish ?? ok})
  (func (export "${id}drop") (param i32 i32))
  (func (export "${id}save") (param i32 i32 i32 i32) (result i32) ${ok})
  (func (export "${id}restore") (param i32 i32 i32 i32 i32 i32) (result i32) ${parts.restore ?? ok}))`
}

/** Stores words behind the `ok` of the result: tag, address and count of the column, address and count of the failures. */
function answer(tag: number, at: number, count: number, failures: readonly [number, number] = [0, 0]): string {
  return [tag, at, count, ...failures].map((word, i) => `(i32.store (i32.const ${RESULT + 4 + i * 4}) (i32.const ${word | 0}))`).join(' ')
}

const done = `(i32.const ${RESULT})`

/** Guests whose `exec` lies, and what the error of their row says. One row of one float is sent. */
export const HOSTILE_EXEC: readonly { readonly name: string; readonly wat: string; readonly says: RegExp }[] = [
  { name: 'names results beyond its memory', wat: functionGuest({ exec: `${answer(0, 0xffff_fff8, 1)} ${done}` }), says: /its memory has/ },
  { name: 'names results at an odd address', wat: functionGuest({ exec: `${answer(0, 1025, 1)} ${done}` }), says: /not a multiple of 8/ },
  { name: 'gives 4 thousand million results', wat: functionGuest({ exec: `${answer(0, 1024, -1)} ${done}` }), says: /its memory has/ },
  { name: 'gives no result', wat: functionGuest({ exec: `${answer(0, 1024, 0)} ${done}` }), says: /gave 0 results for 1 rows/ },
  {
    name: 'gives more results than rows',
    wat: functionGuest({ exec: `${answer(0, 1024, 100)} ${done}` }),
    says: /gave 100 results for 1 rows/,
  },
  {
    name: 'gives a column of a form that does not exist',
    wat: functionGuest({ exec: `${answer(9, 1024, 1)} ${done}` }),
    says: /case 9 of a type with 4/,
  },
  {
    name: 'gives a value of a kind that does not exist',
    wat: functionGuest({ more: '(data (i32.const 1024) "\\c8")', exec: `${answer(3, 1024, 1)} ${done}` }),
    says: /case 200 of a type with 8/,
  },
  {
    name: 'gives text that is not UTF-8',
    wat: functionGuest({
      more: '(data (i32.const 1024) "\\10\\04\\00\\00\\02\\00\\00\\00") (data (i32.const 1040) "\\ed\\a0")',
      exec: `${answer(2, 1024, 1)} ${done}`,
    }),
    says: /not UTF-8/,
  },
  {
    name: 'gives JSON that is none',
    wat: functionGuest({
      more: '(data (i32.const 1024) "\\07\\00\\00\\00\\00\\00\\00\\00\\30\\04\\00\\00\\01\\00\\00\\00") (data (i32.const 1072) "{")',
      exec: `${answer(3, 1024, 1)} ${done}`,
    }),
    says: /json value that is not JSON/,
  },
  {
    name: 'gives a result of another type than it declares',
    wat: functionGuest({
      more: '(data (i32.const 1024) "\\30\\04\\00\\00\\01\\00\\00\\00") (data (i32.const 1072) "x")',
      exec: `${answer(2, 1024, 1)} ${done}`,
    }),
    says: /declares that it returns float, but gave string/,
  },
  {
    name: 'names the failure of a row that was not sent',
    wat: functionGuest({ more: '(data (i32.const 1040) "\\05")', exec: `${answer(0, 1024, 1, [1040, 1])} ${done}` }),
    says: /named row 5 of 1/,
  },
  {
    name: 'names failures beyond its memory',
    wat: functionGuest({ exec: `${answer(0, 1024, 1, [0x7fff_fffc, 9])} ${done}` }),
    says: /its memory has/,
  },
  {
    name: 'answers with a case that does not exist',
    wat: functionGuest({ exec: `(i32.store8 (i32.const ${RESULT}) (i32.const 7)) ${done}` }),
    says: /case 7 of a type with 2/,
  },
  { name: 'gives the address of its result beyond its memory', wat: functionGuest({ exec: '(i32.const -4)' }), says: /its memory has/ },
  { name: 'traps', wat: functionGuest({ exec: 'unreachable' }), says: /it trapped: unreachable/ },
  {
    name: 'calls itself for ever',
    wat: functionGuest({ more: '(func $deep (result i32) (i32.add (call $deep) (i32.const 1)))', exec: '(call $deep)' }),
    says: /ran out of stack/,
  },
  {
    name: 'eats memory without end',
    wat: functionGuest({
      exec: `(loop $more (drop (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 65536))) (br $more)) ${done}`,
    }),
    says: /its memory has grown/,
  },
]

/** A guest that says `functions`, and never anything else. */
export const SPINNING_DECLARATION = functionGuest({ functions: '(loop $l (br $l)) unreachable' })
export const TRAPPING_DECLARATION = functionGuest({ functions: 'unreachable' })
/** A list of a thousand million functions. */
export const ENDLESS_DECLARATION = functionGuest({
  functions: '(i32.store (i32.const 64) (i32.const 1024)) (i32.store (i32.const 68) (i32.const 1000000000)) (i32.const 64)',
})
/** One function whose name is empty: all that it holds is zero. */
export const NAMELESS_DECLARATION = functionGuest({
  functions: '(i32.store (i32.const 64) (i32.const 1024)) (i32.store (i32.const 68) (i32.const 1)) (i32.const 64)',
})
/** It calls a function of the host that waits, while it should say what it is. */
export const WAITING_DECLARATION = functionGuest({ functions: '(call $sleep (i32.const 5)) (i32.const 64)' }).replace(
  '(module',
  '(module (import "plutino:plugin/clock@1.0.0" "sleep" (func $sleep (param i32)))',
)
