import { PlutinoError } from '../../../base/errors.ts'

export interface ChunkLimits {
  /** Bytes of one packet, max_allowed_packet of the server. */
  readonly packet: number
  /** Parameters in a row. */
  readonly width: number
}

/** The protocol counts the parameters of a statement in 16 bits. */
const MOST_PARAMETERS = 65_535
/**
 * The database spends a quarter less on a row when a statement has no more: what it keeps of each parameter then stays in its cache. A statement
 * less costs more than that where one is enough for all rows.
 */
const FEW_PARAMETERS = 2560
/** So many rows go into one statement, if nothing is against it. */
export const ONE_STATEMENT = 1000
/** Few sizes, so that the statements prepared for them are used again; 1000 and 100 because batches have these sizes. */
const SIZES = [ONE_STATEMENT, 512, 256, 128, 100, 64, 32, 16, 8, 4, 2, 1]

/** How many rows of so many bytes go into each INSERT, in order, so that none exceeds a limit. Throws `rejected` for a row that exceeds one alone. */
export function chunkSizes(bytes: readonly number[], limits: ChunkLimits): number[] {
  if (limits.width > MOST_PARAMETERS)
    throw new PlutinoError('rejected', `expected at most ${MOST_PARAMETERS} values in a row, got ${limits.width}`)
  const room = limits.packet - 1024
  const most = bytes.length > ONE_STATEMENT ? Math.max(FEW_PARAMETERS, limits.width) : MOST_PARAMETERS
  const widest = Math.floor(most / limits.width)
  const sizes: number[] = []
  for (let from = 0; from < bytes.length; from += sizes.at(-1) ?? 1) sizes.push(nextSize(bytes, from, { room, widest }))
  return sizes
}

function nextSize(bytes: readonly number[], from: number, limits: { room: number; widest: number }): number {
  const left = bytes.length - from
  for (const size of SIZES) {
    if (size > left || size > limits.widest) continue
    let sum = 0
    for (let i = from; i < from + size && sum <= limits.room; i++) sum += bytes[i] ?? 0
    if (sum <= limits.room) return size
  }
  throw new PlutinoError(
    'rejected',
    `a row of ${bytes[from] ?? 0} bytes is larger than max_allowed_packet of the database, ${limits.room + 1024}`,
  )
}
