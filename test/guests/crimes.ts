import { declaredFunctions, declaredSource } from './declared.ts'
import { functionGuest, HOSTILE_EXEC } from './function-guests.ts'
import { HOSTILE_CALLS, HOSTILE_MESSAGES, REENTRANT_SINK } from './hostile-calls.ts'
import { ALLOCATORS, freesTwice, hostileGuest, STARTS } from './hostile-exports.ts'
import { HOSTILE, SPINNING_SINK } from './sink-guests.ts'
import { HOSTILE_COLLECT, SPINNING_COLLECT } from './source-guests.ts'

/** A plugin that does one crime whenever it works, and what its rule says then. */
export interface CrimeOfKind {
  /** Of the plugin, which also is the name of its function. */
  readonly name: string
  readonly kind: 'source' | 'sink' | 'function'
  readonly does: string
  readonly wat: string
  readonly says: RegExp
}

interface Known {
  readonly name?: string
  readonly does?: string
  readonly wat: string
  readonly says: RegExp
}

const WANTED_SINKS = [
  'recurses without end',
  'grows its memory without end',
  'returns an address outside its memory',
  'returns an address that is not aligned',
  'returns a case that does not exist',
  'returns a text of four gigabytes',
  'returns text that is not UTF-8',
  'names one list of values thousands of times',
  'logs a surrogate alone',
  'puts a gigabyte of state, in pieces of a megabyte',
  'uses a connection as a socket',
  'drops a connection twice',
]
const WANTED_SOURCES = [
  'names messages beyond its memory',
  'gives 4 thousand million messages',
  'gives an offset that is not UTF-8',
  'answers with an error of a kind that does not exist',
  'gives a message of a gigabyte',
]
const WANTED_FUNCTIONS = ['names results beyond its memory', 'gives a column of a form that does not exist', 'eats memory without end']

const LATE = /did not return within \d+ ms/
const [never] = STARTS
/** Lines of 64 KiB of zeros, from memory that nothing else is in. */
const LOGGING = '(loop $on (call $log (i32.const 1) (i32.const 65536) (i32.const 65536)) (br $on)) unreachable'
const SPINNING_EXEC = functionGuest({ exec: '(loop $on (br $on)) unreachable' })

const named = (known: readonly Known[], wanted: readonly string[]): readonly Known[] =>
  wanted.flatMap((what) => known.filter(({ name, does }) => name === what || does === what))

/** Letters and digits, the first a letter: 4 in all, as the declarations want them. */
const nameOf = (kind: CrimeOfKind['kind'], i: number): string => `${kind.slice(0, 2)}${String(i).padStart(2, '0')}`

const of = (kind: CrimeOfKind['kind'], known: readonly Known[]): readonly CrimeOfKind[] =>
  known.map(({ name, does = name ?? '', wat, says }, i) => {
    const own = nameOf(kind, i)
    const declared = kind === 'source' ? declaredSource(wat) : kind === 'function' ? declaredFunctions(wat, [own]) : wat
    return { name: own, kind, does, wat: declared, says }
  })

/** The crimes that a running server is shown: of each kind of lie one or a few; the tests at the seam of the host have them all. */
export const CRIMES_OF_KINDS: readonly CrimeOfKind[] = [
  ...of('sink', [
    ...named([...HOSTILE, ...HOSTILE_CALLS], WANTED_SINKS),
    { does: 'never returns', wat: SPINNING_SINK, says: LATE },
    { does: 'logs a gigabyte', wat: hostileGuest('sink', { bodies: { collect: LOGGING } }), says: LATE },
    { does: 'has its result freed twice', wat: freesTwice('sink', 'collect'), says: /it trapped: unreachable/ },
    { does: 'calls the host while the host answers it', wat: REENTRANT_SINK, says: /it (trapped|failed): .*suspend/i },
    { does: 'has start code that never returns', wat: hostileGuest('sink', { more: never?.more ?? '' }), says: LATE },
    ...ALLOCATORS.flatMap(({ does, allocator, says, aligned }) =>
      says === undefined || aligned === true || does === 'never returns'
        ? []
        : [{ does: `has an allocator that ${does}`, wat: hostileGuest('sink', { allocator }), says }],
    ),
  ]),
  ...of('source', [
    ...named([...HOSTILE_COLLECT, ...HOSTILE_MESSAGES], WANTED_SOURCES),
    { does: 'never returns', wat: SPINNING_COLLECT, says: LATE },
  ]),
  ...of('function', [...named(HOSTILE_EXEC, WANTED_FUNCTIONS), { does: 'never returns', wat: SPINNING_EXEC, says: LATE }]),
]
