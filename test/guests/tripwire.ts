import { BUMP_ALLOCATOR, PLUGIN_WIT } from '../support/components.ts'
import { declaredAggregates, declaredFunctions, declaredSource } from './declared.ts'
import { hostileGuest } from './hostile-exports.ts'

/*
 * One plugin that is a source, a sink and functions, and that traps in the export that its rule names: a sink by the first digit of its
 * configuration, a source by the first digit of its DATASOURCE, a function by its own place among the functions.
 */

/** In the order of their digits; 0 is none. */
export const SINK_EXPORTS = ['none', 'configure', 'open', 'collect', 'close'] as const
export const SOURCE_EXPORTS = ['none', 'configure', 'open', 'collect', 'commit', 'close'] as const
/** Functions by the export in which they trap. */
export const SCALAR_TRAPS = { prepare: 'tsp0', exec: 'tse1' } as const
export const AGGREGATE_TRAPS = {
  prepare: 'tap0',
  add: 'taa1',
  finish: 'taf2',
  save: 'tas4',
  remove: 'tar5',
  merge: 'tam6',
  restore: 'tat7',
} as const
export const AGGREGATE_DROP = 'tad3'
/** In the order of their places. */
const AGGREGATES = ['tap0', 'taa1', 'taf2', AGGREGATE_DROP, 'tas4', 'tar5', 'tam6', 'tat7']

const DONE = '(i32.const 64)'
const trap = (condition: string): string => `(if ${condition} (then unreachable))`
const chosen = (global: string, which: number): string => trap(`(i32.eq (global.get ${global}) (i32.const ${which}))`)
const index = (which: number): string => trap(`(i32.eq (local.get 0) (i32.const ${which}))`)

/** A list as `ok` at 704. */
function listAt(at: string, count: string): string {
  return `(memory.fill (i32.const 704) (i32.const 0) (i32.const 64)) (i32.store (i32.const 708) ${at})
  (i32.store (i32.const 712) ${count}) (i32.const 704)`
}

/** Column of floats, as many as local 2 says: `ok(results)` at 704. */
const FLOATS = `(memory.fill (i32.const 704) (i32.const 0) (i32.const 64)) (i32.store (i32.const 712) (i32.const 1536))
  (i32.store (i32.const 716) (local.get 2)) (i32.const 704)`
/** One group after the other: as many floats as local 3 says. */
const RESULTS = FLOATS.replace('(local.get 2)', '(local.get 3)')
/** One group after the other: a list of as many states as local 3 says, all of them empty: `ok(states)` at 704. */
const SAVED = listAt('(i32.const 1536)', '(local.get 3)')
/** One message {"a":1} with the offset "1". */
const MESSAGE = `(i32.store (i32.const 516) (i32.const 1)) (i32.store (i32.const 520) (i32.const 640)) (i32.store (i32.const 524) (i32.const 1))
  (i32.store (i32.const 640) (i32.const 648)) (i32.store (i32.const 644) (i32.const 7))
  (i32.store8 (i32.const 564) (i32.const 1)) (i32.store (i32.const 568) (i32.const 653)) (i32.store (i32.const 572) (i32.const 1))
  (call $sleep (i32.const 20)) (i32.const 512)`

interface Lie {
  readonly export: 'add' | 'remove' | 'merge' | 'finish' | 'save' | 'restore'
  readonly does: string
  /** Its function, which lies there and is honest everywhere else. */
  readonly name: string
  readonly body: string
  readonly says: RegExp
}

const BEYOND = '(i32.const -64)'
const beyond = listAt(BEYOND, '(i32.const 1)')
const strangeRow = `(i32.store (i32.const 2048) (i32.const 60000)) ${listAt('(i32.const 2048)', '(i32.const 1)')}`
const floatsAt = (at: string, count: string): string =>
  FLOATS.replace('(i32.const 1536)', at).replace('(local.get 2)', `(i32.add (local.get 3) (i32.const ${count}))`)

/** Wrong results of aggregate functions. What has no result of its own, as `merge`, gives an address instead that is not in its memory. */
export const AGGREGATE_LIES: readonly Lie[] = [
  { export: 'add', does: 'names failures beyond its memory', name: 'lad0', body: beyond, says: /but its memory has/ },
  { export: 'add', does: 'names more rows than there are', name: 'lad1', body: strangeRow, says: /named row 60000 of \d/ },
  { export: 'remove', does: 'names failures beyond its memory', name: 'lrm2', body: beyond, says: /but its memory has/ },
  { export: 'remove', does: 'names more rows than there are', name: 'lrm3', body: strangeRow, says: /named row 60000 of \d/ },
  { export: 'merge', does: 'answers beyond its memory', name: 'lmg4', body: BEYOND, says: /but its memory has/ },
  {
    export: 'finish',
    does: 'gives too few results',
    name: 'lfi5',
    body: floatsAt('(i32.const 1536)', '-1'),
    says: /gave 0 results for 1 rows/,
  },
  {
    export: 'finish',
    does: 'gives too many results',
    name: 'lfi6',
    body: floatsAt('(i32.const 1536)', '2'),
    says: /gave 3 results for 1 rows/,
  },
  { export: 'finish', does: 'names results beyond its memory', name: 'lfi7', body: floatsAt(BEYOND, '9'), says: /but its memory has/ },
  {
    export: 'save',
    does: 'gives too few states',
    name: 'lsa8',
    body: listAt('(i32.const 0)', '(i32.const 0)'),
    says: /saved 0 of 1 groups/,
  },
  {
    export: 'save',
    does: 'gives too many states',
    name: 'lsa9',
    body: listAt('(i32.const 1536)', '(i32.const 7)'),
    says: /saved 7 of 1 groups/,
  },
  { export: 'save', does: 'names states beyond its memory', name: 'lsaa', body: beyond, says: /but its memory has/ },
  { export: 'restore', does: 'answers beyond its memory', name: 'lreb', body: BEYOND, says: /but its memory has/ },
]

