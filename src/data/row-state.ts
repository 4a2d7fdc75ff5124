import type { Row } from './batch.ts'
import { type Cell, isStruct, type Value } from './value.ts'

/**
 * Rows as plain data for a checkpoint. Rows never change, so those in which every cell has a value are taken as they are; the others
 * say which of their cells are absent.
 */
export function stateOfRows(rows: readonly Row[]): Value {
  return rows.map(stateOfRow)
}

function stateOfRow(row: Row): Value {
  if (isWhole(row)) return row
  return { cells: row.map((cell) => cell ?? null), absent: row.flatMap((cell, slot) => (cell === undefined ? [slot] : [])) }
}

/** What `stateOfRows` was given. */
export function rowsOfState(state: Value | undefined): Row[] {
  return Array.isArray(state) ? state.map(rowOfState) : []
}

function rowOfState(state: Value): Row {
  if (Array.isArray(state)) return state
  if (!isStruct(state)) return []
  const { cells, absent } = state
  const row: Cell[] = Array.isArray(cells) ? [...cells] : []
  if (Array.isArray(absent)) for (const slot of absent) row[Number(slot)] = undefined
  return row
}

function isWhole(row: Row): row is readonly Value[] {
  return !row.includes(undefined)
}
