import { parse } from '@bytecodealliance/jco'
import { expect, test } from 'vitest'
import { limitMemory } from '../../../../src/wasm/component/limit-memory.ts'
import { limitModule } from '../../../../src/wasm/component/limit-module.ts'
import { readLeb, writeLeb } from '../../../../src/wasm/component/sections.ts'
import { mainModule } from '../../../../src/wasm/component/take-apart.ts'
import { COUNTING_SINK } from '../../../guests/sink-guests.ts'
import { componentOf } from '../../../support/components.ts'

async function grow(memory: string, pages: number): Promise<number> {
  const module = await parse(`(module ${memory} (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`)
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(limitMemory(module, 10)))
  return (exports['grow'] as (pages: number) => number)(pages)
}

test.each([
  ['(memory 2)', 8, 2],
  ['(memory 2)', 9, -1],
  ['(memory 2 5)', 3, 2],
  ['(memory 2 5)', 4, -1],
  ['(memory 2 500)', 8, 2],
  ['(memory 2 500)', 9, -1],
])('%s limited to 10 pages, grown by %i, gives %i', async (memory, pages, result) => {
  expect(await grow(memory, pages)).toBe(result)
})

test.each([
  ['(memory 11)', /needs 1 MiB of memory at its start/],
  ['', /no memory of its own/],
  ['(memory i64 1)', /one memory, 32-bit and not shared/],
  ['(memory 1 2 shared)', /one memory, 32-bit and not shared/],
])('%s is refused', async (memory, message) => {
  expect(() => limitMemory(new Uint8Array(), 10)).toThrow()
  const module = await parse(`(module ${memory})`)
  expect(() => limitMemory(module, 10)).toThrow(message)
})

async function growTable(table: string, elements: number): Promise<number> {
  const module = await parse(
    `(module (memory 1) ${table} (func (export "grow") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0))))`,
  )
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(limitModule(module, 65_536)))
  return (exports['grow'] as (elements: number) => number)(elements)
}

test.each([
  ['(table $t 2 funcref)', 131_070, 2],
  ['(table $t 2 funcref)', 131_071, -1],
  ['(table $t 2 10 funcref)', 9, -1],
  ['(table 1 externref) (table $t 2 10000000 funcref)', 131_071, -1],
])('%s grown by %i gives %i: large tables would end the process', async (table, elements, result) => {
  expect(await growTable(table, elements)).toBe(result)
})

test.each([
  ['(table 10000000 funcref)', 'the plugin has a table of 10000000 elements; 131072 are allowed'],
  ['(table 1 funcref) '.repeat(9), 'the plugin has 9 tables; 8 are allowed'],
  ['(type $f (func)) (table 1 (ref null $f))', 'a table of a kind that plugins may not have'],
  ['(type (func (param i32 externref) (result i64))) (type (array i64))', 'the plugin uses garbage-collected types'],
  ['(type (struct (field i32)))', 'the plugin uses garbage-collected types'],
  ['(rec (type (func)) (type (struct)))', 'the plugin uses garbage-collected types'],
])('%s is refused: it is beyond the memory that is limited', async (more, message) => {
  const module = await parse(`(module (memory 1) ${more})`)
  expect(() => limitModule(module, 65_536)).toThrow(message)
})

test('numbers of binaries are read and written, and never past the end', () => {
  for (const value of [0, 127, 128, 16_384, 2 ** 31, 2 ** 32 - 1]) expect(readLeb(Uint8Array.from(writeLeb(value)), 0).value).toBe(value)
  expect(() => readLeb(Uint8Array.of(0x80), 0)).toThrow(RangeError)
  expect(() => readLeb(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0), 0)).toThrow(RangeError)
})

test('a component that is cut off or changed anywhere is refused, never an internal error', async () => {
  const component = await componentOf(COUNTING_SINK)
  expect(mainModule(component, 'a.wasm')?.length).toBeGreaterThan(100)
  for (let size = 0; size < component.length; size += 3) {
    for (const bytes of [component.slice(0, size), Uint8Array.from(component).fill(0xff, size, size + 2)]) {
      try {
        mainModule(bytes, 'a.wasm')
      } catch (error) {
        expect(error).toMatchObject({ code: 'plugin_invalid' })
      }
    }
  }
})

test('components of several modules with code are recognised', async () => {
  const two = await parse(`(component
    (core module (memory (export "memory") 1))
    (core module (import "env" "memory" (memory 1)) (func (export "run"))))`)
  expect(mainModule(two, 'js.wasm')).toBeUndefined()
  const none = await parse('(component)')
  expect(() => mainModule(none, 'a.wasm')).toThrow(/no core module with a memory/)
})
