import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Figure } from './report.ts'

/** Microseconds of one call with 100 rows; each in a process of its own. */
function measure(executor: string, columns: string): number {
  return Number(execFileSync(process.execPath, [join(import.meta.dirname, 'plugin-sink.ts'), executor, columns], { encoding: 'utf8' }))
}

/** A call of a sink plugin with 100 rows of 6 columns: our host against the JavaScript that jco generates for the same component. */
export async function pluginFigures(): Promise<readonly Figure[]> {
  const ours = measure('ours', '6')
  const jco = measure('jco', '6')
  return [
    { name: 'sink plugin call, 100 rows x 6 columns', value: ours, unit: 'us', rival: { name: 'jco', value: jco } },
    { name: 'the same: how many times cheaper than jco', value: jco / ours, unit: 'times', least: 3 },
  ]
}
