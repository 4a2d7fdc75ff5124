// The rival of a statement: mqtt.js, JSON.parse and a straight loop for this statement alone. Usage: node mqttjs-windows.ts <port> <loop>
import mqtt from 'mqtt'
import type { Reading } from '../load/messages.ts'
import { hopping, rules, sliding, tumbling } from './loops.ts'

const LOOPS = { tumbling, hopping, sliding, rules } as const

const [port = '1883', name = 'tumbling'] = process.argv.slice(2)
const source = mqtt.connect(`mqtt://127.0.0.1:${port}`)
const sink = mqtt.connect(`mqtt://127.0.0.1:${port}`)
const loop = Object.entries(LOOPS).find(([known]) => known === name)?.[1] ?? tumbling
const take = loop((result) => sink.publish('bench/out', JSON.stringify(result)))
source.on('message', (_topic, payload) => take(JSON.parse(payload.toString()) as Reading))
sink.on('connect', () => source.subscribe('bench/in'))
process.on('SIGTERM', () => process.exit(0))
