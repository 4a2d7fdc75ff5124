/*
 * Loaded into a server under test before its own code: tells what it holds and for how long its event loop stood still. GET / on the port
 * BENCH_PROBE answers with what was since the last time.
 */
import { createServer } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What the probe tells. */
export interface Probed {
  /** Longest delay of the event loop, in milliseconds; on a busy machine others are the cause as well. */
  readonly delay: number
  /** Longest time between two turns that the main thread had a processor, in milliseconds. */
  readonly busy: number
  /** MiB, after a garbage collection. */
  readonly heap: number
  readonly external: number
  readonly resident: number
  /** Timers, sockets and so on that are open, by kind. */
  readonly resources: Readonly<Record<string, number>>
}

const MIB = 1024 * 1024
setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')
const delays = monitorEventLoopDelay({ resolution: 1 })
delays.enable()

let busiest = 0
let before = process.threadCpuUsage()
setInterval(() => {
  const { user, system } = process.threadCpuUsage(before)
  busiest = Math.max(busiest, (user + system) / 1000)
  before = process.threadCpuUsage()
}, 1).unref()

function probed(): Probed {
  const [delay, busy] = [delays.max / 1e6, busiest]
  if (typeof collect === 'function') collect()
  const { heapUsed, external, rss } = process.memoryUsage()
  const resources: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
  // the collection and this answer do not count
  setTimeout(() => {
    delays.reset()
    before = process.threadCpuUsage()
    busiest = 0
  }, 5)
  return { delay, busy, heap: heapUsed / MIB, external: external / MIB, resident: rss / MIB, resources }
}

const server = createServer((_, response) => response.end(JSON.stringify(probed())))
server.listen(Number(process.env['BENCH_PROBE']), '127.0.0.1')
server.unref()
