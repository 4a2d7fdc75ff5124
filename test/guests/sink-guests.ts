import { BUMP_ALLOCATOR } from '../support/components.ts'

/** Where guests keep their result; the first four bytes are 0, so that it says `ok`. */
const RESULT = 64

/** Bodies of a sink's functions in WebAssembly text; each leaves the address of its result. What is absent succeeds and does nothing. */
export interface SinkParts {
  readonly imports?: string
  /** Data segments, globals, functions. */
  readonly more?: string
  /** Parameters: address and length of the configuration. */
  readonly configure?: string
  readonly open?: string
  /** Parameters: case, then address and count twice (rows: columns and rows; encoded: payloads), then properties: case, columns, rows. */
  readonly collect?: string
  readonly close?: string
  readonly allocator?: string
}

const ID = 'plutino:plugin/sink@1.0.0#'

/** A sink whose functions do what `parts` say. Asks for rows. */
export function sinkGuest(parts: SinkParts = {}): string {
  const ok = `(i32.const ${RESULT})`
  return `(module
  ${parts.imports ?? ''}
  ${parts.allocator ?? BUMP_ALLOCATOR}
  ${parts.more ?? ''}
  (func (export "${ID}configure") (param i32 i32) (result i32) ${parts.configure ?? ok})
  (func (export "${ID}open") (result i32) ${parts.open ?? ok})
  (func (export "${ID}collect") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) ${parts.collect ?? ok})
  (func (export "${ID}close") ${parts.close ?? ''}))`
}

const LOG_IMPORT = '(import "plutino:plugin/log@1.0.0" "log" (func $log (param i32 i32 i32)))'
const STATE_IMPORTS = `
  (import "plutino:plugin/state@1.0.0" "increment" (func $increment (param i32 i32 i64) (result i64)))
  (import "plutino:plugin/state@1.0.0" "get" (func $get (param i32 i32 i32)))`
const DB_IMPORTS = `
  (import "plutino:plugin/db@1.0.0" "[static]connection.open" (func $db_open (param i32 i32 i32)))
  (import "plutino:plugin/db@1.0.0" "[method]connection.exec-batch" (func $db_exec_batch (param i32 i32 i32 i32 i32 i32)))
  (import "plutino:plugin/db@1.0.0" "[method]connection.query" (func $db_query (param i32 i32 i32 i32 i32 i32)))
  (import "plutino:plugin/db@1.0.0" "[method]connection.begin" (func $db_begin (param i32 i32)))
  (import "plutino:plugin/db@1.0.0" "[resource-drop]connection" (func $db_drop (param i32)))`

export const SQL = 'INSERT INTO t VALUES (?, ?)'

/** Opens the database \`source\` and inserts every row. */
export function databaseSink(source = 'url'): string {
  return sinkGuest({
    imports: DB_IMPORTS,
    more: `(data (i32.const 1024) "${source}") (data (i32.const 1536) "${SQL}") (global $db (mut i32) (i32.const 0))`,
    open: `(call $db_open (i32.const 1024) (i32.const ${source.length}) (i32.const 128)) (global.set $db (i32.load (i32.const 132))) (i32.const 128)`,
    collect: `
      (call $db_exec_batch (global.get $db) (i32.const 1536) (i32.const ${SQL.length}) (local.get 3) (local.get 4) (i32.const 192))
      (i32.store8 (i32.const 256) (i32.load8_u (i32.const 192)))
      (memory.copy (i32.const 260) (i32.const 200) (i32.const 24))
      (call $reset)
      (i32.const 256)`,
    close: '(call $db_drop (global.get $db))',
  })
}

/** Counts rows in the state \`rows\` and logs every call. */
export const COUNTING_SINK = sinkGuest({
  imports: LOG_IMPORT + STATE_IMPORTS,
  more: '(data (i32.const 1024) "rows") (data (i32.const 1032) "collected")',
  collect: `
    (drop (call $increment (i32.const 1024) (i32.const 4) (i64.extend_i32_u (local.get 4))))
    (call $log (i32.const 1) (i32.const 1032) (i32.const 9))
    (call $reset)
    (i32.const ${RESULT})`,
})

/** Copies its configuration into the log. */
export const CONFIG_SINK = sinkGuest({
  imports: LOG_IMPORT,
  configure: `(call $log (i32.const 1) (local.get 0) (local.get 1)) (i32.const ${RESULT})`,
})

/** Asks for encoded messages and logs each. */
export const ENCODED_SINK = sinkGuest({
  imports: LOG_IMPORT,
  configure: `(i32.store8 (i32.const 132) (i32.const 1)) (i32.const 128)`,
  collect: `
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get 2)))
      (call $log (i32.const 1) (i32.load (local.get 1)) (i32.load offset=4 (local.get 1)))
      (local.set 1 (i32.add (local.get 1) (i32.const 8)))
      (local.set 2 (i32.sub (local.get 2) (i32.const 1)))
      (br $next)))
    (i32.const ${RESULT})`,
})

/** Answers \`collect\` with an error of the kind with that number, the message "no" and the code "E1". */
export function failingSink(kind: number): string {
  return sinkGuest({
    more: '(data (i32.const 1024) "noE1")',
    collect: `
      (i32.store8 (i32.const 128) (i32.const 1)) (i32.store8 (i32.const 132) (i32.const ${kind}))
      (i32.store (i32.const 136) (i32.const 1024)) (i32.store (i32.const 140) (i32.const 2))
      (i32.store8 (i32.const 144) (i32.const 1)) (i32.store (i32.const 148) (i32.const 1026)) (i32.store (i32.const 152) (i32.const 2))
      (i32.const 128)`,
  })
}

