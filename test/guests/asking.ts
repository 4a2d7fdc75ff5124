import { BUMP_ALLOCATOR } from '../support/components.ts'

const ID = 'plutino:plugin/sink@1.0.0#'
const DB = 'plutino:plugin/db@1.0.0'

/** `if` the first letter of the message is this one. */
const on = (letter: string, body: string): string => `(if (i32.eq (local.get $verb) (i32.const ${letter.charCodeAt(0)})) (then ${body}))`

/** An error where the result of `collect` has it too: gives it on. */
const GIVE_ON = '(if (i32.load8_u (i32.const 128)) (then (return (i32.const 128))))'

/**
 * A sink that asks the host for whatever its messages say, and logs "reached" when it got it: `o` and the name of a database to open; `e` and
 * a statement to execute in the database `url`; `q` and a query; `h` and a URL to get, over redirects; `t`, a port of 5 digits, and a host to
 * connect to.
 */
export const ASKING_FOR_ANYTHING = `(module
  (import "plutino:plugin/log@1.0.0" "log" (func $log (param i32 i32 i32)))
  (import "${DB}" "[static]connection.open" (func $open (param i32 i32 i32)))
  (import "${DB}" "[method]connection.exec" (func $exec (param i32 i32 i32 i32 i32 i32)))
  (import "${DB}" "[method]connection.query" (func $query (param i32 i32 i32 i32 i32 i32)))
  (import "${DB}" "[resource-drop]connection" (func $drop (param i32)))
  (import "plutino:plugin/http@1.0.0" "send" (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "plutino:plugin/tcp@1.0.0" "[static]socket.connect" (func $connect (param i32 i32 i32 i32 i32)))
  (import "plutino:plugin/tcp@1.0.0" "[resource-drop]socket" (func $drop_socket (param i32)))
  ${BUMP_ALLOCATOR}
  (data (i32.const 1024) "url") (data (i32.const 1032) "reached") (data (i32.const 1040) "GET")
  (func $reached (result i32) (call $log (i32.const 1) (i32.const 1032) (i32.const 7)) (call $reset) (i32.const 64))
  (func $number (param $at i32) (result i32) (local $n i32) (local $left i32)
    (local.set $left (i32.const 5))
    (loop $next
      (local.set $n (i32.add (i32.mul (local.get $n) (i32.const 10)) (i32.sub (i32.load8_u (local.get $at)) (i32.const 48))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.get $n))
  (func $own (result i32) (call $open (i32.const 1024) (i32.const 3) (i32.const 256)) (i32.load (i32.const 260)))
  (func $ask (param $at i32) (param $size i32) (result i32) (local $verb i32) (local $db i32)
    (local.set $verb (i32.load8_u (local.get $at)))
    (local.set $at (i32.add (local.get $at) (i32.const 1))) (local.set $size (i32.sub (local.get $size) (i32.const 1)))
    ${on('o', `(call $open (local.get $at) (local.get $size) (i32.const 128)) ${GIVE_ON} (call $drop (i32.load (i32.const 132)))`)}
    ${on(
      'e',
      `(local.set $db (call $own))
       (call $exec (local.get $db) (local.get $at) (local.get $size) (i32.const 0) (i32.const 0) (i32.const 192)) (call $drop (local.get $db))
       (i32.store8 (i32.const 128) (i32.load8_u (i32.const 192))) (memory.copy (i32.const 132) (i32.const 200) (i32.const 24)) ${GIVE_ON}`,
    )}
    ${on(
      'q',
      `(local.set $db (call $own))
       (call $query (local.get $db) (local.get $at) (local.get $size) (i32.const 0) (i32.const 0) (i32.const 128)) (call $drop (local.get $db)) ${GIVE_ON}`,
    )}
    ${on(
      'h',
      `(call $send (i32.const 1040) (i32.const 3) (local.get $at) (local.get $size) (i32.const 0) (i32.const 0)
         (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 5000) (i32.const 5) (i32.const 128)) ${GIVE_ON}`,
    )}
    ${on(
      't',
      `(call $connect (i32.add (local.get $at) (i32.const 5)) (i32.sub (local.get $size) (i32.const 5)) (call $number (local.get $at))
         (i32.const 5000) (i32.const 128)) ${GIVE_ON} (call $drop_socket (i32.load (i32.const 132)))`,
    )}
    (call $reached))
  (func (export "${ID}configure") (param i32 i32) (result i32) (i32.store8 (i32.const 516) (i32.const 1)) (i32.const 512))
  (func (export "${ID}open") (result i32) (i32.const 64))
  (func (export "${ID}collect") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $ask (i32.load (local.get 1)) (i32.load offset=4 (local.get 1))))
  (func (export "${ID}close")))`
