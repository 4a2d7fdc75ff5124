import type { Surroundings } from './command.ts'

/** What takes less is not worth a word. */
const PATIENCE_MS = 1000
const TICK_MS = 200

/** Says what takes long: on a terminal in one line that counts the seconds, elsewhere once. */
export async function withProgress<T>(what: string, { terminal, clock }: Surroundings, work: Promise<T>): Promise<T> {
  const started = clock.now()
  const { status } = terminal
  const tick = (): void => {
    if (status === undefined) {
      terminal.err(`${what} …`)
      return
    }
    status(`${what} … ${Math.floor((clock.now() - started) / 1000)} s`)
    cancel = clock.after(TICK_MS, tick)
  }
  let cancel = clock.after(PATIENCE_MS, tick)
  try {
    return await work
  } finally {
    cancel()
    status?.('')
  }
}
