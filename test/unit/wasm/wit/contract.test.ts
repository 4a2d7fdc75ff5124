import { expect, test } from 'vitest'
import { layoutOf } from '../../../../src/wasm/abi/layout.ts'
import { Contract } from '../../../../src/wasm/wit/contract.ts'
import type { WitType } from '../../../../src/wasm/wit/model.ts'
import { readWit } from '../../../../src/wasm/wit/read.ts'

const contract = new Contract()

function type(interfaceName: string, name: string): WitType {
  const found = contract.interface(interfaceName).types.get(name)
  if (found === undefined) throw new Error(`no type ${name}`)
  return found
}

test('the whole package is read: interfaces, worlds, functions of resources', () => {
  expect([...contract.package.interfaces.keys()]).toEqual([
    'types',
    'log',
    'state',
    'clock',
    'random',
    'db',
    'http',
    'tcp',
    'source',
    'sink',
    'scalar',
    'aggregate',
    'checkpoint',
  ])
  expect(contract.package.worlds.get('sink-plugin')).toEqual({
    name: 'sink-plugin',
    imports: ['log', 'state', 'clock', 'random', 'db', 'http', 'tcp'],
    exports: ['sink'],
  })
  expect(contract.interface('db').functions.map((one) => one.name)).toContain('[method]connection.exec-batch')
  expect(contract.function('db', '[static]connection.open').result).toMatchObject({
    kind: 'result',
    ok: { kind: 'own', resource: 'connection' },
  })
  expect(contract.id('sink')).toBe('plutino:plugin/sink@1.0.0')
  expect(contract.byId('plutino:plugin/sink@2.0.0')).toBeUndefined()
})

test.each<[string, string, { size: number; align: number; flat: readonly string[] }]>([
  ['types', 'value', { size: 16, align: 8, flat: ['i32', 'i64', 'i32'] }],
  ['types', 'error-kind', { size: 1, align: 1, flat: ['i32'] }],
  ['types', 'error', { size: 24, align: 4, flat: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'] }],
  ['types', 'row-batch', { size: 16, align: 4, flat: ['i32', 'i32', 'i32', 'i32'] }],
  ['db', 'exec-result', { size: 24, align: 8, flat: ['i64', 'i32', 'i64'] }],
  ['source', 'description', { size: 2, align: 1, flat: ['i32', 'i32'] }],
  ['sink', 'batch', { size: 20, align: 4, flat: ['i32', 'i32', 'i32', 'i32', 'i32'] }],
  ['types', 'parameter', { size: 20, align: 4, flat: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'] }],
])('%s.%s is laid out as the canonical ABI says', (interfaceName, name, layout) => {
  expect(layoutOf(type(interfaceName, name))).toEqual(layout)
})

test.each([
  ['interface a { f: func(x: unknown-type); }', /unknown type "unknown-type"/],
  ['interface a { use b.{c}; }', /b has no type "c"/],
  ['interface a { record r { x u8 } }', /expected ":"/],
  ['something a { }', /expected an interface or a world/],
  ['interface a { f: func(x: u8) -> string', /expected ";"/],
  ['interface a { # }', /unexpected text "# }"/],
])('WIT that cannot be read says why: %s', (text, message) => {
  expect(() => readWit(`package a:b@1.0.0; ${text}`)).toThrow(message)
})
