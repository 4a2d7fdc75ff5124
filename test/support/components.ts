import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco'
import { readFileSync } from 'node:fs'

/** The WIT that ships with this version. */
export const PLUGIN_WIT: string = readFileSync(new URL('../../wit/plugin.wit', import.meta.url), 'utf8')

/** A component made of one core module in WebAssembly text. */
export async function componentOf(wat: string, world = 'sink-plugin', witSource = PLUGIN_WIT): Promise<Uint8Array> {
  const binary = await componentEmbed({ binary: await parse(wat), witSource, world, stringEncoding: 'utf8' })
  return componentNew(binary, [])
}

/** `cabi_realloc` that never frees until `$reset`, with `$heap` to read. Grows the memory page by page, traps when that fails. */
export const BUMP_ALLOCATOR = `
  (memory (export "memory") 2)
  (global $heap (mut i32) (i32.const 4096))
  (func $realloc (export "cabi_realloc") (param $old i32) (param $oldSize i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1))) (i32.sub (i32.const 0) (local.get $align))))
    (global.set $heap (i32.add (local.get $at) (local.get $size)))
    (block $enough
      (loop $more
        (br_if $enough (i32.le_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536))))
        (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then unreachable))
        (br $more)))
    (memory.copy (local.get $at) (local.get $old) (local.get $oldSize))
    (local.get $at))
  (func $reset (global.set $heap (i32.const 4096)))`