/** The functions of `AGGREGATE_LIES`. */
export function liar(): string {
  const honest = { add: DONE, remove: DONE, merge: DONE, finish: RESULTS, save: SAVED, restore: DONE }
  const bodies = Object.entries(honest).map(([name, truth]) => {
    const lies = AGGREGATE_LIES.map((lie, place) =>
      lie.export === name ? `(if (i32.eq (local.get 0) (i32.const ${place})) (then (return ${sequence(lie.body)})))` : '',
    )
    return [name, `${lies.join(' ')} ${truth}`] as const
  })
  return declaredAggregates(
    hostileGuest('aggregate', { bodies: Object.fromEntries(bodies) }),
    AGGREGATE_LIES.map(({ name }) => name),
  )
}

/** Instructions as one value. */
function sequence(body: string): string {
  return `(block (result i32) ${body})`
}

/** A world of all kinds, for which it is built. */
export const EVERY_KIND = `${PLUGIN_WIT}
world every-kind { include source-plugin; include sink-plugin; include function-plugin; include aggregate-plugin; }`

export function tripwire(): string {
  const [source, sink, scalar, aggregate] = ['source', 'sink', 'scalar', 'aggregate'].map((name) => `plutino:plugin/${name}@1.0.0#`)
  const wat = `(module
  (import "plutino:plugin/clock@1.0.0" "sleep" (func $sleep (param i32)))
  ${BUMP_ALLOCATOR}
  (global $sink (mut i32) (i32.const 0)) (global $source (mut i32) (i32.const 0)) (global $added (mut i32) (i32.const -1))
  (data (i32.const 648) "{\\22a\\22:1}")
  (func $digit (param $at i32) (param $size i32) (result i32) (local $byte i32)
    (block $none (loop $next
      (br_if $none (i32.eqz (local.get $size)))
      (local.set $byte (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)))
      (if (i32.lt_u (local.get $byte) (i32.const 10)) (then (return (local.get $byte))))
      (local.set $at (i32.add (local.get $at) (i32.const 1))) (local.set $size (i32.sub (local.get $size) (i32.const 1)))
      (br $next)))
    (i32.const 0))
  (func (export "${source}describe") (result i32) ${DONE})
  (func (export "${source}configure") (param i32 i32 i32 i32) (result i32)
    (global.set $source (call $digit (local.get 0) (local.get 1))) ${chosen('$source', 1)} ${DONE})
  (func (export "${source}open") (param i32 i32 i32) (result i32) ${chosen('$source', 2)} ${DONE})
  (func (export "${source}collect") (param i32 i32) (result i32) ${chosen('$source', 3)} ${MESSAGE})
  (func (export "${source}commit") (param i32 i32) (result i32) ${chosen('$source', 4)} ${DONE})
  (func (export "${source}close") ${chosen('$source', 5)})
  (func (export "${sink}configure") (param i32 i32) (result i32)
    (global.set $sink (call $digit (local.get 0) (local.get 1))) ${chosen('$sink', 1)} ${DONE})
  (func (export "${sink}open") (result i32) ${chosen('$sink', 2)} ${DONE})
  (func (export "${sink}collect") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) ${chosen('$sink', 3)} (call $reset) ${DONE})
  (func (export "${sink}close") ${chosen('$sink', 4)})
  (func (export "${scalar}functions") (result i32) ${DONE})
  (func (export "${scalar}prepare") (param i32 i32 i32 i32) (result i32) ${index(0)} ${DONE})
  (func (export "${scalar}exec") (param i32 i32 i32 i32 i32) (result i32) ${index(1)} ${FLOATS})
  (func (export "${aggregate}aggregates") (result i32) ${DONE})
  (func (export "${aggregate}prepare") (param i32 i32 i32 i32) (result i32) ${index(0)} ${DONE})
  (func (export "${aggregate}add") (param i32 i32 i32 i32 i32 i32) (result i32) (global.set $added (local.get 0)) ${index(1)} ${DONE})
  (func (export "${aggregate}remove") (param i32 i32 i32 i32 i32 i32) (result i32) ${index(5)} ${DONE})
  (func (export "${aggregate}merge") (param i32 i32 i32 i32 i32 i32) (result i32) ${index(6)} ${DONE})
  (func (export "${aggregate}finish") (param i32 i32 i32 i32) (result i32) ${index(2)} ${RESULTS})
  (func (export "${aggregate}drop") (param i32 i32) ${chosen('$added', 3)})
  (func (export "${aggregate}save") (param i32 i32 i32 i32) (result i32) ${index(4)} ${SAVED})
  (func (export "${aggregate}restore") (param i32 i32 i32 i32 i32 i32) (result i32) ${index(7)} ${DONE}))`
  return declaredSource(declaredAggregates(declaredFunctions(wat, Object.values(SCALAR_TRAPS)), AGGREGATES))
}
