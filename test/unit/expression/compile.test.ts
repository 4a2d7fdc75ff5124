import { expect, test } from 'vitest'
import type { BoundExpr } from '../../../src/expression/bound.ts'
import { Compiler } from '../../../src/expression/compile.ts'
import type { RowResults } from '../../../src/expression/compile-rows.ts'
import { literal } from '../../../src/expression/make.ts'
import { lookup, rowFunction, TEST_CONTEXT } from '../../support/sql.ts'

const slot: BoundExpr = { kind: 'slot', slot: 0, name: 'a', type: 'json', at: 0 }
const deps = { functions: lookup(), context: TEST_CONTEXT }

function counting(): { readonly calls: () => number; readonly deps: typeof deps; readonly call: BoundExpr } {
  let calls = 0
  const count = rowFunction('count_calls', { params: [], returns: 'any', nulls: 'call', pure: false }, () => {
    calls++
    return 1
  })
  return {
    calls: () => calls,
    deps: { ...deps, functions: lookup([count]) },
    call: { kind: 'call', name: 'count_calls', args: [], type: 'any', at: 0 },
  }
}

test('an expression that occurs twice is computed once', () => {
  const { calls, deps: counted, call } = counting()
  const results: RowResults = { rows: [], errors: [] }
  const sum: BoundExpr = { kind: 'binary', op: '+', left: call, right: call, type: 'number', at: 0 }
  new Compiler().rows(
    {
      predicate: { kind: 'binary', op: '=', left: call, right: literal(1n, 'bigint', 0), type: 'boolean', at: 0 },
      outputs: [{ expr: sum, nulls: 'omit' }],
    },
    counted,
  )([[1]], 0, 1, results)
  expect(results.rows).toEqual([[2]])
  expect(calls()).toBe(1)
})

test('what is computed in a branch is not taken for computed after it', () => {
  const { calls, deps: counted, call } = counting()
  const either: BoundExpr = {
    kind: 'binary',
    op: 'OR',
    left: slot,
    right: { kind: 'isNull', negated: false, operand: call, type: 'boolean', at: 0 },
    type: 'boolean',
    at: 0,
  }
  const both: BoundExpr = {
    kind: 'binary',
    op: '=',
    left: either,
    right: { kind: 'isNull', negated: true, operand: call, type: 'boolean', at: 0 },
    type: 'boolean',
    at: 0,
  }
  expect(new Compiler().expression(both, counted)([true])).toBe(true)
  expect(calls()).toBe(1)
})

test('a null argument answers for functions that say so, without a call', () => {
  const compiler = new Compiler()
  const call = (name: string): BoundExpr => ({ kind: 'call', name, args: [slot], type: 'any', at: 0 })
  expect(['upper', 'known', 'length', 'isnull'].map((name) => compiler.expression(call(name), deps)([undefined]))).toEqual([
    null,
    false,
    0n,
    true,
  ])
})

test('constants that have no literal are passed in', () => {
  const date = new Date(5)
  const compiler = new Compiler()
  expect(compiler.expression(literal(date, 'datetime', 0), deps)([])).toBe(date)
  expect(compiler.expression(literal(Number.NaN, 'float', 0), deps)([])).toBeNaN()
  expect(compiler.expression(literal(-0, 'float', 0), deps)([])).toBe(-0)
})

test('a statement without end is refused, not compiled', () => {
  const items = Array.from({ length: 120_000 }, (_, i): BoundExpr => ({ kind: 'member', object: slot, name: `m${i}`, type: 'json', at: 0 }))
  expect(() => new Compiler().expression({ kind: 'in', negated: false, operand: slot, items, type: 'boolean', at: 0 }, deps)).toThrow(
    'the statement is too large to be compiled',
  )
})

test('rows outside of the range are not looked at', () => {
  const results: RowResults = { rows: [], errors: [] }
  new Compiler().rows({}, deps)([[1], [2], [3]], 1, 2, results)
  expect(results.rows).toEqual([[2]])
})
