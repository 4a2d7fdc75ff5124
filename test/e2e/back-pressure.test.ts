import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { acknowledgement, publish } from '../support/mqtt-packets.ts'
import { createRule, createStream } from '../support/rules.ts'
import { packetId, payloadText, ScriptedBroker } from '../support/scripted-broker.ts'
import { ServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'

/** Much more than sockets and reads may hold. */
const TOTAL = 400_000
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

test('a sink that is held stops the reading of the source: memory stays bounded, and then everything flows, in order', async () => {
  const source = await ScriptedBroker.start()
  closing.push(() => source.close())
  const sink = new HeldSink()
  const target = await ScriptedBroker.start({ onPacket: (packet, peer) => sink.take(packet, (bytes) => peer.send(bytes)) })
  closing.push(() => target.close())
  const server = await ServerProcess.start()
  closing.push(() => server.stop())
  await createStream(server, 'pressed', { topic: 'in', port: source.port, columns: 'seq BIGINT, text STRING' })
  const mqtt = { server: `tcp://127.0.0.1:${target.port}`, topic: 'out', qos: 1, sendSingle: true }
  await createRule(server, 'pressed', 'SELECT seq, text FROM pressed', { mqtt })
  await server.connected('pressed')

  sink.release()
  const { socket } = source.last
  // warm: what a first load needs for code and buffers does not count
  for (let seq = 0; seq < 20_000; seq++) socket.write(message(seq))
  await until('the first messages', () => sink.seqs.length === 20_000)
  sink.hold()
  const before = residentMiB(server.pid)
  for (let seq = 20_000; seq < TOTAL; seq++) socket.write(message(seq))
  await standstill(() => socket.writableLength)
  const read = Number((await server.status('pressed'))['source_pressed_0_records_in_total'])
  expect(socket.writableLength).toBeGreaterThan(5_000_000)
  expect(read).toBeLessThan(100_000)
  expect(residentMiB(server.pid) - before).toBeLessThan(50)
  expect((await server.request('GET', '/ping')).status).toBe(200)

  sink.release()
  await until(
    () => `everything, there are ${sink.seqs.length}`,
    () => sink.seqs.length >= TOTAL,
    25_000,
  )
  expect(sink.seqs).toEqual(Array.from({ length: TOTAL }, (_, i) => i))
  expect(residentMiB(server.pid) - before).toBeLessThan(100)
})

/** A receiver that acknowledges nothing while it is held. */
class HeldSink {
  readonly seqs: number[] = []
  #held = true
  #waiting: Buffer[] = []
  #send: (bytes: Buffer) => void = () => {}

  take(packet: Buffer, send: (bytes: Buffer) => void): void {
    if ((packet[0] ?? 0) >> 4 !== 3) return
    this.#send = send
    this.seqs.push((JSON.parse(payloadText(packet)) as { seq: number }).seq)
    this.#waiting.push(acknowledgement(0x40, packetId(packet)))
    if (this.#waiting.length === 1) setImmediate(() => this.#flush())
  }

  hold(): void {
    this.#held = true
  }

  release(): void {
    this.#held = false
    this.#flush()
  }

  #flush(): void {
    if (this.#held || this.#waiting.length === 0) return
    this.#send(Buffer.concat(this.#waiting.splice(0)))
  }
}

function message(seq: number): Buffer {
  return publish('in', JSON.stringify({ seq, text: 'x'.repeat(100) }), { qos: 0 })
}

/** Resolves when the number has been the same for half a second. */
async function standstill(value: () => number): Promise<void> {
  let last = value()
  let since = performance.now()
  await until('a standstill', () => {
    if (value() !== last) since = performance.now()
    last = value()
    return performance.now() - since > 500
  })
}

/** Resident memory of a process. */
function residentMiB(pid: number): number {
  if (process.platform !== 'linux') return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}
