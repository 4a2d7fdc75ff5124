import { expect, test } from 'vitest'
import { parseSelect } from '../../../src/sql/parser.ts'
import type { FunctionPlace } from '../../../src/sql/validate-select.ts'
import { validateSelect } from '../../../src/sql/validate-select.ts'

const PLACES = new Map<string, FunctionPlace>([
  ['abs', 'row'],
  ['sum', 'aggregate'],
  ['lag', 'analytic'],
  ['row_number', 'window'],
  ['unnest', 'rows'],
  ['changed_cols', 'columns'],
])

interface Found {
  readonly column: number
  readonly message: string
}

function check(text: string): readonly Found[] {
  const found: Found[] = []
  validateSelect(parseSelect(text), {
    placeOf: (name) => PLACES.get(name.toLowerCase()),
    report: ({ at }, message) => found.push({ column: at + 1, message }),
  })
  return found
}

test.each([
  ['SELECT a FROM s GROUP BY b, Sum(a) + 1', 29, 'aggregate Sum() in GROUP BY'],
  ['SELECT a FROM s GROUP BY COUNTWINDOW(3) FILTER (WHERE sum(a) > 1)', 55, 'aggregate sum() in GROUP BY'],
  ['SELECT a FROM s GROUP BY SLIDINGWINDOW(ss, 3) OVER (WHEN sum(a) > 1)', 58, 'aggregate sum() in GROUP BY'],
  ['SELECT a FROM s WHERE unnest(a)', 23, 'unnest() outside the fields of SELECT'],
  ['SELECT a FROM s JOIN t ON unnest(a) = 1', 27, 'unnest() outside the fields of SELECT'],
  ['SELECT a FROM s WHERE row_number() > 1', 23, 'row_number() outside the fields of SELECT'],
  ['SELECT a FROM s HAVING changed_cols("", true, a)', 24, 'changed_cols() outside the fields of SELECT'],
  ['SELECT abs(unnest(a)) FROM s', 12, 'unnest() inside of abs(), expected a field of its own'],
  ['SELECT nosuch(1 + unnest(a)) FROM s', 19, 'unnest() inside of an expression, expected a field of its own'],
  ['SELECT unnest(a), unnest(b) FROM s', 19, 'unnest() beside unnest(), expected at most one function that makes rows'],
  ['SELECT sum(a) OVER (WHEN b) FROM s', 15, 'OVER after sum(), expected an analytic function before it'],
  ['SELECT lag(a) OVER (ORDER BY b) FROM s', 30, 'ORDER BY in OVER of lag()'],
  ['SELECT abs(a) FILTER (WHERE b) FROM s', 29, 'FILTER after abs(), expected an aggregate before it'],
  ['SELECT 1 + unnest(a) FROM s', 12, 'unnest() inside of an expression, expected a field of its own'],
  [
    'SELECT CASE WHEN 30 THEN 1 END FROM s',
    18,
    'invalid CASE expression, WHEN expression must be a bool condition, not a value of type integer',
  ],
])('%s is refused at column %i', (text, column, message) => {
  expect(check(text)).toEqual([{ column, message }])
})

test('independent errors are reported together', () => {
  expect(check('SELECT abs(a) OVER (WHEN b) FROM s WHERE unnest(a) GROUP BY sum(a)').map(({ column }) => column)).toEqual([61, 42, 15])
})

test.each([
  'SELECT sum(a) FILTER (WHERE b) FROM s GROUP BY COUNTWINDOW(3)',
  'SELECT sum(a) FILTER (WHERE b) FROM s',
  'SELECT sum(a) FROM s HAVING sum(a) > 1',
  'SELECT lag(a) OVER (PARTITION BY b WHEN c), row_number() OVER (ORDER BY a) FROM s WHERE lag(a) > 1',
  'SELECT unnest(a) AS x, changed_cols("", true, a) FROM s',
  'SELECT CASE WHEN a THEN 1 WHEN (b) THEN 2 END, CASE a WHEN 30 THEN 1 END FROM s',
  'SELECT __proto__(a), toString(b) FROM s',
])('%s is accepted', (text) => {
  expect(check(text)).toEqual([])
})
