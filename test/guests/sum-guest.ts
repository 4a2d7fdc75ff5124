import { hostileGuest } from './hostile-exports.ts'

/** Goes over the rows of a column of floats that stand in the arguments: `(local.get $value)` is each of them. */
function eachRow(body: string): string {
  return `(local $at i32) (local $end i32) (local $value f64)
    (local.set $at (i32.load offset=4 (local.get 4)))
    (local.set $end (i32.add (local.get $at) (i32.shl (i32.load offset=8 (local.get 4)) (i32.const 3))))
    (loop $next
      (local.set $value (f64.load (local.get $at)))
      ${body}
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end))))
    (i64.store (i32.const 72) (i64.const 0)) (i32.const 64)`
}

const add = `(if (f64.eq (local.get $value) (f64.const 666)) (then unreachable))
  (if (f64.eq (local.get $value) (f64.const 777))
    (then (call $log (i32.const 1) (i32.const 1024) (i32.const 5)) (loop $on (br $on))))
  (global.set $sum (f64.add (global.get $sum) (local.get $value)))`

/** An aggregate that adds up one group, and takes rows out again. It traps at 666; at 777 it logs that it spins, and does not come back. */
export const SUM_GUEST = hostileGuest('aggregate', {
  more: '(global $sum (mut f64) (f64.const 0))',
  bodies: {
    add: eachRow(add),
    remove: eachRow('(global.set $sum (f64.sub (global.get $sum) (local.get $value)))'),
    finish: `(f64.store (i32.const 1032) (global.get $sum))
      (i32.store (i32.const 72) (i32.const 1032)) (i32.store (i32.const 76) (i32.const 1)) (i32.const 64)`,
    drop: '(global.set $sum (f64.const 0))',
  },
})
