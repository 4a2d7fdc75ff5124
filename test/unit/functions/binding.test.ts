import { expect, test } from 'vitest'
import { functions } from '../../../src/functions/index.ts'
import { answers, environment, planError } from '../../support/sql.ts'

const byName = new Map(functions.flatMap(({ function: f }) => [f.name, ...(f.aliases ?? [])].map((name) => [name, f] as const)))
const env = { ...environment(), functions: { find: (name: string) => byName.get(name.toLowerCase()), names: () => byName.keys() } }

test.each([
  ['from_unix_time(86400)', 'expects a column or the result of a function for parameter 1 (seconds), but found a literal'],
  ['json_path_query(a, b)', 'expects a literal of type string for parameter 2 (path), but found an expression'],
  ['json_path_query(a, 1)', 'expects a literal of type string for parameter 2 (path), but found int64'],
  ['object_construct("k", 1, "m")', 'expects at least 2 arguments, in groups of 2, but found 3'],
  ['object_construct("k", 1, 2, 3)', 'expects string for parameter 3 (key), but found int64'],
  ['object_construct("k")', 'expects at least 2 arguments, but found 1'],
  ['object_concat(a)', 'expects at least 2 arguments, but found 1'],
  ['substring(a, 3, 1)', 'expected a start not behind the end, got 3 and 1'],
  ['substring(a, -1)', 'expected a start from 0 on, got -1'],
  ['split_value(a, "/", -1)', 'expected a part from 0 on, got -1'],
  ['split_value(a, "/", 1.5)', 'expects bigint for parameter 3 (i), but found float64'],
  ['compress(1, "zlib")', 'expects string for parameter 1 (data), but found int64'],
  ['get_keyed_state("k", "bytea", 1)', 'expected one of bigint, float, string, boolean, datetime, got "bytea"'],
  ['encode(a, "hex")', 'the only encoding is "base64"'],
  ['chr(true)', 'expected a text of one character or a whole number'],
  ['hour(7)', 'expects datetime for parameter 1 (t), but found int64'],
  ['now("x")', 'expects bigint for parameter 1 (fsp), but found string'],
  ['cur_date(a)', 'expects 0 arguments, but found 1'],
])('%s is refused', (call, message) => {
  const { message: got, position } = planError(`SELECT ${call} AS r FROM demo`, env)
  expect(got).toContain(message)
  expect(position).toMatchObject({ line: 1 })
})

test.each([
  ['repeat("x", 2)', 'expected a bigint, got float64(2)'],
  ['sequence(1, a)', 'expected a bigint, got float64(1)'],
  ['array_contains(7, a)', 'expected an array, got int64(7)'],
  ['keys("x")', 'expected an object, got string(x)'],
  ['dec2hex("16")', 'expected a whole number, got string(16)'],
])('%s is an error of the row', (call, message) => {
  expect(answers(`SELECT ${call} AS r FROM demo`, [{ a: 3 }], env)).toEqual([expect.stringContaining(message)])
})

test.each([
  ['repeat("x", cast(a, "bigint"))', ['x', 'x', 'x']],
  ['repeat("x", length("abc"))', ['x', 'x', 'x']],
  ['date_calc(b, "1h")', '1970-01-01 01:00:00'],
  ['format_time("2024-02-29", "YYYY")', '2024'],
  ['dec2hex(16)', '0x10'],
  ['from_days(366)', '1971-01-01'],
])('%s is accepted', (call, result) => {
  expect(answers(`SELECT ${call} AS r FROM demo`, [{ a: 3, b: 0 }], env)).toEqual([{ r: result }])
})

test.each([
  'abs acos asin atan atan2 bitand bitnot bitor bitxor ceil ceiling conv cos cosh cot degrees exp floor ln log mod pi pow power radians rand round sign sin sinh sqrt tan tanh',
  'concat endswith format indexof length lower lpad ltrim numbytes regexp_matches regexp_replace regexp_substr reverse rpad rtrim split_value startswith substring trim upper',
  'cur_date cur_time current_date current_time current_timestamp date_calc date_diff day day_name day_of_month day_of_week day_of_year format_time from_days from_unix_time hour last_day local_time local_timestamp microsecond minute month month_name now second',
  'array_cardinality array_concat array_contains array_contains_any array_create array_distinct array_except array_flatten array_intersect array_join array_last_position array_map array_max array_min array_position array_remove array_shuffle array_sort array_union cardinality element_at kvpair_array_to_obj repeat sequence',
  'erase items keys obj_to_kvpair_array object object_concat object_construct object_pick object_size values zip',
  'json_path_exists json_path_query json_path_query_first parse_json to_json crc32 md5 sha1 sha256 sha384 sha512',
  'cast chr compress convert_tz dec2hex decode decompress encode hex2dec to_seconds trunc',
  'bypass coalesce delay event_time get_keyed_state isnull last_hit_count last_hit_time meta mqtt newuuid props rule_id rule_start tstamp window_end window_start window_trigger',
])('there are %s', (names) => {
  expect(names.split(' ').filter((name) => !byName.has(name))).toEqual([])
})
