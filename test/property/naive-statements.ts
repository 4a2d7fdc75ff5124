import type { Struct, Value } from '../../src/data/value.ts'

export interface NaiveInput {
  readonly time: number
  readonly row: Struct
}

interface Comparison {
  readonly op: string
  readonly value: number
}

interface Condition {
  readonly first: readonly [column: string, comparison: Comparison]
  readonly second: readonly [op: string, column: string, comparison: Comparison] | undefined
  readonly negated: boolean
}

interface Aggregate {
  readonly function: string
  readonly column: string
  readonly distinct: boolean
  readonly filter: Condition | undefined
}

/** What a statement asks, from its parts; `sqlOf` writes it down. */
export interface NaiveStatement {
  readonly window: { readonly type: 'count' | 'tumbling' | 'hopping' | 'sliding'; readonly length: number; readonly step: number }
  readonly aggregates: readonly Aggregate[]
  readonly where: Condition | undefined
  readonly grouped: boolean
  /** Compares one of the aggregates, counted round. */
  readonly having: readonly [aggregate: number, comparison: Comparison] | undefined
  /** By the number of rows, then by the key. */
  readonly order: 'ASC' | 'DESC' | undefined
  readonly limit: number | undefined
}

/** Unknown is null. */
type Truth = boolean | null

export function sqlOf({ window, aggregates, where, grouped, having, order, limit }: NaiveStatement): string {
  const { type, length, step } = window
  const windowText = {
    count: `COUNTWINDOW(${length}, ${step})`,
    tumbling: `TUMBLINGWINDOW(ms, ${length})`,
    hopping: `HOPPINGWINDOW(ms, ${length}, ${step})`,
    sliding: `SLIDINGWINDOW(ms, ${length})`,
  }[type]
  const calls = aggregates.map(callText)
  const fields = [...(grouped ? ['k'] : []), 'count(*) AS n', ...calls.map((call, i) => `${call} AS r${i}`)]
  const parts = [
    `SELECT ${fields.join(', ')} FROM demo`,
    where === undefined ? '' : `WHERE ${conditionText(where)}`,
    `GROUP BY ${grouped ? 'k, ' : ''}${windowText}`,
    having === undefined ? '' : `HAVING ${callText(comparedCall(aggregates, having[0]))} ${having[1].op} ${having[1].value}`,
    order === undefined ? '' : `ORDER BY n ${order}`,
    limit === undefined ? '' : `LIMIT ${limit}`,
  ]
  return parts.filter((part) => part !== '').join(' ')
}

function callText({ function: name, column, distinct, filter }: Aggregate): string {
  return `${name}(${distinct ? 'DISTINCT ' : ''}${column})${filter === undefined ? '' : ` FILTER (WHERE ${conditionText(filter)})`}`
}

const COUNT: Aggregate = { function: 'count', column: 'a', distinct: false, filter: undefined }

/** Arrays cannot be compared. */
function comparedCall(aggregates: readonly Aggregate[], place: number): Aggregate {
  const numbers = aggregates.filter(({ function: name }) => name !== 'collect')
  return numbers[place % numbers.length] ?? COUNT
}

function conditionText({ first: [column, { op, value }], second, negated }: Condition): string {
  const text = `${column} ${op} ${value}${second === undefined ? '' : ` ${second[0]} ${second[1]} ${second[2].op} ${second[2].value}`}`
  return negated ? `NOT (${text})` : text
}

/** The results of all windows that end until then, but those without rows and those of which nothing is left. */
export function naiveResults(statement: NaiveStatement, rows: readonly NaiveInput[], until: number): readonly Value[] {
  const { where } = statement
  return windowsOf(statement, rows, until)
    .map((members) => (where === undefined ? members : members.filter((row) => conditionOf(where, row) === true)))
    .map((members) => resultOf(statement, members))
    .filter((result) => result.length > 0)
}

function windowsOf(
  { window: { type, length, step } }: NaiveStatement,
  inputs: readonly NaiveInput[],
  until: number,
): readonly (readonly Struct[])[] {
  const between = (from: number, to: number): readonly Struct[] =>
    inputs.filter(({ time }) => time >= from && time < to).map(({ row }) => row)
  const found: (readonly Struct[])[] = []
  if (type === 'count')
    for (let seen = step; seen <= inputs.length; seen += step) {
      if (seen >= length) found.push(inputs.slice(seen - length, seen).map(({ row }) => row))
    }
  else if (type === 'sliding')
    inputs.forEach(({ time }, i) =>
      found.push(
        inputs
          .slice(0, i + 1)
          .filter((other) => other.time >= time - length)
          .map(({ row }) => row),
      ),
    )
  else for (let end = step; end <= until; end += step) found.push(between(end - length, end))
  return found
}

function resultOf(statement: NaiveStatement, members: readonly Struct[]): readonly Struct[] {
  const groups = new Map<Value, Struct[]>()
  for (const row of members) {
    const key = statement.grouped ? (own(row, 'k') ?? null) : ''
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  const answers = [...groups.values()].map((group) => ({ group, row: rowOf(statement, group) }))
  const { having, aggregates, order, limit } = statement
  const kept = answers.filter(({ group }) => {
    if (having === undefined) return true
    return compared(valueOf(comparedCall(aggregates, having[0]), group), having[1]) === true
  })
  const sorted =
    order === undefined ? kept : kept.toSorted((one, other) => (one.group.length - other.group.length) * (order === 'ASC' ? 1 : -1))
  return sorted.slice(0, limit ?? sorted.length).map(({ row }) => row)
}

function rowOf({ grouped, aggregates }: NaiveStatement, group: readonly Struct[]): Struct {
  const out: Record<string, Value> = {}
  const key = group[0] === undefined ? undefined : own(group[0], 'k')
  if (grouped && key !== undefined) out['k'] = key
  out['n'] = group.length
  aggregates.forEach((call, i) => {
    const value = valueOf(call, group)
    if (value !== null) out[`r${i}`] = value
  })
  return out
}

function own(row: Struct, name: string): Value | undefined {
  return Object.hasOwn(row, name) ? row[name] : undefined
}

function valueOf({ function: name, column, distinct, filter }: Aggregate, group: readonly Struct[]): Value {
  const taken = group.filter((row) => filter === undefined || conditionOf(filter, row) === true).map((row) => own(row, column) ?? null)
  const values = distinct ? [...new Set(taken)] : taken
  const numbers = values.filter((value) => typeof value === 'number')
  if (name === 'collect') return values
  if (name === 'count') return numbers.length
  if (numbers.length === 0) return null
  const sum = numbers.reduce((one, other) => one + other, 0)
  if (name === 'sum') return sum
  if (name === 'avg') return sum / numbers.length
  return name === 'min' ? Math.min(...numbers) : Math.max(...numbers)
}

function conditionOf({ first: [column, comparison], second, negated }: Condition, row: Struct): Truth {
  const left = compared(own(row, column) ?? null, comparison)
  if (second === undefined) return not(negated, left)
  const right = compared(own(row, second[1]) ?? null, second[2])
  const decisive = second[0] === 'OR'
  if (left === decisive || right === decisive) return not(negated, decisive)
  return left === null || right === null ? null : not(negated, !decisive)
}

function not(negated: boolean, truth: Truth): Truth {
  return truth === null ? null : truth !== negated
}

function compared(left: Value, { op, value }: Comparison): Truth {
  if (typeof left !== 'number') return null
  switch (op) {
    case '<':
      return left < value
    case '<=':
      return left <= value
    case '>':
      return left > value
    case '>=':
      return left >= value
    case '=':
      return left === value
    default:
      return left !== value
  }
}
