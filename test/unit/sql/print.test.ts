import { expect, test } from 'vitest'
import { parseStatement } from '../../../src/sql/parser.ts'
import { printStatement } from '../../../src/sql/print.ts'

test.each([
  ['select (a+b)*c, (a) , a*(b*c) from s', 'SELECT (a + b) * c, (a), a * (b * c) FROM s'],
  ['select a x from s y where not (a and b) or -(-c) > 1', 'SELECT a AS x FROM s AS y WHERE NOT (a AND b) OR -(-c) > 1'],
  ['select -(1), - 1, 1., 1e30, -.5 from s', 'SELECT -(1), -1, 1.0, 1e+30, -0.5 FROM s'],
  ['select distinct (-a) + 1 from s', 'SELECT DISTINCT (-a) + 1 FROM s'],
  ["select 'it\\'s \"x\"\\n' from s", String.raw`SELECT "it's \"x\"\u000a" FROM s`],
  ['select `order`, `a b`, ss, d.* except(`from`) from a/+/# ', 'SELECT `order`, `a b`, `ss`, d.* EXCEPT(`from`) FROM `a/+/#`'],
  ['select f(*, a.b->c[1:]) over (partition by y when x) from s', 'SELECT f(*, a.b->c[1:]) OVER (PARTITION BY y WHEN x) FROM s'],
  [
    'select a from s join t on a=b group by tumblingwindow(SS,10) filter(where a>1), a having b order by a desc, b asc limit 3;',
    'SELECT a FROM s INNER JOIN t ON a = b GROUP BY a, TUMBLINGWINDOW(SS, 10) FILTER (WHERE a > 1) HAVING b ORDER BY a DESC, b LIMIT 3',
  ],
  [
    'create stream s (a bigint default 3, b array(struct(x float)),) with (shared="true" datasource="a\\"b",)',
    String.raw`CREATE STREAM s (a BIGINT DEFAULT 3, b ARRAY(STRUCT(x FLOAT))) WITH (SHARED=TRUE, DATASOURCE="a\"b")`,
  ],
  ['show streams;', 'SHOW STREAMS'],
  ['drop table `a b`', 'DROP TABLE `a b`'],
  ['explain select a from s', 'EXPLAIN SELECT a FROM s'],
  ['explain table t', 'EXPLAIN TABLE t'],
])('%s is printed as %s', (text, expected) => {
  expect(printStatement(parseStatement(text))).toBe(expected)
})
