import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Line, readLines } from './lines.ts'
import { report, type Result } from './report.ts'
import { WatchedWorker } from './watched-worker.ts'

const USAGE = `npm run conformance -- [options] [file or folder ...]
  --category NAME   only this category (may be repeated)
  --id TEXT         only cases whose id contains TEXT (may be repeated)
  --show N          failures printed in full (10)
  --decided         print cases that are decided otherwise like failures
  --patience MS     time for one case (5000)`

const RECORDED = ['sql', 'behaviour'].map((name) => fileURLToPath(new URL(`../../../shared/conformance/${name}`, import.meta.url)))

/** Threads lost in a row after which it is no use to go on. */
const GIVE_UP = 10

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      category: { type: 'string', multiple: true },
      id: { type: 'string', multiple: true },
      show: { type: 'string', default: '10' },
      decided: { type: 'boolean', default: false },
      patience: { type: 'string', default: '5000' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const { category, id } = values
  const paths = positionals.length > 0 ? positionals : RECORDED.filter((place) => existsSync(place))
  if (values.help || paths.length === 0) throw new Error(USAGE)
  const lines = readLines(paths)
    .filter((line) => category === undefined || category.includes(line.category))
    .filter((line) => id === undefined || id.some((part) => line.id.includes(part)))
  const results = await runAll(lines, Number(values.patience))
  process.stdout.write(`${report(results, { show: Number(values.show), decided: values.decided })}\n`)
  return lines.length > 0 && results.every(({ verdict }) => verdict.failure === undefined || verdict.decided !== undefined) ? 0 : 1
}

async function runAll(lines: readonly Line[], patience: number): Promise<readonly Result[]> {
  const worker = new WatchedWorker(patience)
  const results: Result[] = []
  for (const line of lines) {
    results.push({ line, verdict: await worker.run(line.text) })
    if (worker.lost >= GIVE_UP) throw new Error(`${GIVE_UP} runners in a row ended without an answer: ${results.at(-1)?.verdict.failure}`)
  }
  await worker.close()
  return results
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
