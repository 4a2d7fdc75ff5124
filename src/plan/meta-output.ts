import type { Slots } from '../expression/slots.ts'
import type { Select } from '../sql/ast.ts'
import type { BoundSelect } from './bound-select.ts'

const META_COLUMN = '__meta'

/** The metadata of the message as a column (sendMetaToSink), where a row is of one message: not behind windows and joins. */
export function withMeta(select: Select, bound: BoundSelect, slots: Slots): BoundSelect {
  const { columns, expand } = bound.outputs
  if (select.window !== undefined || select.joins.length > 0) return bound
  if (columns.some(({ column }) => column.name === META_COLUMN)) return bound
  const slot = slots.meta(0, '*')
  const meta = {
    column: { name: META_COLUMN },
    expr: { kind: 'slot', slot, name: META_COLUMN, type: 'struct', at: select.at },
    nulls: 'keep',
  } as const
  // What is spread stands last.
  const last = expand === undefined ? columns.length : columns.length - 1
  return { ...bound, outputs: { ...bound.outputs, columns: columns.toSpliced(last, 0, meta) } }
}
