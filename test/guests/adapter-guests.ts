import { componentEmbed, componentNew, parse, preview1AdapterReactorPath } from '@bytecodealliance/jco'
import { readFile } from 'node:fs/promises'
import { BUMP_ALLOCATOR, PLUGIN_WIT } from '../support/components.ts'

/*
 * Sinks that a toolchain for WASI 0.1 would make: a core module that imports `wasi_snapshot_preview1`, and the adapter of the component
 * tools that turns it into WASI 0.2. They consist of several core modules and run as jco translates them.
 */
const WASI = 'wasi_snapshot_preview1'
const ID = 'plutino:plugin/sink@1.0.0#'
const LOG = '(import "plutino:plugin/log@1.0.0" "log" (func $log (param i32 i32 i32)))'

interface AdapterParts {
  /** In WebAssembly text; leaves the address of the result. */
  readonly collect?: string
  readonly more?: string
}

/** `fd_write` of one piece: its address and length stand at 512. */
const WRITE = '(drop (call $fd_write (local.get $fd) (i32.const 512) (i32.const 1) (i32.const 528)))'
const DONE = '(i32.const 64)'

/** A core module and the adapter. */
export async function adaptedSink({ collect = DONE, more = '' }: AdapterParts): Promise<Uint8Array> {
  const wat = `(module
  (import "${WASI}" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "${WASI}" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "${WASI}" "random_get" (func $random (param i32 i32) (result i32)))
  (import "${WASI}" "environ_sizes_get" (func $environ (param i32 i32) (result i32)))
  (import "${WASI}" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
  (import "${WASI}" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  ${LOG}
  ${BUMP_ALLOCATOR}
  (data (i32.const 1024) "to the log\\n")
  ${more}
  (func $say (param $fd i32) (param $at i32) (param $size i32)
    (i32.store (i32.const 512) (local.get $at)) (i32.store (i32.const 516) (local.get $size)) ${WRITE})
  (func (export "${ID}configure") (param i32 i32) (result i32) ${DONE})
  (func (export "${ID}open") (result i32) ${DONE})
  (func (export "${ID}collect") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) ${collect})
  (func (export "${ID}close")))`
  const binary = await componentEmbed({ binary: await parse(wat), witSource: PLUGIN_WIT, world: 'sink-plugin', stringEncoding: 'utf8' })
  return componentNew(binary, [[WASI, await readFile(preview1AdapterReactorPath())]])
}

/** Writes a line to stdout and one to stderr. */
export const TALKING = `(call $say (i32.const 1) (i32.const 1024) (i32.const 11)) (call $say (i32.const 2) (i32.const 1024) (i32.const 11)) ${DONE}`

/** Traps unless all of it is as a plugin finds it: no environment, no folders, the time, randomness, nothing to read. */
export const LOOKING = `
  (if (call $environ (i32.const 520) (i32.const 524)) (then unreachable))
  (if (i32.load (i32.const 520)) (then unreachable))
  (if (i32.ne (call $prestat (i32.const 3) (i32.const 540)) (i32.const 8)) (then unreachable))
  (if (call $clock (i32.const 0) (i64.const 1) (i32.const 600)) (then unreachable))
  (if (i64.lt_u (i64.load (i32.const 600)) (i64.const 1700000000000000000)) (then unreachable))
  (if (call $random (i32.const 608) (i32.const 8)) (then unreachable))
  (if (i64.eqz (i64.load (i32.const 608))) (then unreachable))
  (i32.store (i32.const 512) (i32.const 1024)) (i32.store (i32.const 516) (i32.const 8))
  (drop (call $fd_read (i32.const 0) (i32.const 512) (i32.const 1) (i32.const 528)))
  (if (i32.load (i32.const 528)) (then unreachable))
  ${DONE}`
