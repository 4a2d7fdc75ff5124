import { expect, test } from 'vitest'
import { Compiler } from '../../../src/expression/compile.ts'
import { buildGraph, buildOperators } from '../../../src/runtime/build-operators.ts'
import { lookup, plan, TEST_CONTEXT } from '../../support/sql.ts'

const deps = { functions: lookup(), context: TEST_CONTEXT, compiler: new Compiler() }

test('a filter under a projection is fused with it and stands for both nodes', () => {
  const [built, ...more] = buildGraph(plan('SELECT a FROM demo WHERE a > 1'), deps).steps
  expect(more).toEqual([])
  expect(built?.operator.name).toBe('filter_project')
  expect(built?.nodes.map(({ op }) => op)).toEqual(['filter', 'project'])
})

test('a statement without WHERE is one projection', () => {
  expect(buildOperators(plan('SELECT a FROM demo'), deps).map(({ name }) => name)).toEqual(['project'])
})

test('a function that was removed after planning is an error of the start', () => {
  const planned = plan('SELECT upper(a) FROM demo')
  expect(() => buildOperators(planned, { functions: lookup([]), context: TEST_CONTEXT })).toThrow('function upper not found')
})
