import { hostileGuest, type HostileParts } from './hostile-exports.ts'

/** A sink that does this with every batch. */
const sink = (body: string, parts: HostileParts = {}): string =>
  hostileGuest('sink', { ...parts, bodies: { collect: `${body} (i32.const 64)` } })

const SLEEP = '(import "plutino:plugin/clock@1.0.0" "sleep" (func $sleep (param i32)))'
const RANDOM = '(import "plutino:plugin/random@1.0.0" "next" (func $next (result i64)))'
const BYTES = '(import "plutino:plugin/random@1.0.0" "bytes" (func $bytes (param i32 i32)))'
const STATE = `
  (import "plutino:plugin/state@1.0.0" "put" (func $put (param i32 i32 i32 i64 i32)))
  (import "plutino:plugin/state@1.0.0" "increment" (func $increment (param i32 i32 i64) (result i64)))`
const DB = `
  (import "plutino:plugin/db@1.0.0" "[static]connection.open" (func $open (param i32 i32 i32)))
  (import "plutino:plugin/db@1.0.0" "[method]connection.begin" (func $begin (param i32 i32)))
  (import "plutino:plugin/db@1.0.0" "[resource-drop]connection" (func $drop (param i32)))
  (import "plutino:plugin/tcp@1.0.0" "[method]socket.shutdown" (func $shutdown (param i32 i32)))
  (import "plutino:plugin/tcp@1.0.0" "[resource-drop]socket" (func $drop_socket (param i32)))`
const URL = '(data (i32.const 2048) "url")'
const OPENED = '(call $open (i32.const 2048) (i32.const 3) (i32.const 128))'
const HANDLE = '(i32.load (i32.const 132))'

/** What a guest may do to the host, and what its error says. */
export const HOSTILE_CALLS: readonly { readonly does: string; readonly wat: string; readonly says: RegExp }[] = [
  {
    does: 'logs at a level that does not exist',
    wat: sink('(call $log (i32.const 9) (i32.const 0) (i32.const 1))'),
    says: /case 9 of a type with 4/,
  },
  {
    does: 'logs a surrogate alone',
    wat: sink('(call $log (i32.const 1) (i32.const 2048) (i32.const 3))', { more: '(data (i32.const 2048) "\\ed\\a0\\80")' }),
    says: /not UTF-8/,
  },
  {
    does: 'asks for a gigabyte of random bytes',
    wat: sink('(call $bytes (i32.const 1000000000) (i32.const 128))', { imports: BYTES }),
    says: /asked for 1000000000 random bytes at once; 65536 are allowed/,
  },
  {
    does: 'puts a gigabyte of state, in pieces of a megabyte',
    wat: sink(
      `(drop (memory.grow (i32.const 32))) (loop $on
        (i32.store (i32.const 2048) (i32.add (i32.load (i32.const 2048)) (i32.const 1)))
        (call $put (i32.const 2048) (i32.const 1) (i32.const 5) (i64.const 65536) (i32.const 1000000)) (br $on))`,
      { imports: STATE },
    ),
    says: /keeps more than 16777216 bytes of state/,
  },
  {
    does: 'puts keys without end',
    wat: sink(
      `(loop $on
        (i32.store (i32.const 2048) (i32.add (i32.load (i32.const 2048)) (i32.const 1)))
        (i32.store (i32.const 2056) (i32.and (i32.load (i32.const 2048)) (i32.const 0x7f)))
        (i32.store8 (i32.const 2057) (i32.and (i32.shr_u (i32.load (i32.const 2048)) (i32.const 7)) (i32.const 0x7f)))
        (i32.store8 (i32.const 2058) (i32.and (i32.shr_u (i32.load (i32.const 2048)) (i32.const 14)) (i32.const 0x7f)))
        (drop (call $increment (i32.const 2056) (i32.const 3) (i64.const 1))) (br $on))`,
      { imports: STATE },
    ),
    says: /keeps more than 16777216 bytes of state/,
  },
  {
    does: 'puts a value of a kind that does not exist',
    wat: sink('(call $put (i32.const 2048) (i32.const 1) (i32.const 77) (i64.const 0) (i32.const 0))', { imports: STATE }),
    says: /case 77 of a type with 8/,
  },
  {
    does: 'counts a key that holds a text, and whose name is a megabyte of bells',
    wat: sink(
      `(drop (memory.grow (i32.const 32))) (memory.fill (i32.const 65536) (i32.const 7) (i32.const 1000000))
       (call $put (i32.const 65536) (i32.const 1000000) (i32.const 4) (i64.const 65536) (i32.const 1))
       (drop (call $increment (i32.const 65536) (i32.const 1000000) (i64.const 1)))`,
      { imports: STATE },
    ),
    says: /^.{0,200}the guest incremented the state "(\\u0007)+[\\u0]*…", which is not an int$/,
  },
  {
    does: 'drops a connection twice',
    wat: sink(`${OPENED} (call $drop ${HANDLE}) (call $drop ${HANDLE})`, { imports: DB, more: URL }),
    says: /used handle 1, which it does not hold/,
  },
  {
    does: 'uses a connection that it has dropped',
    wat: sink(`${OPENED} (call $drop ${HANDLE}) (call $begin ${HANDLE} (i32.const 192))`, { imports: DB, more: URL }),
    says: /used handle 1, which it does not hold/,
  },
  {
    does: 'uses a connection as a socket',
    wat: sink(`${OPENED} (call $shutdown ${HANDLE} (i32.const 192))`, { imports: DB, more: URL }),
    says: /used handle 1 as a socket, but it is a connection/,
  },
  {
    does: 'drops a connection as a socket',
    wat: sink(`${OPENED} (call $drop_socket ${HANDLE})`, { imports: DB, more: URL }),
    says: /used handle 1 as a socket, but it is a connection/,
  },
  {
    does: 'uses a handle that it never had',
    wat: sink('(call $begin (i32.const -1) (i32.const 192))', { imports: DB }),
    says: /used handle 4294967295, which it does not hold/,
  },
]

