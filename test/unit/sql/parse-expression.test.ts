import { expect, test } from 'vitest'
import { parseSelect } from '../../../src/sql/parser.ts'
import { expressionOf, fieldShape, shape } from './shape.ts'

test.each([
  ['a or b and c', '(OR a (AND b c))'],
  ['a and b or c and d', '(OR (AND a b) (AND c d))'],
  ['a = 1 or b = 2 and c = 3', '(OR (= a 1) (AND (= b 2) (= c 3)))'],
  ['a + b * c - d', '(- (+ a (* b c)) d)'],
  ['a | b & c ^ d', '(^ (| a (& b c)) d)'],
  ['a - b - c', '(- (- a b) c)'],
  ['a / b % c', '(% (/ a b) c)'],
  ['(a + b) * c', '(* (+ a b) c)'],
  ['a < b = c', '(= (< a b) c)'],
  ['a <> 1', '(!= a 1)'],
  ['a ! = 1 and b > = 2 and c < = 3', '(AND (AND (!= a 1) (>= b 2)) (<= c 3))'],
  ['2 * a->b', '(* 2 (-> a b))'],
  ['2 * a[0]', '(* 2 ([] a 0))'],
  ['a->b[0]->c', '(-> ([] (-> a b) 0) c)'],
  ['a.b', 'a.b'],
  ['a.b.c', '(-> a.b c)'],
  ['f(x).y', '(-> (f x) y)'],
  ['a[1:2]', '([:] a 1 2)'],
  ['a[:n+1]', '([:] a _ (+ n 1))'],
  ['a[1:]', '([:] a 1 _)'],
  ['a[:]', '([:] a _ _)'],
  ['a[]', '([:] a _ _)'],
  ['a[-1]', '([] a -1)'],
  ['a[*]', '([] a (*))'],
  ['not a = b', '(NOT (= a b))'],
  ['not a and b', '(AND (NOT a) b)'],
  ['not not a', '(NOT (NOT a))'],
  ['-a * b', '(* (- a) b)'],
  ['-a->b', '(- (-> a b))'],
  ['-(1)', '(- 1)'],
  ['-7->b', '(-> -7 b)'],
  ['a - -1', '(- a -1)'],
  ['a -1', '(- a 1)'],
  ['- 3', '-3'],
  ['-. 3', '-0.3f'],
  ['a is null', '(isNull a)'],
  ['a is not null and b', '(AND (not-isNull a) b)'],
  ['is + null', '(+ is null)'],
  ['a like "x%"', '(like a "x%")'],
  ['a not like b + c', '(not-like a (+ b c))'],
  ['a between 1 and 2 and b', '(AND (between a 1 2) b)'],
  ['a not between b + 1 and c * 2', '(not-between a (+ b 1) (* c 2))'],
  ['a in (1, 2.5, b)', '(in a 1 2.5f b)'],
  ['a not in b->c', '(not-in a array (-> b c))'],
  ['a in b + c', '(in a array (+ b c))'],
  ['case when a > 1 then "x" else "y" end', '(case _ (> a 1):"x" "y")'],
  ['case a when 1 then 2 when 3 then 4 end', '(case a 1:2 3:4 _)'],
  ['f()', '(f)'],
  ['f(a, b,)', '(f a b)'],
  ['count(*)', '(count (*))'],
  ['count(* EXCEPT(a, b))', '(count (* -a -b))'],
  ['count(distinct a)', '(count DISTINCT a)'],
  ['f(distinct, distinct - 1)', '(f distinct (- distinct 1))'],
  ['collect(d.*)', '(collect (* d))'],
  ['cast(a AS BIGINT)', '(cast a "bigint")'],
  ['cast(a, "bigint")', '(cast a "bigint")'],
  ['sum(a) filter (where b > 1)', '(sum a FILTER (> b 1))'],
  ['lag(a) over (partition by b, c when d)', '(lag a (over b c WHEN d))'],
  ['row_number() over (partition by a order by b desc, c asc)', '(row_number (over a ORDER b DESC ORDER c))'],
  ['date_trunc(dd, ss)', '(date_trunc dd ss)'],
  ['"a" + \'b\'', '(+ "a" "b")'],
  ['true and FALSE', '(AND true false)'],
  ['`from`.`中文`', 'from.中文'],
  ['a->`b c`', '(-> a b c)'],
  ['_private + a_1', '(+ _private a_1)'],
])('%s is read as %s', (text, expected) => {
  expect(shape(expressionOf(text))).toBe(expected)
})

test.each([
  ['12', '12'],
  ['9223372036854775807', '9223372036854775807'],
  ['-9223372036854775808', '-9223372036854775808'],
  ['9007199254740993', '9007199254740993'],
  ['1.5', '1.5f'],
  ['.5', '0.5f'],
  ['1.', '1f'],
  ['1e3', '1000f'],
  ['2.5E-1', '0.25f'],
])('the number %s keeps its value and kind', (text, expected) => {
  expect(shape(expressionOf(text))).toBe(expected)
})

test.each([
  ['distinct a', true, 'a'],
  ['distinct *', true, '(*)'],
  ['distinct (a)', true, 'a PARENTHESIZED'],
  ['distinct case when a then 1 end', true, '(case _ a:1 _)'],
  ['distinct not a', true, '(NOT a)'],
  ['distinct', false, 'distinct'],
  ['distinct as x', false, 'distinct AS x'],
  ['distinct, a', false, 'distinct'],
  ['distinct->a', false, '(-> distinct a)'],
  ['distinct * 2', false, '(* distinct 2)'],
  ['distinct not in (a)', false, '(not-in distinct a)'],
  ['distinct is null', false, '(isNull distinct)'],
  ['`distinct` a', false, 'distinct AS a'],
])('SELECT %s: DISTINCT is the keyword only where a name would be an error', (text, distinct, field) => {
  const select = parseSelect(`SELECT ${text} FROM s`)
  expect([select.distinct ?? false, select.fields.map(fieldShape)[0]]).toEqual([distinct, field])
})

test('names that objects inherit are ordinary names', () => {
  expect(shape(expressionOf('__proto__ + constructor.toString->hasOwnProperty'))).toBe(
    '(+ __proto__ (-> constructor.toString hasOwnProperty))',
  )
  expect(shape(expressionOf('toString(a)'))).toBe('(toString a)')
})

test('every node knows its place in the text, parentheses around an operand included', () => {
  const text = 'SELECT (a + b) * c->d FROM s'
  const product = parseSelect(text).fields[0]?.expr
  if (product?.kind !== 'binary') throw new Error('no product')
  const places = [product, product.left, product.right].map(({ at, end }) => text.slice(at, end))
  expect(places).toEqual(['(a + b) * c->d', 'a + b', 'c->d'])
})
