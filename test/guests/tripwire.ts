import { BUMP_ALLOCATOR, PLUGIN_WIT } from '../support/components.ts'
import { declaredAggregates, declaredFunctions, declaredSource } from './declared.ts'

/*
 * One plugin that is a source, a sink and functions, and that traps in the export that its rule names: a sink by the first digit of its
 * configuration, a source by the first digit of its DATASOURCE, a function by its own place among the functions.
 */

/** In the order of their digits; 0 is none. */
export const SINK_EXPORTS = ['none', 'configure', 'open', 'collect', 'close'] as const
export const SOURCE_EXPORTS = ['none', 'configure', 'open', 'collect', 'commit', 'close'] as const
/** Functions by the export in which they trap. */
export const SCALAR_TRAPS = { prepare: 'tsp0', exec: 'tse1' } as const
export const AGGREGATE_TRAPS = { prepare: 'tap0', add: 'taa1', finish: 'taf2', save: 'tas4' } as const
export const AGGREGATE_DROP = 'tad3'
/** In the order of their places. */
const AGGREGATES = ['tap0', 'taa1', 'taf2', AGGREGATE_DROP, 'tas4']

const DONE = '(i32.const 64)'
const trap = (condition: string): string => `(if ${condition} (then unreachable))`
const chosen = (global: string, which: number): string => trap(`(i32.eq (global.get ${global}) (i32.const ${which}))`)
const index = (which: number): string => trap(`(i32.eq (local.get 0) (i32.const ${which}))`)

/** Column of floats, as many as local 2 says: `ok(results)` at 704. */
const FLOATS = `(memory.fill (i32.const 704) (i32.const 0) (i32.const 64)) (i32.store (i32.const 712) (i32.const 1024))
  (i32.store (i32.const 716) (local.get 2)) (i32.const 704)`
/** One group after the other: as many floats as local 3 says. */
const RESULTS = FLOATS.replace('(local.get 2)', '(local.get 3)')
/** One message {"a":1} with the offset "1". */
const MESSAGE = `(i32.store (i32.const 516) (i32.const 1)) (i32.store (i32.const 520) (i32.const 640)) (i32.store (i32.const 524) (i32.const 1))
  (i32.store (i32.const 640) (i32.const 648)) (i32.store (i32.const 644) (i32.const 7))
  (i32.store8 (i32.const 564) (i32.const 1)) (i32.store (i32.const 568) (i32.const 653)) (i32.store (i32.const 572) (i32.const 1))
  (call $sleep (i32.const 20)) (i32.const 512)`

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
  (func (export "${aggregate}remove") (param i32 i32 i32 i32 i32 i32) (result i32) ${DONE})
  (func (export "${aggregate}merge") (param i32 i32 i32 i32 i32 i32) (result i32) ${DONE})
  (func (export "${aggregate}finish") (param i32 i32 i32 i32) (result i32) ${index(2)} ${RESULTS})
  (func (export "${aggregate}drop") (param i32 i32) ${chosen('$added', 3)})
  (func (export "${aggregate}save") (param i32 i32 i32 i32) (result i32) ${index(4)} ${DONE})
  (func (export "${aggregate}restore") (param i32 i32 i32 i32 i32 i32) (result i32) ${DONE}))`
  return declaredSource(declaredAggregates(declaredFunctions(wat, Object.values(SCALAR_TRAPS)), AGGREGATES))
}
