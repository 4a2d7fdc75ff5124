import { calibration, cpuMicros } from './load/cpu.ts'
import type { Load } from './load/load.ts'
import { LoadProcess, ServerProcess, startRival } from './load/process.ts'
import type { Figure } from './report.ts'

const WARM_UP = 200_000
const COUNT = 800_000
/** Of a rival that takes milliseconds for a message. */
const FEW = 40_000
const SIZE = 150
const LOADS = 5
const DEVICES = 1_000
const AGGREGATES = 'count(*) AS n, sum(temperature) AS s, avg(temperature) AS m, min(temperature) AS lo, max(temperature) AS hi'

/** A load on rules that stand in a server, and on a loop that does the same. */
interface Case {
  readonly name: string
  readonly most: number
  readonly loop: string
  readonly stream: string
  readonly rules: readonly { readonly sql: string; readonly options?: object; readonly sendSingle?: boolean }[]
  /** What must come out for so many messages. */
  readonly expect: (count: number) => Partial<Load>
  /** The rival gets so few messages. */
  readonly rivalCount?: number
}

const CASES: readonly Case[] = [
  {
    name: 'tumbling 1 s by 1,000 keys, 5 aggregates',
    most: 1.5,
    loop: 'tumbling',
    stream: 'CREATE STREAM bench () WITH (DATASOURCE="bench/in", FORMAT="json", TYPE="mqtt")',
    rules: [{ sql: `SELECT deviceId, ${AGGREGATES} FROM bench GROUP BY deviceId, TUMBLINGWINDOW(ss, 1)` }],
    expect: (count) => ({ sum: count }),
  },
  {
    name: 'hopping 10 s / 1 s by 1,000 keys, 5 aggregates',
    most: 2,
    loop: 'hopping',
    stream: 'CREATE STREAM bench () WITH (DATASOURCE="bench/in", FORMAT="json", TYPE="mqtt")',
    rules: [{ sql: `SELECT deviceId, ${AGGREGATES} FROM bench GROUP BY deviceId, HOPPINGWINDOW(ss, 10, 1)` }],
    expect: (count) => ({ sum: 10 * count }),
  },
  {
    name: 'sliding with 1,000 rows in it, avg and max, event time',
    most: 2.5,
    loop: 'sliding',
    stream: 'CREATE STREAM bench () WITH (DATASOURCE="bench/in", FORMAT="json", TYPE="mqtt", TIMESTAMP="ts")',
    rules: [
      {
        sql: 'SELECT avg(temperature) AS m, max(temperature) AS hi FROM bench GROUP BY SLIDINGWINDOW(ss, 1)',
        options: { isEventTime: true, lateTolerance: 0 },
      },
    ],
    // The last one waits for a later time.
    expect: (count) => ({ out: count - 1, timed: true }),
    rivalCount: FEW,
  },
  {
    name: '1,000 rules with an equality filter each on a shared stream',
    most: 2.5,
    loop: 'rules',
    stream: 'CREATE STREAM bench () WITH (DATASOURCE="bench/in", FORMAT="json", TYPE="mqtt", SHARED="true")',
    rules: Array.from({ length: DEVICES }, (_, i) => ({
      sql: `SELECT deviceId, temperature*1.8+32 AS f FROM bench WHERE deviceId = 'device-${i}'`,
      sendSingle: true,
    })),
    expect: (count) => ({ out: count }),
    rivalCount: 4 * FEW,
  },
]

/** Windows and many rules in the whole server between MQTT and MQTT, each a suite of its own: CPU of a message in calibrations. */
export const SQL_SUITES: Readonly<Record<string, () => Promise<readonly Figure[]>>> = Object.fromEntries(
  CASES.map((one) => [`sql-${one.loop}`, () => figuresOf(one)]),
)

async function figuresOf(one: Case): Promise<readonly Figure[]> {
  const ours = await ofServer(one)
  const naive = await ofRival(one)
  const rival = { name: 'mqtt.js + JSON.parse + a loop by hand', value: naive }
  return [{ name: one.name, value: ours, unit: 'calibrations', most: one.most, rival }]
}

async function ofServer(one: Case): Promise<number> {
  const load = await LoadProcess.start('broker')
  const server = await ServerProcess.start({ MQTT_SOURCE__DEFAULT__SERVER: `tcp://127.0.0.1:${load.port}` })
  const subscribed = load.subscribed()
  await server.request('POST', '/streams', { sql: one.stream })
  for (const [i, { sql, options, sendSingle = false }] of one.rules.entries()) {
    const mqtt = { server: `tcp://127.0.0.1:${load.port}`, topic: 'bench/out', qos: 0, sendSingle }
    await server.request('POST', '/rules', { id: `bench${i}`, sql, actions: [{ mqtt }], ...(options === undefined ? {} : { options }) })
  }
  await subscribed
  const cost = await measure(load, server.pid, one, COUNT)
  await server.stop()
  load.stop()
  return cost
}

async function ofRival(one: Case): Promise<number> {
  const load = await LoadProcess.start('broker')
  const subscribed = load.subscribed()
  const rival = startRival('mqttjs-windows.ts', String(load.port), one.loop)
  await subscribed
  const cost = await measure(load, rival.pid ?? 0, one, one.rivalCount ?? COUNT)
  rival.kill()
  load.stop()
  return cost
}

/** Calibrations of process `pid` for one message: the median of some loads, each between two calibrations, as the machine is not always as fast. */
async function measure(load: LoadProcess, pid: number, { expect }: Case, count: number): Promise<number> {
  const run = (messages: number): Promise<number> =>
    load.run({ count: messages, size: SIZE, qos: 0, devices: DEVICES, ...expect(messages) })
  await run(Math.min(WARM_UP, count))
  const costs: number[] = []
  let unit = calibration(SIZE)
  for (let i = 0; i < LOADS; i++) {
    const before = cpuMicros(pid)
    await run(count / LOADS)
    const micros = (cpuMicros(pid) - before) / (count / LOADS)
    const after = calibration(SIZE)
    costs.push(micros / ((unit + after) / 2))
    unit = after
  }
  return costs.toSorted((a, b) => a - b)[LOADS >> 1] ?? 0
}
