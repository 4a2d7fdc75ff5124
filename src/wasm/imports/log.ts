import { guestText } from '../values/guest-text.ts'
import type { HostFunction } from './host-import.ts'

/** How many bytes of one line reach the log. */
const LINE_BYTES = 8192

/** `levels`: their names by discriminant. `write` makes the text of a line only when it is wanted: a guest may log without end. */
export function logFunctions(
  levels: readonly string[],
  write: (level: string, text: () => string) => void,
): ReadonlyMap<string, HostFunction> {
  return new Map<string, HostFunction>([
    [
      'log.log',
      (args) => {
        const level = levels[args.u8()] ?? 'info'
        const line = args.blob()
        write(level, () => guestText(line.toString('utf8', 0, LINE_BYTES + 1), LINE_BYTES))
      },
    ],
  ])
}
