import type { Call, CreateStream, Select } from '../../src/sql/ast.ts'
import type { FunctionPlace } from '../../src/sql/validate-select.ts'
import { validateSelect } from '../../src/sql/validate-select.ts'
import { validateStream } from '../../src/sql/validate-stream.ts'
import { descendants, overParts, present } from '../../src/sql/walk.ts'

const FORMATS = ['json', 'binary', 'delimited', 'urlencoded', 'protobuf', 'custom']

const PLACES: ReadonlyMap<string, FunctionPlace> = new Map(
  Object.entries({
    aggregate:
      'avg count max min sum collect merge_agg deduplicate last_value median stddev stddevs var vars percentile_cont percentile_disc last_agg_hit_count last_agg_hit_time',
    analytic: 'lag latest changed_col had_changed acc_sum acc_min acc_max acc_avg acc_count',
    window: 'row_number',
    columns: 'changed_cols',
    rows: 'unnest extract',
  } satisfies Partial<Record<FunctionPlace, string>>).flatMap(([place, names]) =>
    names.split(' ').map((name) => [name, place as FunctionPlace]),
  ),
)

const CONDITIONS = new Set(['AND', 'OR', '=', '!=', '<', '<=', '>', '>='])
const PREDICATES = new Set(['between', 'in', 'like', 'boolean'])

/** Refuses what eKuiper's parser refuses after it has built the tree, with the functions and formats that eKuiper has. */
export function checkSelect(select: Select, text: string): void {
  validateSelect(select, {
    placeOf: (name) => PLACES.get(name.toLowerCase()),
    report: (_, message) => {
      throw new Error(message)
    },
  })
  refuseWhatWeAccept(select, text)
}

export function checkStream(stream: CreateStream, text: string): void {
  validateStream(stream, { text, formats: FORMATS })
}

/**
 * Plutino accepts any boolean after CASE WHEN, also a column or a condition in parentheses (conformance/behaviour, DIFFERENCES.md, `superset`);
 * eKuiper's parser only what is a condition by its outermost operator. The recorded verdicts are those of its parser.
 */
function refuseWhatWeAccept(select: Select, text: string): void {
  const { window } = select
  const roots = present([
    ...select.fields.map((field) => field.expr),
    ...select.joins.map((join) => join.on),
    select.where,
    ...select.groupBy,
    ...present([window?.begin, window?.emit, window?.filter, ...overParts(window?.over)]),
    select.having,
    ...select.orderBy.map((term) => term.expr),
  ])
  for (const expr of descendants(roots)) {
    if (expr.kind === 'call') checkCall(expr, window !== undefined)
    if (expr.kind !== 'case' || expr.operand !== undefined) continue
    for (const { at, when } of expr.whens) {
      const condition = when.kind === 'binary' ? CONDITIONS.has(when.op) : PREDICATES.has(when.kind)
      if (!condition || text.slice(at, when.at).includes('(')) throw new Error('CASE WHEN without a condition')
    }
  }
}

function checkCall(call: Call, windowed: boolean): void {
  if (call.name.toLowerCase() === 'dedup_trigger') checkDedupTrigger(call)
  if (call.filter !== undefined && !windowed) throw new Error('FILTER of an aggregate without a window')
}

/** Three columns and a whole number. */
function checkDedupTrigger({ args }: Call): void {
  const kinds = args.map((arg) => arg.kind).join(' ')
  if (kinds !== 'column column column integer') throw new Error('dedup_trigger with other arguments')
}
