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

function check(text: string): void {
  validateSelect(parseSelect(text), { text, placeOf: (name) => PLACES.get(name.toLowerCase()) })
}

test.each([
  ['SELECT a FROM s GROUP BY b, Sum(a) + 1', 29, 'aggregate Sum() in GROUP BY'],
  ['SELECT a FROM s GROUP BY COUNTWINDOW(3) FILTER (WHERE sum(a) > 1)', 55, 'aggregate sum() in GROUP BY'],
  ['SELECT a FROM s GROUP BY SLIDINGWINDOW(ss, 3) OVER (WHEN sum(a) > 1)', 58, 'aggregate sum() in GROUP BY'],
  ['SELECT a FROM s WHERE unnest(a)', 23, 'unnest() outside the fields of SELECT'],
  ['SELECT a FROM s JOIN t ON unnest(a) = 1', 27, 'unnest() outside the fields of SELECT'],
  ['SELECT a FROM s WHERE row_number() > 1', 23, 'row_number() outside the fields of SELECT'],
  ['SELECT a FROM s HAVING changed_cols("", true, a)', 24, 'changed_cols() outside the fields of SELECT'],
  ['SELECT abs(unnest(a)) FROM s', 12, 'unnest() inside of abs()'],
  ['SELECT nosuch(1 + unnest(a)) FROM s', 19, 'unnest() inside of nosuch()'],
  ['SELECT unnest(a), unnest(b) FROM s', 19, 'unnest() beside unnest(), expected at most one function that makes rows'],
  ['SELECT sum(a) OVER (WHEN b) FROM s', 15, 'OVER after sum(), expected an analytic function before it'],
  ['SELECT lag(a) OVER (ORDER BY b) FROM s', 30, 'ORDER BY in OVER of lag()'],
  ['SELECT abs(a) FILTER (WHERE b) FROM s', 29, 'FILTER after abs(), expected an aggregate before it'],
  ['SELECT sum(a) FILTER (WHERE b) FROM s', 29, 'FILTER of an aggregate without a window'],
  ['SELECT CASE WHEN 30 THEN 1 END FROM s', 18, 'value of type integer after WHEN, expected a condition'],
])('%s is refused at column %i', (text, column, message) => {
  expect(() => check(text)).toThrow(
    expect.objectContaining({ code: 'sql_invalid', message, position: expect.objectContaining({ line: 1, column }) }),
  )
})

test.each([
  'SELECT sum(a) FILTER (WHERE b) FROM s GROUP BY COUNTWINDOW(3)',
  'SELECT sum(a) FROM s HAVING sum(a) > 1',
  'SELECT lag(a) OVER (PARTITION BY b WHEN c), row_number() OVER (ORDER BY a) FROM s WHERE lag(a) > 1',
  'SELECT unnest(a) AS x, changed_cols("", true, a) FROM s',
  'SELECT CASE WHEN a THEN 1 WHEN (b) THEN 2 END, CASE a WHEN 30 THEN 1 END FROM s',
  'SELECT __proto__(a), toString(b) FROM s',
])('%s is accepted', (text) => {
  expect(() => check(text)).not.toThrow()
})
