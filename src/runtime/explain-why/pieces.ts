import type { RowBatch } from '../../data/batch.ts'

/** A batch as one for each row, or for each result of a window, and for each error: what a step makes of each can then be told. */
export function piecesOf(batch: RowBatch): readonly RowBatch[] {
  const { schema, rows, results, errors = [] } = batch
  const bounds = results ?? Array.from({ length: rows.length + 1 }, (_, i) => i)
  const waiting = [...errors]
  const pieces: RowBatch[] = []
  const inResults = results !== undefined
  const failed = (until: number): void => {
    while (waiting[0] !== undefined && waiting[0].at <= until) {
      const moved = waiting.splice(0, 1).map(({ error }) => ({ at: 0, error }))
      pieces.push({ schema, rows: [], errors: moved, ...(inResults ? { results: [0] } : {}) })
    }
  }
  for (let i = 0; i + 1 < bounds.length; i++) {
    const [from, to] = [bounds[i] ?? 0, bounds[i + 1] ?? 0]
    failed(from)
    pieces.push({ schema, rows: rows.slice(from, to), ...(inResults ? { results: [0, to - from] } : {}) })
  }
  failed(Number.POSITIVE_INFINITY)
  return pieces
}
