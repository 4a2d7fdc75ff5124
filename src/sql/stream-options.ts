/** How the value of an option is written. `flag`: TRUE, FALSE or "true", "false"; all others are texts in double quotes. */
export interface OptionRule {
  readonly name: string
  readonly kind: 'text' | 'flag' | 'integer' | 'object' | 'choice'
  /** Of a choice; lower case. */
  readonly choices?: readonly string[]
}

/** Options of CREATE STREAM and CREATE TABLE, in the order in which messages list them. */
export const STREAM_OPTIONS: readonly OptionRule[] = [
  { name: 'DATASOURCE', kind: 'text' },
  { name: 'TYPE', kind: 'text' },
  { name: 'FORMAT', kind: 'text' },
  { name: 'SCHEMAID', kind: 'text' },
  { name: 'DELIMITER', kind: 'text' },
  { name: 'CONF_KEY', kind: 'text' },
  { name: 'KEY', kind: 'text' },
  { name: 'STRICT_VALIDATION', kind: 'flag' },
  { name: 'SHARED', kind: 'flag' },
  { name: 'TIMESTAMP', kind: 'text' },
  { name: 'TIMESTAMP_FORMAT', kind: 'text' },
  { name: 'KIND', kind: 'choice', choices: ['scan', 'lookup'] },
  { name: 'RETAIN_SIZE', kind: 'integer' },
  { name: 'VERSION', kind: 'text' },
  { name: 'EXTRA', kind: 'object' },
  { name: 'TEMP', kind: 'flag' },
]
