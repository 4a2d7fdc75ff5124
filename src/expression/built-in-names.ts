/** Functions of the dialect by what executes them; a name that is in no lookup but here is valid, only not executed yet. */
const NAMES: Readonly<Record<string, string>> = {
  aggregates: 'last_agg_hit_count last_agg_hit_time',
  'analytic functions': 'lag latest changed_col had_changed acc_sum acc_count acc_avg acc_min acc_max changed_cols row_number',
  'set-returning functions': 'unnest extract',
  'window functions': 'window_start window_end window_trigger dedup_trigger',
  functions:
    'now current_timestamp local_time local_timestamp cur_date current_date cur_time current_time format_time date_calc date_diff day_name month_name day_of_month day day_of_year day_of_week hour minute second microsecond month last_day from_days from_unix_time ' +
    'cardinality array_cardinality array_concat array_contains array_contains_any array_create array_distinct array_except array_flatten array_intersect array_join array_last_position array_position array_map array_max array_min array_remove array_shuffle array_sort array_union element_at kvpair_array_to_obj repeat sequence ' +
    'keys values items zip object object_construct object_concat erase object_pick object_size obj_to_kvpair_array to_json parse_json json_path_query json_path_query_first json_path_exists md5 sha1 sha256 sha384 sha512 crc32 convert_tz to_seconds compress decompress ' +
    'isnull coalesce newuuid tstamp rule_id rule_start last_hit_count last_hit_time get_keyed_state delay props bypass',
}

/** What kind of built-in function this is, such as `aggregates`; undefined when there is none of that name. */
export function kindOfBuiltIn(name: string): string | undefined {
  const wanted = name.toLowerCase()
  return Object.keys(NAMES).find((kind) => NAMES[kind]?.split(' ').includes(wanted))
}