/** Calls the host while the host is at giving it what it waited for: its allocator sleeps. */
export const REENTRANT_SINK = hostileGuest('sink', {
  imports: `${SLEEP} (import "plutino:plugin/db@1.0.0" "[static]connection.open" (func $open (param i32 i32 i32)))`,
  allocator: `(memory (export "memory") 2) (global $sleeps (mut i32) (i32.const 0))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
      (if (global.get $sleeps) (then (call $sleep (i32.const 1)))) (i32.const 4096))`,
  more: '(data (i32.const 2048) "another")',
  bodies: { collect: '(global.set $sleeps (i32.const 1)) (call $open (i32.const 2048) (i32.const 7) (i32.const 128)) (i32.const 64)' },
})
/** Ten million calls of the host. */
export const BUSY_SINK = sink(
  '(local.set 0 (i32.const 10000000)) (loop $on (drop (call $next)) (br_if $on (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))',
  { imports: RANDOM },
)
/** Sleeps as long as can be, again and again. */
export const SLEEPING_SINK = sink('(loop $on (call $sleep (i32.const -1)) (br $on))', { imports: SLEEP })
/** Asks the server's thread as often as can be. */
export const ASKING_SINK = sink(
  '(call $log (i32.const 1) (i32.const 1024) (i32.const 5)) (loop $on (call $sleep (i32.const 0)) (br $on))',
  {
    imports: SLEEP,
  },
)
/** Never ends being closed. */
export const LINGERING_SINK = hostileGuest('sink', {
  imports: SLEEP,
  bodies: { close: '(loop $on (call $sleep (i32.const -1)) (br $on))' },
})
/** A line that would be three, in red, with a bell. */
export const FORGING_SINK = sink('(call $log (i32.const 1) (i32.const 2048) (i32.const 19))', {
  more: '(data (i32.const 2048) "a\\n[error] b\\r\\1b[31m\\07\\09")',
})
/** An error message of a megabyte. */
export const VERBOSE_SINK = hostileGuest('sink', {
  bodies: {
    collect: `(drop (memory.grow (i32.const 32))) (memory.fill (i32.const 65536) (i32.const 65) (i32.const 1000000))
      (i32.store8 (i32.const 128) (i32.const 1)) (i32.store8 (i32.const 132) (i32.const 2))
      (i32.store (i32.const 136) (i32.const 65536)) (i32.store (i32.const 140) (i32.const 1000000)) (i32.const 128)`,
  },
})

const collected = (words: Readonly<Record<number, number>>, before = ''): string => {
  const stores = Object.entries(words).map(([at, word]) => `(i32.store (i32.const ${64 + Number(at)}) (i32.const ${word | 0}))`)
  return hostileGuest('source', {
    bodies: { collect: `(drop (memory.grow (i32.const 400))) ${before} ${stores.join(' ')} (i32.const 64)` },
  })
}

/** Sources that give what nobody can take. */
export const HOSTILE_MESSAGES: readonly { readonly does: string; readonly wat: string; readonly says: RegExp }[] = [
  {
    does: 'gives a million messages at once',
    wat: collected({ 4: 1, 8: 131_072, 12: 1_000_000 }),
    says: /gave 1000000 messages at once; 100000 are allowed/,
  },
  { does: 'gives ten million messages at once', wat: collected({ 4: 1, 8: 131_072, 12: 10_000_000 }), says: /named 80000000 bytes/ },
  {
    does: 'gives a message of a gigabyte',
    wat: collected(
      { 4: 1, 8: 1024, 12: 1 },
      '(i32.store (i32.const 1024) (i32.const 0)) (i32.store (i32.const 1028) (i32.const 1073741824))',
    ),
    says: /named 1073741824 bytes/,
  },
  {
    does: 'gives a message of twenty megabytes',
    wat: collected(
      { 4: 1, 8: 1024, 12: 1 },
      '(i32.store (i32.const 1024) (i32.const 131072)) (i32.store (i32.const 1028) (i32.const 20000000))',
    ),
    says: /a value is larger than 16777216 bytes/,
  },
  { does: 'gives an offset of a gigabyte', wat: collected({ 52: 1, 56: 0, 60: 1_073_741_824 }), says: /named 1073741824 bytes/ },
  {
    does: 'gives an offset of a megabyte',
    wat: collected({ 52: 1, 56: 131_072, 60: 1_000_000 }),
    says: /gave 1000000 characters of an offset; 65536 are allowed/,
  },
  {
    does: 'gives metadata in a million columns',
    wat: collected({ 32: 1, 36: 131_072, 40: 1_000_000 }),
    says: /1000000 columns; 10000 are allowed/,
  },
]
/** Every message is one that cannot be read. */
export const REFUSING_SOURCE = collected({ 0: 1, 4: 2 })
