import { systemClock } from '../../../src/base/clock.ts'
import { runAuthorCommand } from '../run.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs `plutino plugin …` in this process. */
export async function author(...argv: readonly string[]): Promise<Ran> {
  let [out, err] = ['', '']
  const code = await runAuthorCommand(argv, {
    clock: systemClock,
    signal: new AbortController().signal,
    terminal: { out: (text) => void (out += `${text}\n`), err: (text) => void (err += `${text}\n`) },
  })
  return { code, out, err: err.replaceAll(/^.* …\n/gm, '') }
}
