import type { Encoder } from '../../api/codec.ts'
import type { Row, Schema } from '../../data/batch.ts'
import { toRecord } from '../../data/record.ts'
import { isStruct, type Cell, type Struct } from '../../data/value.ts'
import { generate } from './generate.ts'
import { isPlain, valueText } from './value-text.ts'

/**
 * Objects and arrays of objects. A column that is `undefined` is left out, null is written; members of spread records stand among the
 * columns, and of equal names the last one that is present is written.
 */
export function jsonEncoder(schema: Schema): Encoder {
  const single = compileEncoder(schema)
  return {
    single,
    array(rows, from, to) {
      let text = '['
      for (let i = from; i < to; i++) text += (i === from ? '' : ',') + single(rows[i] ?? [])
      return `${text}]`
    },
  }
}

function compileEncoder(schema: Schema): (row: Row) => string {
  const { columns } = schema
  const distinct = new Set(columns.map((column) => column.name)).size === columns.length
  if (columns.length === 1 && columns[0]?.spread === true) return ([record]) => valueText(isStruct(record) ? record : {})
  if (!distinct || columns.some((column) => column.spread === true)) return (row) => valueText(toRecord(schema, row))
  return compileColumns(columns.map((column) => column.name))
}

/**
 * Plain columns: `JSON.stringify` of a fresh object is cheaper than putting texts together, as long as it writes every value as we do.
 */
function compileColumns(names: readonly string[]): (row: Row) => string {
  const checks = names.map((_, i) => ` && (typeof row[${i}] === 'string' || plain(row[${i}]))`).join('')
  // In brackets `__proto__` is a name like any other.
  const members = names.map((name, i) => `[${JSON.stringify(name)}]: row[${i}]`).join(', ')
  const source = `function encode(row) {\n  const object = { ${members} }\n  return true${checks} ? JSON.stringify(object) : valueText(object)\n}`
  return generate<(row: Row) => string>({ plain, valueText: (object: Struct) => valueText(object) }, source)
}

function plain(cell: Cell): boolean {
  return typeof cell === 'number' ? cell - cell === 0 : isPlain(cell, 0)
}
