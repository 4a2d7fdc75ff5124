import { cpuMicros, residentBytes } from './load/cpu.ts'
import { ServerProcess } from './load/process.ts'
import type { Figure } from './report.ts'

const MIB = 1024 * 1024
/** Until the process has given back what its start, or the creation of rules, took for a moment. */
const QUIET_MS = 6000

/** Start, memory at rest, and memory with 1,000 rules that wait on one shared stream. */
export async function serverFigures(): Promise<readonly Figure[]> {
  const starts: number[] = []
  for (let i = 0; i < 5; i++) {
    const server = await ServerProcess.start()
    starts.push(server.startMs)
    await server.stop()
  }
  const server = await ServerProcess.start()
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
  const rest = residentBytes(server.pid)
  await server.request('POST', '/streams', {
    sql: 'CREATE STREAM idle () WITH (TYPE="memory", DATASOURCE="idle", FORMAT="json", SHARED="true")',
  })
  const [begin, used] = [performance.now(), cpuMicros(server.pid)]
  for (let i = 0; i < 1000; i++) {
    await server.request('POST', '/rules', { id: `r${i}`, sql: `SELECT a, b * ${i} AS c FROM idle WHERE a > ${i}`, actions: [{ nop: {} }] })
  }
  const created = (performance.now() - begin) / 1000
  const cpu = (cpuMicros(server.pid) - used) / 1e6
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
  const full = residentBytes(server.pid)
  const again = await server.restart()
  await allRunning(again)
  const restarted = cpuMicros(again.pid) / 1e6
  await again.stop()
  return [
    {
      name: 'start of the process to the first answer (median of 5)',
      value: starts.toSorted((a, b) => a - b)[2] ?? 0,
      unit: 'ms',
      most: 500,
    },
    { name: 'resident memory without demo and rules', value: rest / MIB, unit: 'MiB', most: 100 },
    { name: 'resident memory with 1,000 idle rules on one shared stream', value: full / MIB, unit: 'MiB', most: 150 },
    { name: 'creating and starting those 1,000 rules over REST, CPU', value: cpu, unit: 's', most: 2 },
    { name: 'the same by the clock, each rule stored durably', value: created, unit: 's' },
    { name: 'start of the server with those 1,000 rules until all run, CPU', value: restarted, unit: 's', most: 2 },
  ]
}

async function allRunning(server: ServerProcess): Promise<void> {
  for (;;) {
    const rules = JSON.parse(await server.request('GET', '/rules')) as { readonly status: string }[]
    if (rules.length === 1000 && rules.every(({ status }) => status.toLowerCase().startsWith('running'))) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
