import { expect, test } from 'vitest'
import { PlutinoError } from '../../../src/base/errors.ts'
import { functions } from '../../../src/functions/index.ts'
import type { PlanEnv } from '../../../src/plan/environment.ts'
import { environment, plan } from '../../support/sql.ts'

const byName = new Map(functions.map(({ function: f }) => [f.name, f]))
const env: PlanEnv = {
  ...environment({
    demo: {},
    typed: {
      columns: [
        { name: 'temperature', type: { kind: 'float' } },
        { name: 'active', type: { kind: 'boolean' } },
      ],
    },
  }),
  functions: { find: (name) => byName.get(name.toLowerCase()), names: () => byName.keys() },
}

/** Column, text and hint of every error, in the order of the text. */
function problemsOf(sql: string): readonly unknown[] {
  try {
    plan(sql, env)
    return []
  } catch (error) {
    if (!(error instanceof PlutinoError)) throw error
    return [error, ...error.others].map(({ position, message, hint }) => [position?.column, message, hint])
  }
}

const CYCLE = 'select fields have cycled alias'

const CASES: readonly (readonly [string, ...(readonly [number, string, string?])[]])[] = [
  ['SELECT a FROM dmeo', [15, 'fail to get stream dmeo, please check if stream is created', 'did you mean "demo"?']],
  ['SELECT temprature FROM typed', [8, 'unknown field temprature of stream typed', 'did you mean "temperature"?']],
  ['SELECT latst(a) FROM demo', [8, 'function latst not found', 'did you mean "latest"?']],
  ['SELECT lag() FROM demo', [8, 'function lag expects 1 to 4 arguments, but found 0']],
  ['SELECT acc_max(a, b) FROM demo', [8, 'function acc_max expects 1 or 3 arguments, but found 2']],
  ['SELECT lag(a, b) FROM demo', [15, 'function lag expects a literal of type bigint for parameter 2 (offset), but found an expression']],
  ['SELECT lag(a, -1) FROM demo', [15, 'offset of lag is negative']],
  ['SELECT had_changed(1, a) FROM demo', [20, 'function had_changed expects boolean for parameter 1 (ignoreNull), but found int64']],
  ['SELECT abs("x") FROM demo', [12, 'function abs expects number for parameter 1 (x), but found string']],
  [
    'SELECT abs(active) FROM typed',
    [
      12,
      'function abs expects number for parameter 1 (x), but active is of type boolean',
      'write cast(active, "float") if its values are such',
    ],
  ],
  [
    'SELECT abs(lower(a)) FROM demo',
    [
      12,
      'function abs expects number for parameter 1 (x), but lower(a) is of type string',
      'write cast(lower(a), "float") if its values are such',
    ],
  ],
  [
    'SELECT sum(active) AS s FROM typed GROUP BY COUNTWINDOW(2)',
    [
      12,
      'function sum expects number for parameter 1 (x), but active is of type boolean',
      'write cast(active, "float") if its values are such',
    ],
  ],
  ['SELECT abs(temperature) AS a, lower(temperature) AS b, round(abs(temperature)) AS c FROM typed'],
  ['SELECT upper(array_create(a)) AS a, split_value("a", "b", lower(a)) AS b, cardinality(lower(a)) AS c FROM demo'],
  ['SELECT max(lower(a)) AS a FROM demo GROUP BY COUNTWINDOW(2)'],
  ['SELECT abs(a) AS a, abs(coalesce(a, "x")) AS b, abs(cardinality(l)) AS c FROM demo'],
  [
    'SELECT dedup_trigger(a, b, 1, 2) FROM demo',
    [8, 'dedup_trigger() expects three columns and a whole number', 'dedup_trigger(start, end, now, seconds)'],
  ],
  ['SELECT dedup_trigger(a, b, c, 2) AS x, dedup_trigger(a, b, d, 2) AS y FROM demo', [40, 'dedup_trigger() twice in a statement']],
  ['SELECT abs(a) OVER (PARTITION BY b) FROM demo', [15, 'OVER after abs(), expected an analytic function before it']],
  ['SELECT last_hit_count() OVER (WHEN b) FROM demo', [25, 'OVER after last_hit_count(), expected an analytic function before it']],
  ['SELECT lag(a) OVER (ORDER BY b) FROM demo', [30, 'ORDER BY in OVER of lag()']],
  [
    'SELECT row_number() OVER (ORDER BY b) FROM demo',
    [36, 'ORDER BY in OVER of row_number()', 'rows are numbered in the order of the window'],
  ],
  [
    'SELECT row_number() OVER (WHEN b) FROM demo',
    [32, 'WHEN in OVER of row_number() without PARTITION BY', 'write the condition into WHERE, or name a partition'],
  ],
  ['SELECT a FROM demo WHERE unnest(a)', [26, 'unnest() outside the fields of SELECT']],
  ["SELECT a FROM demo WHERE changed_cols('', true, a) = 1", [26, 'changed_cols() outside the fields of SELECT']],
  ['SELECT abs(unnest(a)) FROM demo', [12, 'unnest() inside of abs(), expected a field of its own']],
  ['SELECT unnest(a), extract(b) FROM demo', [19, 'extract() beside unnest(), expected at most one function that makes rows']],
  ['SELECT unnest(a, b) FROM demo', [8, 'function unnest expects 1 argument, but found 2']],
  ['SELECT a, a FROM demo', [11, 'duplicate field definition a', 'give one of them an alias']],
  ['SELECT a AS b, b AS a FROM demo', [16, CYCLE, 'an alias may not depend on itself']],
  [
    'SELECT a FROM demo GROUP BY a',
    [29, 'select stmt group by should be used with window', 'add a window such as TUMBLINGWINDOW(ss, 10) to GROUP BY'],
  ],
  [
    'SELECT a FROM demo HAVING a > 1',
    [27, 'Not allowed to call non-aggregate functions in HAVING clause: a', 'write conditions on rows into WHERE'],
  ],
  [
    'SELECT CASE WHEN a THEN 1 END FROM demo',
    [18, 'invalid CASE expression, WHEN expression must be a bool condition', 'nothing is known about the type of a: write a = true'],
  ],
  [
    'SELECT nosuch(a), temprature, lag() OVER (ORDER BY x) FROM typed WHERE unnest(a)',
    [8, 'function nosuch not found'],
    [15, 'unknown field a of stream typed'],
    [19, 'unknown field temprature of stream typed', 'did you mean "temperature"?'],
    [31, 'function lag expects 1 to 4 arguments, but found 0'],
    [52, 'ORDER BY in OVER of lag()'],
    [72, 'unnest() outside the fields of SELECT'],
  ],
]

test.each(CASES.map(([sql, ...problems]) => ({ sql, problems })))('$sql', ({ sql, problems }) => {
  expect(problemsOf(sql)).toEqual(problems.map(([column, message, hint]) => [column, message, hint]))
})

test.each([
  'SELECT CASE WHEN active THEN 1 END FROM typed',
  'SELECT CASE WHEN a = true THEN 1 WHEN isnull(a) THEN 2 END FROM demo',
  'SELECT row_number() OVER (PARTITION BY a WHEN b) FROM demo',
  "SELECT changed_cols('', true, *), lag(a) OVER (PARTITION BY b WHEN c) FROM demo WHERE lag(a) > 1",
  'SELECT a, last_hit_time() AS t FROM demo WHERE last_hit_count() < 3 AND t > 0',
])('%s is accepted', (sql) => {
  expect(problemsOf(sql)).toEqual([])
})
