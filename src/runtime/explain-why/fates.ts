/** What became of a row. Several of these may come for one row, one after another. */
export interface RowFate {
  readonly stream: string
  /** Counts the rows of the stream from 1, those included that cannot be decoded. */
  readonly row: number
  readonly what: 'undecoded' | 'failed' | 'late' | 'dropped' | 'waiting' | 'kept' | 'output'
  /** Of a row that was dropped the clause that did it: WHERE, FILTER, ON, HAVING, DISTINCT, LIMIT, WINDOW. */
  readonly by?: string
  readonly why?: string
  /** Which result it is part of; counts the messages of the rule from 1, errors included. */
  readonly output?: number
  /** How much later it came than the watermark allows, in milliseconds. */
  readonly late?: number
  /** When what it waits for ends, in milliseconds. */
  readonly until?: number
  /** How many more rows it waits for. */
  readonly rows?: number
}

/** What became of a row, without the row. */
export type Fate = Omit<RowFate, 'stream' | 'row'>
