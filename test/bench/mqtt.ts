import { existsSync } from 'node:fs'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { calibration, cpuMicros } from './load/cpu.ts'
import { freePort, LoadProcess, ServerProcess, startRival } from './load/process.ts'
import type { Figure } from './report.ts'

const WARM_UP = 100_000
const COUNT = 400_000
const SQL = 'SELECT deviceId, temperature*1.8+32 AS f, humidity FROM bench WHERE temperature > 30'

interface Case {
  readonly qos: 0 | 1
  readonly size: number
  readonly most: number
}

/** MQTT -> filter + projection -> MQTT, CPU of a message in calibrations, from a broker that writes large chunks and through mosquitto. */
export async function mqttFigures(): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const { qos, size, most } of [
    { qos: 0, size: 150, most: 2 },
    { qos: 1, size: 150, most: 2.5 },
  ] as const satisfies readonly Case[]) {
    const unit = calibration(size)
    const ours = (await ofServer({ qos, size })) / unit
    const naive = (await ofRival({ qos, size })) / unit
    figures.push({
      name: `MQTT QoS ${qos} -> filter + projection -> MQTT, ${size} bytes, CPU`,
      value: ours,
      unit: 'calibrations',
      most,
      rival: { name: 'mqtt.js + JSON.parse', value: naive },
    })
  }
  const mosquitto = findMosquitto()
  if (mosquitto === undefined) return figures
  const unit = calibration(150)
  const through = (await throughMosquitto(mosquitto, true)) / unit
  const naive = (await throughMosquitto(mosquitto, false)) / unit
  figures.push({
    name: 'the same, QoS 0, through mosquitto',
    value: through,
    unit: 'calibrations',
    most: 5,
    rival: { name: 'mqtt.js + JSON.parse', value: naive },
  })
  return figures
}

async function ofServer({ qos, size }: { qos: 0 | 1; size: number }): Promise<number> {
  const load = await LoadProcess.start('broker')
  const server = await startServer(load.port, qos)
  const subscribed = load.subscribed()
  await createRule(server, load.port, qos)
  await subscribed
  const micros = await measure(load, server.pid, { qos, size })
  await server.stop()
  load.stop()
  return micros
}

async function ofRival({ qos, size }: { qos: 0 | 1; size: number }): Promise<number> {
  const load = await LoadProcess.start('broker')
  const subscribed = load.subscribed()
  const rival = startRival('mqttjs-pipeline.ts', String(load.port), String(qos))
  await subscribed
  const micros = await measure(load, rival.pid ?? 0, { qos, size })
  rival.kill()
  load.stop()
  return micros
}

async function throughMosquitto(binary: string, ours: boolean): Promise<number> {
  const port = await freePort()
  const broker = await startMosquitto(binary, port)
  const load = await LoadProcess.start('client', String(port))
  const server = ours ? await startServer(port, 0) : undefined
  if (server !== undefined) await createRule(server, port, 0)
  const rival = server === undefined ? startRival('mqttjs-pipeline.ts', String(port), '0') : undefined
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const micros = await measure(load, server?.pid ?? rival?.pid ?? 0, { qos: 0, size: 150 })
  await server?.stop()
  rival?.kill()
  load.stop()
  broker.kill()
  return micros
}

/** CPU microseconds of process `pid` for one message. */
async function measure(load: LoadProcess, pid: number, { qos, size }: { qos: number; size: number }): Promise<number> {
  await load.run({ count: WARM_UP, size, qos })
  const before = cpuMicros(pid)
  await load.run({ count: COUNT, size, qos })
  return (cpuMicros(pid) - before) / COUNT
}

function startServer(port: number, qos: number): Promise<ServerProcess> {
  return ServerProcess.start({ MQTT_SOURCE__DEFAULT__SERVER: `tcp://127.0.0.1:${port}`, MQTT_SOURCE__DEFAULT__QOS: String(qos) })
}

async function createRule(server: ServerProcess, port: number, qos: number): Promise<void> {
  await server.request('POST', '/streams', { sql: 'CREATE STREAM bench () WITH (DATASOURCE="bench/in", FORMAT="json", TYPE="mqtt")' })
  const mqtt = { server: `tcp://127.0.0.1:${port}`, topic: 'bench/out', qos, sendSingle: true }
  await server.request('POST', '/rules', { id: 'bench', sql: SQL, actions: [{ mqtt }] })
}

function findMosquitto(): string | undefined {
  return [process.env['PLUTINO_TEST_MOSQUITTO'], '/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'].find(
    (path) => path !== undefined && existsSync(path),
  )
}

async function startMosquitto(binary: string, port: number): Promise<ChildProcess> {
  const config = join(mkdtempSync(join(tmpdir(), 'plutino-bench-')), 'mosquitto.conf')
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n`)
  const broker = spawn(binary, ['-c', config], { stdio: 'ignore' })
  await new Promise((resolve) => setTimeout(resolve, 500))
  return broker
}
