/** The kinds of syntax tree nodes that a statement may hold; what is not here is refused. */
export const NODES: ReadonlySet<string> = new Set([
  'select',
  'insert',
  'replace',
  'update',
  'delete',
  'values',
  'expr_list',
  'column_ref',
  'star',
  'number',
  'bigint',
  'string',
  'single_quote_string',
  'double_quote_string',
  'bool',
  'null',
  'origin',
  'binary_expr',
  'unary_expr',
  'function',
  'aggr_func',
  'cast',
  'case',
  'when',
  'else',
  'default',
  'backticks_quote_string',
  'hex_string',
  'full_hex_string',
  'bit_string',
  'interval',
  'expr',
  'dual',
])

/** Directions of ORDER BY, which the parser writes into `type` too. */
export const DIRECTIONS: ReadonlySet<string> = new Set(['ASC', 'DESC'])

/** Functions without effects outside the statement, without waiting and without access to files or the server. */
export const FUNCTIONS: ReadonlySet<string> = new Set(
  `now current_timestamp current_date current_time utc_timestamp values if ifnull nullif coalesce concat concat_ws substring substr left
   right lower upper trim ltrim rtrim length char_length replace greatest least abs round floor ceil ceiling mod power sqrt sign truncate
   json_object json_array json_set json_merge_patch json_extract json_unquote json_value date time year month day hour minute second
   from_unixtime unix_timestamp str_to_date date_format date_add date_sub timestampdiff uuid unhex hex md5 sha2
   st_geomfromtext st_astext point any exists`.split(/\s+/),
)

export const AGGREGATES: ReadonlySet<string> = new Set(['count', 'sum', 'min', 'max', 'avg', 'group_concat'])

/** `||` is OR in MySQL and joins texts in SQLite, `:=` assigns: both are left out. */
export const OPERATORS: ReadonlySet<string> = new Set(
  '= <> != < > <= >= + - * / % MOD DIV & | ^ << >> ~ ! -> ->> AND OR XOR NOT LIKE IN IS BETWEEN EXISTS'
    .split(' ')
    .concat('NOT LIKE', 'NOT IN', 'IS NOT', 'NOT BETWEEN', 'NOT EXISTS'),
)
