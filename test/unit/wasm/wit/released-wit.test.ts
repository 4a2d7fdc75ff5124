import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readWit } from '../../../../src/wasm/wit/read.ts'
import { PLUGIN_WIT } from '../../../support/components.ts'
import { breaks } from '../../../support/wit-additions.ts'

const WIT = path.join(import.meta.dirname, '../../../../wit')

/** The WIT of each version as it was released. None of them ever changes; a new version is added. */
const RELEASED: Readonly<Record<string, string>> = {
  '1.0.0': 'f8dff89ec8aa8aa66b476cafb02a6a55ad7491985434ea5413b268d74e4b23d9',
}

const textOf = (version: string): string => readFileSync(path.join(WIT, version, 'plugin.wit'), 'utf8')

test('each released version has its folder', () => {
  const folders = readdirSync(WIT, { withFileTypes: true }).filter((one) => one.isDirectory())
  expect(folders.map((one) => one.name).toSorted()).toEqual(Object.keys(RELEASED).toSorted())
})

describe.each(Object.keys(RELEASED))('WIT %s', (version) => {
  test('is as it was released', () => {
    expect(createHash('sha256').update(textOf(version)).digest('hex')).toBe(RELEASED[version])
    expect(readWit(textOf(version)).version).toBe(version)
  })

  test('is only added to by the working copy', () => {
    expect(breaks(readWit(textOf(version)), readWit(PLUGIN_WIT))).toEqual([])
  })
})

const changed = (from: string, to: string): readonly string[] => {
  const text = textOf('1.0.0')
  expect(text).toContain(from)
  return breaks(readWit(text), readWit(text.replace(from, to)))
}

test.each([
  ['a case more in a variant', 'json(string),', 'json(string), decimal(string),', ['type types.value changed']],
  ['a name more in an enum', 'unavailable,', 'unavailable, busy,', ['type types.error-kind changed']],
  ['a field more in a record', '  record description {', '  record description {\n    more: bool,', ['type source.description changed']],
  ['another parameter', 'next: func() -> u64;', 'next: func(seed: u32) -> u64;', ['function random.next changed']],
  ['a function that is gone', 'next: func() -> u64;', '', ['function random.next changed']],
  [
    'a function more for guests',
    'snapshot: func()',
    'other: func(); snapshot: func()',
    ['interface checkpoint of guests got more functions'],
  ],
  ['a world that exports more', 'export sink;', 'export sink; export checkpoint;', ['world sink-plugin exports something else']],
])('%s breaks old components', (_, from, to, expected) => {
  expect(changed(from, to).filter((one) => expected.includes(one))).toEqual(expected)
})

test.each([
  ['a function more of the host', 'next: func() -> u64;', 'next: func() -> u64; number: func() -> f64;'],
  ['an interface more', 'interface random {', 'interface later { f: func(); }\ninterface random {'],
  ['a type more', 'interface random {', 'interface random {\n  enum colour { red, green }'],
  ['another name of a parameter', 'bytes: func(len: u32)', 'bytes: func(count: u32)'],
  ['a second major version', 'package plutino:plugin@1.0.0;', 'package plutino:plugin@2.0.0;'],
])('%s breaks nothing', (_, from, to) => {
  expect(changed(from, to)).toEqual([])
})
