// The rival: mqtt.js and JSON.parse as one writes them down. Usage: node mqttjs-pipeline.ts <port> <qos>
import mqtt from 'mqtt'
import { type Reading, passes } from '../load/messages.ts'

const [port = '1883', qosText = '0'] = process.argv.slice(2)
const qos = qosText === '1' ? 1 : 0
const source = mqtt.connect(`mqtt://127.0.0.1:${port}`)
const sink = mqtt.connect(`mqtt://127.0.0.1:${port}`)
source.on('message', (_topic, payload) => {
  const message = JSON.parse(payload.toString()) as Reading
  if (!passes(message)) return
  sink.publish('bench/out', JSON.stringify({ deviceId: message.deviceId, f: message.temperature * 1.8 + 32, humidity: message.humidity }), {
    qos,
  })
})
sink.on('connect', () => source.subscribe('bench/in', { qos }))
process.on('SIGTERM', () => process.exit(0))