const answer = (text: string): string => `${text} (i32.const ${RESULT})`

/** What can go wrong in a guest, each in \`collect\`, with what the error must say. */
export const HOSTILE: readonly { readonly name: string; readonly wat: string; readonly says: RegExp }[] = [
  { name: 'traps', wat: sinkGuest({ collect: 'unreachable' }), says: /sink\.collect failed: it trapped: unreachable/ },
  {
    name: 'divides by zero',
    wat: sinkGuest({ collect: answer('(drop (i32.div_s (i32.const 1) (i32.const 0)))') }),
    says: /divide by zero/,
  },
  {
    name: 'logs why and traps, as AssemblyScript does',
    wat: sinkGuest({
      imports: LOG_IMPORT,
      more: '(data (i32.const 1024) "no table (plugin.ts:12:3)")',
      collect: '(call $log (i32.const 3) (i32.const 1024) (i32.const 25)) unreachable',
    }),
    says: /no table \(plugin\.ts:12:3\) \(it trapped: unreachable\)/,
  },
  {
    name: 'recurses without end',
    wat: sinkGuest({ more: '(func $again (result i32) (i32.add (call $again) (i32.const 1)))', collect: '(call $again)' }),
    says: /ran out of stack/,
  },
  {
    name: 'grows its memory without end',
    wat: sinkGuest({
      collect: answer('(block $out (loop $more (br_if $out (i32.eq (memory.grow (i32.const 16)) (i32.const -1))) (br $more))) unreachable'),
    }),
    says: /its memory has grown to [\d.]+ MiB of 64 MiB/,
  },
  {
    name: 'returns an address outside its memory',
    wat: sinkGuest({ collect: '(i32.const 0x7ffffff0)' }),
    says: /named 28 bytes at address 2147483632/,
  },
  { name: 'returns an address that is not aligned', wat: sinkGuest({ collect: '(i32.const 65)' }), says: /not a multiple of 4/ },
  {
    name: 'returns a case that does not exist',
    wat: sinkGuest({ more: '(data (i32.const 128) "\\07")', collect: '(i32.const 128)' }),
    says: /case 7 of a type with 2 cases/,
  },
  {
    name: 'returns a text of four gigabytes',
    wat: sinkGuest({
      more: '(data (i32.const 128) "\\01\\00\\00\\00\\00\\00\\00\\00\\00\\04\\00\\00\\ff\\ff\\ff\\ff")',
      collect: '(i32.const 128)',
    }),
    says: /named 4294967295 bytes at address 1024/,
  },
  {
    name: 'returns text that is not UTF-8',
    wat: sinkGuest({
      more: '(data (i32.const 128) "\\01\\00\\00\\00\\00\\00\\00\\00\\00\\04\\00\\00\\02\\00\\00\\00") (data (i32.const 1024) "\\c3\\28")',
      collect: '(i32.const 128)',
    }),
    says: /not UTF-8/,
  },
  {
    name: 'allocates outside its memory',
    wat: sinkGuest({
      allocator: '(memory (export "memory") 1) (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const -8))',
      configure: answer(''),
    }),
    says: /named \d+ bytes at address 4294967288/,
  },
  {
    name: 'names a log line outside its memory',
    wat: sinkGuest({ imports: LOG_IMPORT, collect: answer('(call $log (i32.const 1) (i32.const 0) (i32.const -1))') }),
    says: /named 4294967295 bytes/,
  },
  {
    name: 'uses a handle that it does not hold',
    wat: sinkGuest({ imports: DB_IMPORTS, collect: answer('(call $db_begin (i32.const 7) (i32.const 128))') }),
    says: /used handle 7/,
  },
  {
    name: 'names more rows than its memory can hold',
    wat: sinkGuest({
      imports: DB_IMPORTS,
      more: '(data (i32.const 1024) "url")',
      collect: answer(
        '(call $db_open (i32.const 1024) (i32.const 3) (i32.const 128)) (call $db_exec_batch (i32.load (i32.const 132)) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 192))',
      ),
    }),
    says: /named 34359738360 bytes/,
  },
  {
    name: 'names one list of values thousands of times',
    wat: sinkGuest({
      imports: DB_IMPORTS,
      more: `(data (i32.const 1024) "url")
        (func $rows (local $i i32) (loop $next
          (i32.store (i32.add (i32.const 8192) (i32.mul (local.get $i) (i32.const 8))) (i32.const 8192))
          (i32.store (i32.add (i32.const 8196) (i32.mul (local.get $i) (i32.const 8))) (i32.const 4000))
          (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 8000)))))`,
      collect: answer(
        `(call $db_open (i32.const 1024) (i32.const 3) (i32.const 128)) (call $rows)
         (call $db_exec_batch (i32.load (i32.const 132)) (i32.const 0) (i32.const 0) (i32.const 8192) (i32.const 8000) (i32.const 192))`,
      ),
    }),
    says: /larger than 16777216 bytes/,
  },
]

/** Never returns. */
export const SPINNING_SINK = sinkGuest({ collect: '(loop $on (br $on)) unreachable' })

/** Logs without end: a gigabyte in sixteen thousand lines, and on. */
export const LOGGING_SINK = sinkGuest({
  imports: LOG_IMPORT,
  collect: '(loop $on (call $log (i32.const 1) (i32.const 0) (i32.const 65536)) (br $on)) unreachable',
})
