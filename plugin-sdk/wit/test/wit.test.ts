import { expect, test } from 'vitest'
import { readFile } from 'node:fs/promises'
import { Layouts } from '../layout.ts'
import { resolve, worldItems, type Type } from '../model.ts'
import { readWit } from '../read.ts'

const contract = async (): Promise<string> => readFile(new URL('../../../wit/plugin.wit', import.meta.url), 'utf8')

test('worlds include other worlds', async () => {
  const pkg = readWit(await contract())
  expect(pkg.id).toBe('plutino:plugin@1.0.0')
  const { imports, exports } = worldItems(pkg, 'sink-plugin')
  expect(imports.map((each) => each.id)).toContain('plutino:plugin/db@1.0.0')
  expect(exports.map((each) => each.name)).toStrictEqual(['sink'])
  expect(() => worldItems(pkg, 'x')).toThrow('no world x in plutino:plugin@1.0.0; there are imports, source-plugin')
})

/** Sizes and flat types as the Canonical ABI has them; hosts of every language depend on these. */
test.each([
  ['types', 'value', 16, 8, 'i32 i64 i32'],
  ['types', 'error', 24, 4, 'i32 i32 i32 i32 i32 i32'],
  ['types', 'row-batch', 16, 4, 'i32 i32 i32 i32'],
  ['db', 'exec-result', 24, 8, 'i64 i32 i64'],
  ['http', 'request', 44, 4, 'i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32'],
  ['tcp', 'tls-options', 56, 4, 'i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32'],
  ['source', 'messages', 64, 4, 'i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32'],
  ['sink', 'batch', 20, 4, 'i32 i32 i32 i32 i32'],
  ['types', 'argument', 24, 8, 'i32 i32 i64 i32'],
  ['types', 'column', 12, 4, 'i32 i32 i32'],
  ['types', 'results', 20, 4, 'i32 i32 i32 i32 i32'],
])('%s.%s takes %i bytes', async (...row) => {
  const [scope, name, size, align, flat] = row
  const pkg = readWit(await contract())
  const interface_ = pkg.interfaces.get(scope)
  if (interface_ === undefined) throw new Error('missing')
  const layouts = new Layouts(pkg)
  expect(layouts.of({ kind: 'name', name, scope: interface_ })).toMatchObject({ size, align })
  expect(layouts.flat({ kind: 'name', name, scope: interface_ }).join(' ')).toBe(flat)
})

test('every interface, type, function and field says what it promises', async () => {
  const silent = [...readWit(await contract()).interfaces.values()].flatMap(({ name, doc, types, functions }) => [
    { name, doc },
    ...functions.map((each) => ({ name: `${name}.${each.name}`, doc: each.doc })),
    ...[...types.values()].flatMap((type) => [
      { name: `${name}.${type.name}`, doc: type.doc },
      ...(type.kind === 'record' ? type.fields : type.kind === 'resource' ? type.functions : []).map((each) => ({
        name: `${name}.${type.name}.${each.name}`,
        doc: each.doc,
      })),
    ]),
  ])
  expect(silent.filter((each) => each.doc === '').map((each) => each.name)).toStrictEqual([])
})

test('slots that cases share take the wider type', () => {
  const pkg = readWit(
    'package a:b; interface i { variant v { a(f32), b(u32), c(tuple<f64, f32>), d } f: func(x: v) -> result; type t = list<v>; }',
  )
  const f = pkg.interfaces.get('i')?.functions[0]
  const type = f?.params[0]?.type
  if (type === undefined) throw new Error('missing')
  expect(new Layouts(pkg).flat(type)).toStrictEqual(['i32', 'i64', 'f32'])
  expect(f?.result).toStrictEqual({ kind: 'result' })
})

test('names are looked up through use, as and aliases, whatever their order', () => {
  const pkg = readWit(
    'package a:b; interface i { use j.{r as s}; f: func(x: t); type t = s; } interface j { resource r; f: func(x: borrow<r>); }',
  )
  const param = (name: string): Type => pkg.interfaces.get(name)?.functions[0]?.params[0]?.type ?? { kind: 'string' }
  expect(resolve(pkg, param('i'))).toStrictEqual({ kind: 'handle', resource: 'r', borrowed: false })
  expect(resolve(pkg, param('j'))).toStrictEqual({ kind: 'handle', resource: 'r', borrowed: true })
})

test.each([
  ['package a:b; interface i { flags f { a } }', 'line 1: expected use, record'],
  ['package a:b; interface i {\n f: func(x: stream<u8>);\n}', 'line 2: expected a type, got "stream"'],
  ['package a:b; interface i { f: func() }', 'expected ";", got "}"'],
  ['package a:b; interface i { f: func(', 'the WIT ends too early'],
  ['package a:b; world w { use x; }', 'expected import, export or include, got "use"'],
  ['world w {}', 'expected "package", got "world"'],
  ['package a:b; type t = u8;', 'expected interface or world'],
])('a WIT that it does not understand is refused with its line: %j', (text, message) => {
  expect(() => readWit(text)).toThrow(message)
})

test('a name that nothing defines is reported when it is needed', () => {
  const pkg = readWit('package a:b; interface i { f: func(x: y); }')
  expect(() => resolve(pkg, pkg.interfaces.get('i')?.functions[0]?.params[0]?.type ?? { kind: 'string' })).toThrow(
    'interface i has no type y',
  )
})
