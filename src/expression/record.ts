import { put } from '../data/record.ts'
import { isStruct, type Cell, type Value } from '../data/value.ts'

/** A copy of a record without the members `except` and with others set; a null that is set is left out. */
export function changedRecord(record: Cell, except: readonly string[], names: readonly string[], values: readonly Cell[]): Cell {
  if (!isStruct(record)) return record
  const changed: Record<string, Value> = {}
  for (const [name, value] of Object.entries(record)) if (!except.includes(name) && !names.includes(name)) put(changed, name, value)
  for (const [i, name] of names.entries()) {
    const value = values[i]
    if (value !== null && value !== undefined) put(changed, name, value)
  }
  return changed
}

/** An object of values; the members of a value whose name is `*` are taken over. Later ones win, absent ones are left out. */
export function objectOf(names: readonly string[], values: readonly Cell[]): Cell {
  const made: Record<string, Value> = {}
  for (const [i, name] of names.entries()) {
    const value = values[i]
    if (value === undefined) continue
    if (name !== '*') put(made, name, value)
    else if (isStruct(value)) for (const [key, member] of Object.entries(value)) put(made, key, member)
  }
  return made
}
